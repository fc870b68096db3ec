"""Certificates and ports for the console's tests: one fine, one renewed and not shown, one that tries to do harm."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailtui.changes.plan import Plan, Step
from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.services.tls.facts import CertificateFacts
from mailtui.services.tls.inventory import FileMode, Held, Use
from mailtui.services.tls.listeners import Listener, Row, Socket
from mailtui.services.tls.probe import Ask, Served
from mailtui.services.tls.serving import Expected, Shown, Survey
from mailtui.text import clean
from tests.screens.fake_stories import NOW

DAY = 86400.0


def leaf(name: str, left: float, sha256: str, issuer: str = "CN=R11,O=Let's Encrypt") -> CertificateFacts:
    """A certificate of 90 days."""
    ends = NOW + left * DAY
    return CertificateFacts(
        f"CN={name}", issuer, (name,), "EC secp256r1", ends - 90 * DAY, ends, sha256, f"{sha256}-key", False, False
    )


MIDDLE = replace(leaf("R11", 400, "CC"), names=(), subject="CN=R11,O=Let's Encrypt", issuer="CN=ISRG Root X1")
MAIL = Held(
    ("/etc/ssl/mail.pem", "/etc/ssl/mail.key"),
    (Use("postfix", "main.cf", "smtpd_tls_cert_file"), Use("dovecot", "dovecot", "ssl_cert")),
    (leaf("mail.example.org", 62, "AA"), MIDDLE),
    (
        FileMode("/etc/ssl/mail.pem", 0o644, "root", "root", False, True),
        FileMode("/etc/ssl/mail.key", 0o600, "root", "root", True, False),
    ),
)
SHOP = Held(
    ("/etc/ssl/shop.pem",),
    (Use("dovecot", "local_name shop.example", "ssl_cert", "server", "shop.example"),),
    (leaf("shop.example", 88, "BB"), MIDDLE),
)
EVIL = Held(
    (clean("/etc/ssl/\x1b[2J[bold]"),), (Use("postfix", "main.cf", "x"),), problem=clean("no \x1b]0;start line")
)

SMTP = Listener("postfix", "smtp/inet", "0.0.0.0", 25, "mx", "smtp")
IMAPS = Listener("dovecot", "imap-login/imaps", "0.0.0.0", 993, "mailbox", "imap", True)
STALE = Finding(
    "tls.drift.stale:Dovecot *:993 for shop.example",
    "warning",
    "certificates",
    "Dovecot *:993 for shop.example",
    "it shows another certificate than its files hold",
    ("*:993 for shop.example shows shop.example, until 2026-03-07",),
    "Dovecot reads certificates when it starts or reloads.",
    ("mailtui", "service", "reload", "dovecot"),
)
OLD = Finding(
    "tls.audit.old:smtp/inet x",
    "error",
    "tls",
    "smtp/inet x",
    "it takes TLSv1, which must not be used any more",
    advice="RFC 8996.",
)


def shown(listener: Listener, name: str, held: Held, **answer: object) -> Shown:
    """A port that shows a certificate as it should."""
    told = {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "chain_der": (b"1", b"2"), "greeting": "hello"}
    served = Served(Ask("127.0.0.1", listener.port, listener.starttls or "", name or None), **{**told, **answer})  # type: ignore[arg-type]
    own = held.leaf
    return Shown(listener, name, served, own, Expected((own.sha256,) if own else (), held.files), "same")


def survey() -> Survey:
    """As of ``NOW``."""
    stale = shown(IMAPS, "shop.example", SHOP)
    old = replace(stale, leaf=leaf("shop.example", -2, "B0"), verdict="stale")
    return Survey(NOW, (MAIL, SHOP, EVIL), (shown(SMTP, "", MAIL), shown(IMAPS, "", MAIL), old))


@dataclass
class FakeServing:
    value: Survey = field(default_factory=survey)
    problem: MailtuiError | None = None
    looks: int = 0
    live: bool = False
    """Whether it was looked at just now."""

    def survey(self) -> Survey:
        self.looks += 1
        if self.problem:
            raise self.problem
        return replace(self.value, time=time.time()) if self.live else self.value

    def about(self, _survey: Survey, held: Held) -> Sequence[Finding]:
        return (STALE,) if held is SHOP else held.findings


@dataclass
class FakeWatch:
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True


@dataclass
class FakeRenewal:
    """Nothing is renewed until ``renew`` is called."""

    watches: list[FakeWatch] = field(default_factory=list)
    files: Callable[[], Iterable[str]] = tuple
    renew: Callable[[], None] = lambda: None

    def watch(self, files: Callable[[], Iterable[str]], changed: Callable[[], None]) -> FakeWatch:
        self.files, self.renew = files, changed
        self.watches.append(FakeWatch())
        return self.watches[-1]


@dataclass
class FakeDeploy:
    needs_passphrase: bool = False
    made: list[tuple[tuple[str, ...], bytes | None]] = field(default_factory=list)

    def locked(self, _files: Sequence[Path]) -> bool:
        return self.needs_passphrase

    def of_files(self, files: Sequence[Path], passphrase: bytes | None = None) -> Plan:
        self.made.append((tuple(file.name for file in files), passphrase))
        return Plan(
            "Deploy the certificate of mail.example.org to Postfix and Dovecot", (Step("none", {}, "prove it"),)
        )


@dataclass
class FakeListeners:
    value: Sequence[Row] = (
        Row("listening", SMTP, Socket("0.0.0.0", 25, 702, "master")),
        Row("missing", replace(SMTP, service="submission/inet", port=587, role="submission")),
        Row("listening", IMAPS, Socket("0.0.0.0", 993, 644, "dovecot")),
        Row("unset", None, Socket("127.0.0.1", 4190, 9, clean("evil\x1b[2J"))),
    )

    def rows(self) -> Sequence[Row]:
        return self.value


@dataclass
class FakeAudit:
    value: Sequence[Finding] = (OLD,)

    def findings(self, *, ask: bool = True) -> Sequence[Finding]:
        assert not ask, "a look at a view leaves no lines in the servers' logs"
        return self.value
