"""All probes of one machine: what to ask, in which order, and what it comes to."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from mailtui.host.errors import HostError, UsageError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.logs import LogSources
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.probes.delivering import Delivery, deliver
from mailtui.services.probes.doveadm import PASSDB, auth_test
from mailtui.services.probes.endpoints import login_endpoints, preferred, submission_endpoints
from mailtui.services.probes.joined import LogMark
from mailtui.services.probes.logins import attempt
from mailtui.services.probes.model import Attempt, Endpoint, Probe, Protocol
from mailtui.services.probes.own import is_own
from mailtui.services.probes.pace import Pace
from mailtui.services.probes.recipient import Consent, RecipientProbe
from mailtui.services.probes.relay import relay
from mailtui.services.probes.sasl import Credentials
from mailtui.services.probes.walk import Walker
from mailtui.text import clean

Told = Callable[[str], None] | None
KINDS: dict[str, Protocol] = {"auth": "smtp", "imap": "imap", "pop3": "pop3", "sieve": "sieve"}
"""The probes that log in, and the protocol of each."""
_SETTING = {
    "smtp": "smtpd_sasl_auth_enable = yes for submission in master.cf makes one",
    "imap": "protocols and service imap-login of Dovecot make one",
    "pop3": "it is served where Dovecot's POP3 is installed and in protocols",
    "sieve": "it is served where Pigeonhole's managesieved is installed and in protocols",
}
_BLIND = "no log of this machine can be read: what it says of this is not shown"
_ELSEWHERE = "the server is another machine: what it logged is not shown, and a wrong password may block this one"
_PASSDB_ONLY = "passdb takes the password but a port does not: what lies between is at fault, not user or password"
_PORTS_ONLY = "a port takes the password but passdb itself does not: the two do not ask the same"


class Probes:
    """Live tests with the Postfix and Dovecot of this machine."""

    def __init__(
        self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig, sources: LogSources, state: Path
    ) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._sources = sources
        self._state = state

    def endpoints(self, protocol: Protocol) -> tuple[Endpoint, ...]:
        """Our own ports for a protocol. Raises what ``Tools.run`` raises, HostError where there is none."""
        dovecots = login_endpoints(self._tools, self._dovecot.again(), protocol)
        own = submission_endpoints(self._postfix.again()) if protocol == "smtp" else ()
        if not own and not dovecots:
            raise HostError(f"no port of this machine is for logging in by {protocol}", unlock=_SETTING[protocol])
        return own + dovecots

    def login(
        self, kind: str, who: Credentials, endpoints: Sequence[Endpoint] = (), mechanism: str = "", source: str = ""
    ) -> Probe:
        """Log in at each port, one after the other, and ask Dovecot itself where the ports are this machine's.

        ``kind`` is one of ``KINDS``. Raises UsageError, TooOften, and what ``endpoints`` raises.
        """
        if not who.user.strip():
            raise UsageError("whose login is to be tried?")
        started, protocol = time.monotonic(), KINDS[kind]
        targets = tuple(endpoints) or self.endpoints(protocol)
        mark, notes = self._mark(), list[str]()
        attempts = list[Attempt]()
        if all(is_own(one.host) for one in targets):
            attempts.append(auth_test(self._tools, self._dovecot, who, mark, protocol))
            notes += [_BLIND] if mark.blind else []
        else:
            notes.append(_ELSEWHERE)
            for one in targets:
                Pace(self._state).before(one.host)
        attempts += [attempt(one, who, self._mark(), mechanism=mechanism, source=source or None) for one in targets]
        answers = [one for one in attempts if (one.target, one.verdict) != (PASSDB, "unreachable")]
        worst = _worst(answers)
        notes += _disagreement(attempts)
        return Probe(
            kind, clean(who.user), worst.verdict, _told(answers, worst), tuple(attempts), tuple(notes),
            time.monotonic() - started,
        )  # fmt: skip

    def recipient(self, address: str, sender: str | None = None, consent: Consent = lambda _: False) -> Probe:
        """Whether there is such a recipient, see ``RecipientProbe.run``; ``consent`` is asked before strangers are."""
        from mailtui.services.dns.resolver import Resolver as DnsResolver

        postfix = self._postfix.again()
        native = postfix.get("smtp_dns_support_level") == "disabled"
        walker = Walker(DnsResolver, native=native, protocols=postfix.get("inet_protocols"))
        resolver = Resolver(self._tools, postfix, self._dovecot)
        probe = RecipientProbe(postfix, resolver, walker, self._mark, Pace(self._state))
        return probe.run(address, sender, consent)

    def deliver(self, wanted: Delivery, consent: Consent = lambda _: False, told: Told = None) -> Probe:
        """Send a test message and follow it, see ``deliver``; ``told`` hears how far it is."""
        postfix = self._postfix.again()
        if wanted.who and not wanted.endpoint:
            wanted = replace(wanted, endpoint=preferred(self.endpoints("smtp")))

        def word(warning: str) -> bool:
            given = consent(warning)
            if given:
                Pace(self._state).before(wanted.recipient.rpartition("@")[2].lower())
            return given

        resolver = Resolver(self._tools, postfix, self._dovecot)
        return deliver(wanted, self._tools, postfix, resolver, self._mark(), word, told)

    def relay(self) -> Probe:
        """Whether strangers may send to strangers through this machine."""
        return relay(self._tools, self._postfix.again(), self._mark)

    def _mark(self) -> LogMark:
        return LogMark(self._tools, self._sources)


def _worst(attempts: Sequence[Attempt]) -> Attempt:
    """The first at a port that was not taken; else the last."""
    return next((one for one in attempts if not one.ok), attempts[-1])


def _told(attempts: Sequence[Attempt], worst: Attempt) -> str:
    taken = sum(one.ok for one in attempts)
    if taken == len(attempts):
        return f"the login works everywhere it was tried ({taken})"
    if not taken:
        return f"the login works nowhere: {worst.told}"
    return f"the login works at {taken} of {len(attempts)}; not at {worst.target}: {worst.told}"


def _disagreement(attempts: Sequence[Attempt]) -> list[str]:
    """What a passdb that says otherwise than the ports tells."""
    passdb, ports = attempts[0], attempts[1:]
    if passdb.dialogue or passdb.verdict not in ("accepted", "refused"):
        return []
    refused = any(one.verdict == "refused" for one in ports)
    if passdb.ok and refused:
        return [_PASSDB_ONLY]
    return [_PORTS_ONLY] if not passdb.ok and any(one.ok for one in ports) else []
