"""The DNS for the console's tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.services.checks.model import Report
from mailtui.services.dns.publishing.model import Wanted

FOUND = (
    Finding(
        "dns.own.ptr-none:192.0.2.10",
        "error",
        "dns",
        "192.0.2.10",
        "the address has no name (PTR)",
        ("10.2.0.192.in-addr.arpa does not exist (NXDOMAIN)",),
        "Whoever gives you the address can set it.",
    ),
    Finding("dns.dmarc.damaged:d", "warning", "dns", "example.org", "evil [/x] \x1b[2J\u202e", ("[bold]",), ""),
    Finding("dns.dmarc.p-none:d", "notice", "dns", "example.org", "p=none: forged mail is delivered"),
    Finding("dns.spf.pass:d", "ok", "dns", "example.org", "SPF passes for 192.0.2.10, by mx"),
)
WANTED = (
    Wanted("example.org", "MX", "10 mx1.example.org.", "where mail for the domain goes", "published"),
    Wanted("s1._domainkey.example.org", "TXT", f"v=DKIM1; k=rsa; p={'A' * 392}", "the key that OpenDKIM signs with"),
    Wanted("_dmarc.example.org", "TXT", "v=DMARC1; p=none", "what receivers do", "differs", ("v=DMARC1 [/x]",)),
)


@dataclass
class FakeDeliverability:
    own: tuple[str, ...] = ("example.org", "shop.example")
    found: tuple[Finding, ...] = FOUND
    error: MailtuiError | None = None
    asked: list[tuple[str, str, tuple[str, ...], tuple[tuple[str, int], ...]]] = field(default_factory=list)

    def domains(self) -> tuple[str, ...]:
        if self.error:
            raise self.error
        return self.own

    def check(
        self,
        domain: str,
        *,
        servers: Sequence[tuple[str, int]] = (),
        addresses: Sequence[str] = (),
        progress: Callable[[str], None] = lambda _: None,
    ) -> Report:
        self.asked.append(("check", domain, tuple(addresses), tuple(servers)))
        return Report(self.found, ("MX", "SPF"), (), 0.25)

    def records(
        self, domain: str, *, servers: Sequence[tuple[str, int]] = (), addresses: Sequence[str] = ()
    ) -> tuple[Wanted, ...]:
        self.asked.append(("records", domain, tuple(addresses), tuple(servers)))
        return WANTED
