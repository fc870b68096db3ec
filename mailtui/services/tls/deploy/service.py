"""``Deploy``: from the files an operator names to the plan; for the command line and the console alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from mailtui.changes.plan import Plan
from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.configuration.model import Program
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.asker import Asker
from mailtui.services.tls.deploy.candidate import Candidate, candidate
from mailtui.services.tls.deploy.lying import lying
from mailtui.services.tls.deploy.plans import DeployPlans
from mailtui.services.tls.gate import trusted_roots
from mailtui.services.tls.pile import Item, PassphraseNeeded, read_pile
from mailtui.services.tls.renewal.clients import keeps

DNS_SECONDS = 6.0
"""For all that is asked of the DNS."""
_TOOLS: dict[Program, str] = {"postfix": "postconf", "dovecot": "doveconf"}


class Deploy:
    """Makes plans and changes nothing. Raises what ``candidate`` and ``DeployPlans.deploy`` raise."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        dovecot: DovecotConfig,
        resolver: Callable[[], Asker] = lambda: Resolver(total=DNS_SECONDS),
    ) -> None:
        self._tools = tools
        self._plans = DeployPlans(tools, postfix, dovecot, resolver)

    def of_files(
        self,
        files: Sequence[Path],
        passphrase: bytes | None = None,
        programs: Sequence[Program] = (),
        *,
        in_place: bool = False,
    ) -> Plan:
        """A plan from files. Raises PassphraseNeeded, and what reading raises."""
        items = tuple(item for file in files for item in read_pile(file, passphrase))
        return self.plan(items, self.judged(items), programs, in_place=in_place)

    def locked(self, files: Sequence[Path]) -> bool:
        """Whether one of them needs a passphrase; what else is wrong with them a plan tells."""
        for file in files:
            try:
                read_pile(file)
            except PassphraseNeeded:
                return True
            except MailtuiError:
                return False
        return False

    def judged(self, items: tuple[Item, ...], names: Sequence[str] = ()) -> Candidate:
        """The candidate in what was read."""
        return candidate(items, names=names, now=time.time(), roots=trusted_roots())

    def plan(
        self,
        items: tuple[Item, ...],
        one: Candidate,
        programs: Sequence[Program] = (),
        *,
        folder: Path | None = None,
        in_place: bool = False,
    ) -> Plan:
        """Give a candidate to ``programs`` or, where none are named, to those that are installed.

        Files that an ACME client renews where they lie are served there, as with ``in_place``.
        """
        lies = in_place or all(keeps(Path(item.source).absolute()) for item in items)
        new = lying(items, one) if lies else None
        return self._plans.deploy(one, tuple(programs) or self._installed(), folder=folder, in_place=new)

    def _installed(self) -> tuple[Program, ...]:
        return tuple(program for program, tool in _TOOLS.items() if self._tools.find(tool) is not None)
