"""``Checks``: everything that is looked at on this machine, run together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from mailtui.changes.changes import Changes
from mailtui.findings import Finding
from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.checks import boxes, own
from mailtui.services.checks.accounts import flooding
from mailtui.services.checks.logs import Logs
from mailtui.services.checks.machine import Machine
from mailtui.services.checks.model import Check, Report
from mailtui.services.checks.roles import roles
from mailtui.services.checks.running import run_checks
from mailtui.services.configuration.lint.elsewhere import beside_others
from mailtui.services.configuration.lint.service import Lint
from mailtui.services.debugging.deadlines import Deadlines
from mailtui.services.dns.service import Deliverability
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.firewall.service import Firewall
from mailtui.services.logs import LogSources
from mailtui.services.people import dovecot_sql
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.agents.check import delivery_findings
from mailtui.services.postfix.agents.filters import filter_loops
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.postfix.queue.service import Queue
from mailtui.services.postfix.queue.structure import structure
from mailtui.services.postfix.restrictions.service import Restrictions
from mailtui.services.sockets.service import Sockets
from mailtui.services.tls.audit import Audit
from mailtui.services.tls.listeners import Listeners
from mailtui.services.tls.renewal.service import Renewal
from mailtui.services.tls.serving import Serving
from mailtui.services.webmail import checking as webmail

_LONG = 25.0


class Checks:
    """The checks of one machine. Reads anew at each run; nothing is changed."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        dovecot: DovecotConfig,
        sources: LogSources,
        changes: Changes,
        deadlines: Deadlines,
        state: Path,
    ) -> None:
        self._state = state
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._sources = sources
        self._changes = changes
        self._deadlines = deadlines

    def run(self, only: Sequence[str] = ()) -> Report:
        """Run those of the areas ``only``, or all. Raises UsageError for an area there is none of."""
        checks = self._checks()
        areas = dict.fromkeys(check.area for check in checks)
        for area in only:
            if area not in areas:
                raise UsageError(f"there is no area {area!r}", unlock=f"the areas are: {', '.join(areas)}")
        return run_checks([check for check in checks if not only or check.area in only])

    def _checks(self) -> tuple[Check, ...]:
        """What there is to look at, each with configuration read anew."""
        postfix, dovecot = self._postfix.held(), self._dovecot.held()
        machine = Machine(self._tools, postfix, dovecot)
        logs = Logs(self._tools, self._sources)
        lint = Lint(self._tools, postfix, dovecot)
        listeners = Listeners(self._tools, postfix, dovecot)
        deliverability = Deliverability(self._tools, postfix, dovecot, self._sources)
        return (
            Check("services", "Postfix and Dovecot run", machine.services),
            Check("system", "room on disk", machine.disks),
            Check("system", "memory and clock", machine.system),
            Check("dns", "the resolver", machine.resolver),
            Check(
                "dns",
                "names, addresses and records in the DNS",
                deliverability.findings,
                _LONG,
            ),
            Check("queue", "the queue", machine.queue),
            Check("queue", "files of the queue", partial(structure, postfix)),
            Check("queue", "accounts", partial(flooding, Queue(self._tools, postfix), postfix)),
            Check("logs", "logs can be read", logs.sources),
            Check("logs", "failures of the last hour", logs.incidents),
            Check("configuration", "sockets", Sockets(self._tools, postfix, dovecot).check),
            Check("configuration", "main.cf and master.cf", partial(beside_others, lint.postfix)),
            Check("configuration", "Dovecot's configuration", partial(beside_others, lint.dovecot)),
            Check("configuration", "restrictions", Restrictions(self._tools, postfix).check),
            Check("configuration", "Dovecot's SQL files", partial(dovecot_sql.check, dovecot)),
            Check("webmail", "Roundcube", webmail.check),
            Check("configuration", "who delivers", partial(delivery_findings, postfix)),
            Check("configuration", "mail out of content filters", partial(filter_loops, postfix)),
            Check("maps", "lookup tables", Maps(self._tools, postfix).check, _LONG),
            Check(
                "certificates",
                "certificates on disk and on ports",
                Serving(self._tools, postfix, dovecot).findings,
                _LONG,
            ),
            Check("certificates", "renewals", Renewal(self._tools, postfix, dovecot).findings),
            Check("tls", "ports", listeners.findings),
            Check("tls", "TLS settings", partial(Audit(self._tools, postfix, dovecot).findings, ask=False)),
            Check("firewall", "packet filter", Firewall(self._tools, listeners).findings),
            Check("maps", "postmaster and abuse", partial(self._roles, deliverability, postfix, dovecot), _LONG),
            Check("mailboxes", "mailboxes", partial(boxes.mailboxes, Stores(self._tools, dovecot), self._state), _LONG),
            Check("changes", "changes made here", partial(own.interrupted, self._changes)),
            Check("changes", "changes for a time", self._deadlines.findings),
        )

    def _roles(
        self, deliverability: Deliverability, postfix: PostfixConfig, dovecot: DovecotConfig
    ) -> tuple[Finding, ...]:
        return roles(deliverability.domains(), Resolver(self._tools, postfix, dovecot))
