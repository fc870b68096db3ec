"""``Renewal``: which certificates in use renew themselves, who is not told of it, and the plan that tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailtui.changes.plan import Plan
from mailtui.findings import Finding
from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.configuration.model import Program
from mailtui.services.configuration.reloading import commands
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.tables import needs_postmap
from mailtui.services.tls.inventory import Held, Inventory
from mailtui.services.tls.renewal.clients import lineages
from mailtui.services.tls.renewal.hook import hook_steps
from mailtui.services.tls.renewal.model import Lineage
from mailtui.services.tls.renewal.watch import CertificateWatch
from mailtui.services.tls.words import finding
from mailtui.text import clean

_TITLES: dict[Program, str] = {"postfix": "Postfix", "dovecot": "Dovecot"}
_SNI = "tls_server_sni_maps"


@dataclass(frozen=True, slots=True)
class Renewed:
    """A certificate that renews itself, and who serves it."""

    lineage: Lineage
    programs: tuple[Program, ...]
    tables: tuple[str, ...]
    """The compiled SNI tables that hold copies of it."""

    @property
    def untold(self) -> tuple[Program, ...]:
        """Who serves it and is not told when it is renewed."""
        return tuple(program for program in self.programs if not self.lineage.tells(program))

    @property
    def unbuilt(self) -> tuple[str, ...]:
        """The tables that nobody builds again."""
        hooks = "\n".join(self.lineage.hooks)
        return tuple(table for table in self.tables if "postmap" not in hooks or table.partition(":")[2] not in hooks)


class Renewal:
    """One machine's; read anew at each call. ``root`` is where its file system begins."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig, root: Path = Path("/")) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._root = root

    def renewed(self, held: Sequence[Held] | None = None) -> tuple[Renewed, ...]:
        """Those that Postfix or Dovecot serve. Raises what ``Inventory.held`` raises, which ``held`` saves asking."""
        found = []
        known = lineages(self._root)
        for lineage in known:
            used = [one for one in held or (self._held() if known else ()) if _holds(one, lineage)]
            uses = [use for one in used for use in one.uses if use.side == "server"]
            tables = (use.setting for use in uses if use.program == "postfix" and needs_postmap(use.setting))
            if uses:
                programs = tuple(dict.fromkeys(use.program for use in uses))
                found.append(Renewed(lineage, programs, tuple(dict.fromkeys(tables))))
        return tuple(found)

    def findings(self) -> tuple[Finding, ...]:
        """Certificates that will be renewed on disk and go on being served until they are over."""
        return tuple(_finding(one) for one in self.renewed() if one.untold or one.unbuilt)

    def watch(self, files: Callable[[], Iterable[str]], changed: Callable[[], None]) -> CertificateWatch:
        """Have ``changed`` called, from a thread of its own, when one of ``files`` becomes another, until ``stop``."""
        watching = CertificateWatch(files, changed)
        watching.start()
        return watching

    def hook_plan(self, name: str) -> Plan:
        """Install what is missing. Raises UsageError where nothing is, and HostError."""
        for one in self.renewed():
            if one.lineage.name == name and (one.untold or one.unbuilt):
                steps = hook_steps(one.lineage, self._commands(one), self._root)
                whom = " and ".join(_TITLES[program] for program in one.programs)
                return Plan(
                    f"Let {one.lineage.client} tell {whom} of each renewal of {name}", steps, all_or_nothing=True
                )
        raise UsageError(f"no certificate {clean(name)} is renewed here without the servers being told")

    def _held(self) -> tuple[Held, ...]:
        return Inventory(self._tools, self._postfix, self._dovecot).held()

    def _commands(self, one: Renewed) -> tuple[tuple[str, ...], ...]:
        """What makes each program serve it, in an order that never serves half; cron's path knows no /usr/sbin."""
        building = [("postmap", *self._postfix.where, "-F", table) for table in one.tables]
        reloads = [commands(program, self._postfix, self._dovecot)[-1] for program in one.programs]
        return tuple((self._tools.find(argv[0]) or argv[0], *argv[1:]) for argv in (*building, *reloads))


def _holds(held: Held, lineage: Lineage) -> bool:
    """Whether a certificate in use lies where the client puts the next one; by that name, or through links."""
    wanted = {str(lineage.chain), str(lineage.key)}
    return bool(wanted & set(held.files)) or any(_leads_to(file, wanted) for file in held.files)


def _leads_to(file: str, wanted: set[str]) -> bool:
    """Whether a link, or a link behind it, leads to one of the names: those of certbot are links themselves."""
    path = Path(file)
    for _ in range(8):
        if str(path) in wanted:
            return True
        try:
            path = path.parent / path.readlink()
        except OSError:
            return False
    return False


def _finding(one: Renewed) -> Finding:
    whom = " and ".join(_TITLES[program] for program in one.untold)
    missing = [f"nothing reloads {_TITLES[program]}" for program in one.untold]
    missing += [f"nothing builds {table} again" for table in one.unbuilt]
    return finding(
        "renewal.hook",
        one.lineage.name,
        (f"{one.lineage.client} renews {one.lineage.chain}", *missing),
        client=one.lineage.client,
        whom=whom or "Postfix's SNI table",
        name=one.lineage.name,
    )
