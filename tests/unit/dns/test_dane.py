"""DANE, CAA and MTA-STS against the certificate that is served: what is told is what a sender would do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from mailtui.findings import Finding
from mailtui.services.dns.hosts.mx import exchangers
from mailtui.services.dns.policy import caa, dane, mtasts, outbound
from mailtui.services.dns.policy.https import Fetched
from mailtui.services.dns.policy.serving import Shown
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.sender import Sender
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.probe import Ask, Served
from mailtui.services.tls.tlsa import of_key
from tests.support.dns_server import Zone, dns_server
from tests.support.tools import RecordedTools
from tests.unit.tls.authority import Pair, issue

V4 = "198.51.99.10"
HOST = "mx.d.example"
US = Sender(HOST, HOST, (V4,))
ROOT = issue("Root", ca=True, days=(-9000, 9000))
MIDDLE = issue("Middle", ROOT, ca=True, days=(-9000, 9000))
GOOD = issue(HOST, MIDDLE, names=(HOST,), days=(-9000, 9000))
OTHER = issue("other", MIDDLE, names=("other.example",), days=(-9000, 9000))
PAST = issue(HOST, MIDDLE, names=(HOST,), days=(-9000, -8000))
SELF = issue(HOST, names=(HOST,), days=(-9000, 9000))
ZONE: Zone = {"d.example": {"MX": [f"10 {HOST}."]}, HOST: {"A": [V4]}, "far.example": {"A": ["198.51.99.77"]}}


def shows(leaf: Pair | None, *more: Pair, version: str = "TLSv1.3") -> Shown:
    ask = Ask(V4, 25, "smtp", HOST)
    if leaf is None:
        return Shown(HOST, Served(ask, "no-starttls", "it does not offer STARTTLS"))
    ders = tuple(one.certificate.public_bytes(Encoding.DER) for one in (leaf, *more))
    return Shown(HOST, Served(ask, chain_der=ders, version=version), lambda: (ROOT.certificate,))


def tlsa(pair: Pair, usage: int = 3, selector: int = 1, matching: int = 1) -> str:
    if (selector, matching) == (1, 1):
        return f"{usage} 1 1 {of_key(pair.certificate).data.hex()}"
    der = pair.certificate.public_bytes(Encoding.DER)
    return f"{usage} {selector} {matching} {(hashlib.sha256(der).digest() if matching else der).hex()}"


def by_kind(found: Sequence[Finding]) -> dict[str, Finding]:
    assert len({finding.id for finding in found}) == len(found)
    return {finding.id.split(":")[0].removeprefix("dns."): finding for finding in found}


def kinds(records: Sequence[str] | str, shown: Shown, secure: Sequence[str] = ("*",), zone: Zone = ZONE) -> set[str]:
    there = records if isinstance(records, str) else {"TLSA": list(records)}
    with dns_server({**zone, f"_25._tcp.{HOST}": there} if records else zone, secure=secure) as server:
        resolver = server.resolver()
        found = dane.check(resolver, exchangers(resolver, "d.example"), US, lambda _: shown)
    return {kind.removeprefix("dane.") for kind in by_kind(found)}


@pytest.mark.parametrize(
    ("records", "shown", "told"),
    [
        ([tlsa(GOOD)], shows(GOOD, MIDDLE), {"match"}),
        ([tlsa(GOOD), tlsa(OTHER)], shows(GOOD, MIDDLE), {"match"}),
        ([tlsa(PAST)], shows(PAST, MIDDLE), {"match"}),
        ([tlsa(OTHER)], shows(OTHER, MIDDLE), {"match"}),
        ([tlsa(SELF)], shows(SELF), {"match"}),
        ([tlsa(OTHER)], shows(GOOD, MIDDLE), {"mismatch"}),
        ([tlsa(MIDDLE)], shows(GOOD, MIDDLE), {"mismatch"}),
        ([tlsa(GOOD, 3, 0)], shows(GOOD, MIDDLE), {"match", "style"}),
        ([tlsa(GOOD, 3, 0, 0)], shows(GOOD, MIDDLE), {"match", "style"}),
        ([tlsa(MIDDLE, 2)], shows(GOOD, MIDDLE), {"match", "style"}),
        ([tlsa(MIDDLE, 2, 0)], shows(GOOD, MIDDLE), {"match", "style"}),
        ([tlsa(MIDDLE, 2)], shows(GOOD), {"mismatch", "style"}),
        ([tlsa(ROOT, 2)], shows(GOOD, MIDDLE), {"mismatch", "style"}),
        ([tlsa(ROOT, 2)], shows(GOOD, MIDDLE, ROOT), {"match", "style"}),
        ([tlsa(MIDDLE, 2)], shows(OTHER, MIDDLE), {"authority", "style"}),
        ([tlsa(MIDDLE, 2)], shows(PAST, MIDDLE), {"authority", "style"}),
        ([tlsa(MIDDLE, 2), tlsa(PAST)], shows(PAST, MIDDLE), {"match", "style"}),
        ([tlsa(GOOD, 1)], shows(GOOD, MIDDLE), {"unusable", "none-usable"}),
        ([tlsa(GOOD, 0)], shows(GOOD, MIDDLE), {"unusable", "none-usable"}),
        ([tlsa(GOOD, 1), tlsa(GOOD)], shows(GOOD, MIDDLE), {"unusable", "match"}),
        ([tlsa(GOOD, 1), tlsa(OTHER)], shows(GOOD, MIDDLE), {"unusable", "mismatch"}),
        ([f"3 1 9 {'ab' * 32}"], shows(GOOD, MIDDLE), {"unusable", "none-usable"}),
        ([tlsa(GOOD)], shows(None), {"no-tls"}),
        ("NXDOMAIN", shows(GOOD, MIDDLE), {"none"}),
        ("SERVFAIL", shows(GOOD, MIDDLE), {"lookup"}),
        ("TIMEOUT", shows(GOOD, MIDDLE), {"any.unknown-timeout"}),
        ("REFUSED", shows(GOOD, MIDDLE), {"any.unknown-failed"}),
    ],
)
def test_what_is_told_of_tlsa_records(records: Sequence[str] | str, shown: Shown, told: set[str]) -> None:
    assert kinds(records, shown) == told


def test_records_that_dnssec_does_not_prove_are_used_by_nobody() -> None:
    assert kinds([tlsa(OTHER)], shows(GOOD), secure=()) == {"unsigned"}
    assert kinds([tlsa(OTHER)], shows(GOOD), secure=[f"_25._tcp.{HOST}"]) == {"unsigned"}
    assert kinds([], shows(GOOD), secure=()) == set()


def test_a_resolver_elsewhere_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Resolver, "local", False)
    assert kinds([tlsa(GOOD)], shows(GOOD, MIDDLE)) == {"match", "unproven"}


def test_another_machine_is_not_asked() -> None:
    zone: Zone = {
        **ZONE,
        "d.example": {"MX": ["10 far.example."]},
        "_25._tcp.far.example": {"TLSA": [tlsa(GOOD)]},
    }
    assert kinds([], shows(None), zone=zone) == {"elsewhere"}


def test_the_record_of_the_key_in_use_is_shown_beside_what_is_published() -> None:
    with dns_server({**ZONE, f"_25._tcp.{HOST}": {"TLSA": [tlsa(OTHER)]}}, secure=["*"]) as server:
        resolver = server.resolver()
        found = dane.check(resolver, exchangers(resolver, "d.example"), US, lambda _: shows(GOOD, MIDDLE))
    assert found[0].evidence == (
        f"_25._tcp.{HOST} TLSA {tlsa(OTHER)}",
        f"served: {tlsa(GOOD)}",
    )


def sending(level: str, overrides: str = "") -> PostfixConfig:
    values = f"smtp_tls_security_level = {level}\n"
    changed = {"postconf -x -o smtp_tls_security_level=dane": "smtp_tls_security_level = dane\n"}
    answers = {"postconf -x": values, "postconf -Px": overrides, "postconf -M": "smtp unix - - y - - smtp\n"}
    return PostfixConfig(RecordedTools({**answers, **changed}))


@pytest.mark.parametrize(
    ("postfix", "fate", "secure", "told"),
    [
        (sending("may"), {"SOA": ["a. b. 1 2 3 4 5"]}, [], set()),
        (sending("dane"), {"SOA": ["a. b. 1 2 3 4 5"]}, [""], {"dane.resolver"}),
        (sending("dane-only"), {"SOA": ["a. b. 1 2 3 4 5"]}, [""], {"dane.resolver"}),
        (sending("dane"), {"SOA": ["a. b. 1 2 3 4 5"]}, [], {"dane.resolver-trusting"}),
        (sending("dane"), "SERVFAIL", [], {"any.unknown-servfail"}),
        (sending("may", "smtp/unix/smtp_tls_security_level = dane\n"), {"SOA": ["a. b. 1 2 3 4 5"]}, [], {"dane.resolver-trusting"}),
    ],
)  # fmt: skip
def test_whether_dane_works_when_this_machine_sends(
    postfix: PostfixConfig, fate: dict[str, list[str]] | str, secure: list[str], told: set[str]
) -> None:
    with dns_server({"": fate}, secure=secure) as server:
        assert set(by_kind(outbound.check(server.resolver(), postfix))) == told


def test_a_resolver_elsewhere_must_not_be_believed_when_sending() -> None:
    found = outbound.check(Resolver([("192.0.2.53", 53)], patience=0.1, total=0.1), sending("dane"))
    assert set(by_kind(found)) == {"dane.resolver-elsewhere"}


@pytest.mark.parametrize("mode", ["enforce", "testing"])
@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (shows(GOOD, MIDDLE), ""),
        (shows(GOOD, MIDDLE, version="TLSv1.2"), ""),
        (shows(GOOD, MIDDLE, version="TLSv1.1"), "it speaks TLSv1.1"),
        (shows(None), "it does not offer STARTTLS"),
        (shows(OTHER, MIDDLE), "its certificate is for other names"),
        (shows(PAST, MIDDLE), "its certificate is out of date"),
        (shows(SELF), "its certificate does not come from an authority that this machine trusts"),
        (shows(GOOD), "its certificate does not come from an authority that this machine trusts"),
    ],
)
def test_whether_a_sender_that_keeps_to_mta_sts_delivers(shown: Shown, why: str, mode: str) -> None:
    zone: Zone = {
        **ZONE,
        "mta-sts.d.example": {"A": [V4]},
        "_mta-sts.d.example": {"TXT": ['"v=STSv1; id=1"']},
    }
    policy = f"version: STSv1\nmode: {mode}\nmx: {HOST}\nmax_age: 604800\n"
    with dns_server(zone) as server:
        resolver = server.resolver()
        found = mtasts.check(
            resolver,
            "d.example",
            exchangers(resolver, "d.example"),
            lambda host, path, _: Fetched(host + path, body=policy),
            lambda: (shown,),
        )
    told = by_kind(found)
    assert set(told) == {f"mtasts.{mode}", *([f"mtasts.certificate-{mode}"] if why else [])}
    if why:
        assert told[f"mtasts.certificate-{mode}"].title.endswith(why)


def issued_by(organization: str) -> Shown:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    certificate, key = GOOD.certificate, GOOD.key
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)])
    builder = x509.CertificateBuilder(
        name, certificate.subject, certificate.public_key(), certificate.serial_number,
        certificate.not_valid_before_utc, certificate.not_valid_after_utc,
    )  # fmt: skip
    return shows(Pair(builder.sign(key, hashes.SHA256()), key))


LE = issued_by("Let's Encrypt")


@pytest.mark.parametrize(
    ("zone", "shown", "told"),
    [
        ({}, LE, "none"),
        ({HOST: ['0 issue "letsencrypt.org"']}, LE, "published"),
        ({HOST: ['0 issue "LetsEncrypt.org; accounturi=https://x/1"']}, LE, "published"),
        ({HOST: ['0 issue "sectigo.com"', '0 issue "letsencrypt.org"']}, LE, "published"),
        ({"d.example": ['0 issue "letsencrypt.org"']}, LE, "published"),
        ({"example": ['0 issue "letsencrypt.org"']}, LE, "published"),
        ({HOST: ['0 issue "sectigo.com"']}, LE, "other"),
        ({"d.example": ['0 issue "digicert.com"']}, LE, "other"),
        ({HOST: ['0 issue "letsencrypt.org"'], "d.example": ['0 issue "digicert.com"']}, LE, "published"),
        ({HOST: ['0 issue ";"']}, LE, "nobody"),
        ({HOST: ['0 issue ""']}, LE, "nobody"),
        ({HOST: ['0 issue ";"']}, shows(SELF), "published"),
        ({HOST: ['0 issue "digicert.com"']}, issued_by("Our own CA"), "published"),
        ({HOST: ['0 issue "sectigo.com"']}, issued_by("ZeroSSL"), "published"),
        ({HOST: ['0 issue "pki.goog"']}, issued_by("Google Trust Services"), "published"),
        ({HOST: ['0 issue "letsencrypt.org"']}, None, "published"),
        ({HOST: ['128 tbs "unknown"']}, LE, "critical"),
        ({HOST: ['0 tbs "unknown"']}, LE, "tag"),
        ({HOST: ['0 iodef "mailto:a@d.example"']}, LE, ""),
        ({HOST: ["SERVFAIL"]}, LE, "lookup"),
        ({HOST: ["TIMEOUT"]}, LE, "any.unknown-timeout"),
        ({"d.example": ["SERVFAIL"]}, LE, "lookup"),
    ],
)
def test_who_may_issue(zone: dict[str, list[str]], shown: Shown | None, told: str) -> None:
    with dns_server({HOST: {"A": [V4]}, **{name: {"CAA": records} for name, records in zone.items()}}) as server:
        found = by_kind(caa.check(server.resolver(), HOST, shown))
    assert {kind.removeprefix("caa.") for kind in found} == ({told} if told else set())
