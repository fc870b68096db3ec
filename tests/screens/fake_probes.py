"""Probes with fixed answers: one login that is refused, one recipient elsewhere, one user who is whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mailtui.findings import Finding
from mailtui.host.errors import HostError, UsageError
from mailtui.maillog.model import LineRef
from mailtui.services.authresults.model import Reading, Result, ResultsHeader
from mailtui.services.people.model import Place, Report
from mailtui.services.probes.delivering import Delivery
from mailtui.services.probes.model import Attempt, Endpoint, Probe, Said
from mailtui.services.probes.sasl import Credentials

LINE = LineRef(
    "/var/log/mail.log", 7, "postfix/smtpd[7]: warning: unknown[127.64.0.1]: SASL PLAIN authentication failed"
)
REFUSED = Attempt(
    "smtps 127.0.0.1:465",
    "refused",
    "the server refuses user or password",
    "535 5.7.8 Error: authentication failed",
    mechanism="PLAIN",
    offered=("PLAIN", "LOGIN"),
    tls="TLSv1.3 TLS_AES_256_GCM_SHA384",
    dialogue=(Said(True, "AUTH PLAIN …"), Said(False, "535 5.7.8 Error: authentication failed")),
    facts=("the log says: the password is not the one in passdb",),
    lines=(LINE,),
    seconds=2.01,
)
MISSING = Finding(
    "user.nobody:x", "error", "mailboxes", "evil [/x]", "Dovecot's userdb does not know it", (), "Make it."
)


@dataclass
class FakeProbes:
    asked: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    broken: bool = False

    def login(
        self, kind: str, who: Credentials, endpoints: Sequence[Endpoint] = (), mechanism: str = "", source: str = ""
    ) -> Probe:
        if self.broken:
            raise HostError("no port of this machine is for logging in", unlock="make one")
        self.asked.append(f"{kind} {who.user}")
        self.secrets.append(who.secret)
        return Probe(kind, who.user, "refused", "the login works nowhere", (REFUSED,), ("a note",))

    def recipient(
        self, address: str, sender: str | None = None, consent: Callable[[str], bool] = lambda _: False
    ) -> Probe:
        self.asked.append(f"recipient {address}")
        if not consent("This asks mx.other.example whether anna exists."):
            return Probe("recipient", address, "unclear", "not asked")
        return Probe("recipient", address, "exists", "there is such a recipient")

    def deliver(
        self,
        wanted: Delivery,
        consent: Callable[[str], bool] = lambda _: False,
        told: Callable[[str], None] | None = None,
    ) -> Probe:
        self.asked.append(f"deliver {wanted.recipient}")
        return Probe("deliver", wanted.recipient, "delivered", "delivered")

    def relay(self) -> Probe:
        self.asked.append("relay")
        return Probe("relay", "mx1.example.org", "no-relay", "a stranger may not send to a stranger")


@dataclass
class FakePeople:
    asked: list[str] = field(default_factory=list)

    def of(self, address: str) -> Report:
        self.asked.append(address)
        places = (
            Place("Postfix", address, "there", "Postfix takes mail for it"),
            Place("userdb", address, "missing", "Dovecot knows no user \u202e[bold]".replace("\u202e", "‹U+202E›")),
        )
        return Report(address, "not as it should be: userdb", places, (MISSING,))


@dataclass
class FakeAuthResults:
    asked: list[str] = field(default_factory=list)

    def of(self, message: str) -> Reading:
        self.asked.append(message)
        if message == "nothing":
            raise UsageError("'nothing' is no file and no queue ID")
        forged = ResultsHeader("Authentication-Results", "mx1", (Result("dkim", "pass"),), "forged", "it came with it")
        return Reading("shop.example", (forged,), (), ("1 header with our name came with the message",), ("mx1",))
