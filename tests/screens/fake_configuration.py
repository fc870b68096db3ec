"""Parameters for the console's tests, and what is done about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailtui.changes.plan import Plan, Step
from mailtui.findings import Finding
from mailtui.host.errors import UsageError
from mailtui.services.configuration.listing import Parameter
from mailtui.services.configuration.model import Program, Setting
from mailtui.services.configuration.service import Reading
from mailtui.services.configuration.translate.model import Judged, Translation
from mailtui.services.control.verbs import Verb

BANNER = Parameter(
    "postfix",
    "smtpd_banner",
    "$myhostname ESMTP $mail_name",
    "$myhostname ESMTP",
    "mx1.example.org ESMTP",
    "/etc/postfix/main.cf:12",
    "The text that follows the 220 status code in the SMTP greeting banner.",
)
HELO = Parameter("postfix", "smtpd_helo_required", "no", None, "no", "", "Require that a remote SMTP client says HELO.")
OLD_TLS = Parameter("postfix", "smtpd_use_tls", "no", "yes", "yes", "/etc/postfix/main.cf:20", "Opportunistic TLS.")
EVIL = Parameter("postfix", "relayhost", "", "[/x] ␛[2J", "[/x] ␛[2J", "/etc/postfix/main.cf:21", "")
SSL = Parameter(
    "dovecot", "ssl", "yes", "required", "required", "/etc/dovecot/conf.d/10-ssl.conf:6", "SSL/TLS support."
)
OUTDATED = Finding(
    "configuration.outdated:smtpd_use_tls",
    "notice",
    "configuration",
    "smtpd_use_tls",
    "is outdated",
    ("smtpd_use_tls = yes",),
    "Write smtpd_tls_security_level = may instead.",
    ("mailtui", "config", "replace", "postfix", "smtpd_use_tls"),
)
BROKEN = Finding(
    "configuration.unindented:-o x",
    "error",
    "configuration",
    "-o x",
    "an option is not indented: it is taken for a service",
    ("/etc/postfix/master.cf:30: -o x=y",),
    "Begin the line with a blank.",
)


@dataclass
class FakeConfiguration:
    reading: Reading = field(default_factory=lambda: Reading((BANNER, HELO, OLD_TLS, EVIL, SSL), (OUTDATED, BROKEN)))
    secret: bool = False
    reads: int = 0
    made: list[tuple[object, ...]] = field(default_factory=list)

    def read(self) -> Reading:
        self.reads += 1
        return self.reading

    def about(self, parameter: Parameter) -> str:
        return f"{parameter.about}\n\nA second paragraph."

    def value(self, program: Program, name: str) -> str:
        if self.secret:
            raise UsageError("it holds a secret, which is shown to nobody")
        return "$myhostname ESMTP"

    def set(self, program: Program, name: str, value: str | None) -> Plan:
        self.made.append((program, name, value))
        return Plan(f"Set {name}", (Step("file-replace", {}, "set it"),))

    def translate(self, text: str) -> Translation:
        lines = tuple(Judged(n, line, "postfix", "same", (line,)) for n, line in enumerate(text.split("\n"), 1) if line)
        evil = (Judged(9, "evil [/x]", None, "dangerous", (), "no [bold]"),) if "evil" in text else ()
        return Translation((*lines, *evil), {"postfix": (Setting("smtpd_banner", "x"),)} if lines else {})

    def apply(self, translation: Translation) -> Plan:
        self.made.append(("apply", len(translation.settings["postfix"])))
        return Plan("Set 1 parameter", (Step("file-replace", {}, "set it"),))

    def control(self, verb: Verb, names: Sequence[str]) -> Plan:
        self.made.append((verb, *names))
        return Plan(f"{verb} {names[0]}", (Step("service-control", {}, "do it"),))
