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
from mailtui.services.tls.renewal.copies import copies, holds
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

    def renewed(self) -> tuple[Renewed, ...]:
        """Those that Postfix or Dovecot serve. Raises what ``Inventory.held`` raises."""
        known = lineages(self._root)
        return _in_use(known, self._held()) if known else ()

    def findings(self) -> tuple[Finding, ...]:
        """Certificates that will be renewed on disk, or are already, and go on being served until they are over."""
        known = lineages(self._root)
        held = self._held() if known else ()
        untold = [_untold(one) for one in _in_use(known, held) if one.untold or one.unbuilt]
        return (*untold, *copies(known, held))

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
        raise UsageError(
            f"no certificate {clean(name)} is renewed here without the servers being told",
            unlock="mailtui check --only certificates tells of those that are",
        )

    def _held(self) -> tuple[Held, ...]:
        return Inventory(self._tools, self._postfix, self._dovecot).held()

    def _commands(self, one: Renewed) -> tuple[tuple[str, ...], ...]:
        """What makes each program serve it, in an order that never serves half; cron's path knows no /usr/sbin."""
        building = [("postmap", *self._postfix.where, "-F", table) for table in one.tables]
        reloads = [commands(program, self._postfix, self._dovecot)[-1] for program in one.programs]
        return tuple((self._tools.find(argv[0]) or argv[0], *argv[1:]) for argv in (*building, *reloads))


def _in_use(known: Sequence[Lineage], held: Sequence[Held]) -> tuple[Renewed, ...]:
    found = []
    for lineage in known:
        uses = [use for one in held if holds(one, lineage) for use in one.uses if use.side == "server"]
        tables = (use.setting for use in uses if use.program == "postfix" and needs_postmap(use.setting))
        if uses:
            programs = tuple(dict.fromkeys(use.program for use in uses))
            found.append(Renewed(lineage, programs, tuple(dict.fromkeys(tables))))
    return tuple(found)


def _untold(one: Renewed) -> Finding:
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
