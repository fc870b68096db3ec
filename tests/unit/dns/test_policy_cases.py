"""Hundreds of records about TLS and mail programs, each with what is to be told of it; see ``test_cases``."""

from __future__ import annotations

from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from mailtui.services.dns import clients
from mailtui.services.dns.hosts import mx
from mailtui.services.dns.policy import caa, mtasts, tlsrpt
from mailtui.services.dns.policy.https import Fetched
from mailtui.services.dns.policy.serving import Shown
from mailtui.services.dns.sender import Sender
from mailtui.services.tls.probe import Ask, Served
from tests.support.dns_cases import DOMAIN, around, by_kind, cases, zone_of
from tests.support.dns_server import dns_server
from tests.unit.tls.authority import issue

HOST = f"mx.{DOMAIN}"
US = Sender(HOST, HOST, ("198.51.99.10", "2a00:db8::10"))


def told_of_reporting(lines: list[str], *, needed: bool = False) -> set[str]:
    with dns_server(zone_of([*around("tlsrpt"), *lines])) as server:
        return set(by_kind(tlsrpt.check(server.resolver(), DOMAIN, needed=needed), "tlsrpt"))


@pytest.mark.parametrize(("told", "texts"), cases("tlsrpt", "record", "texts"))
def test_what_is_told_of_a_record_of_tls_reporting(told: set[str], texts: list[str]) -> None:
    assert told_of_reporting([f"_smtp._tls TXT {text}" for text in texts]) == told


@pytest.mark.parametrize(("told", "lines"), cases("tlsrpt", "place"))
def test_where_a_record_of_tls_reporting_is_found(told: set[str], lines: list[str]) -> None:
    assert told_of_reporting(lines) == told


@pytest.mark.parametrize(("told", "lines"), cases("tlsrpt", "needed"))
def test_reporting_is_missed_where_failures_would_go_unheard(told: set[str], lines: list[str]) -> None:
    assert told_of_reporting(lines, needed=True) == told


STS = "version: STSv1|mode: enforce|mx: mx.d.example|max_age: 604800"


def told_of_sts(lines: list[str], policy: str = STS) -> set[str]:
    body, given = policy.replace("|", "\n"), {line.split()[0] for line in lines}
    usual = [line for line in ("@ MX 10 mx.d.example.", "mta-sts A 198.51.99.11") if line.split()[0] not in given]
    with dns_server(zone_of([*around("mtasts"), *usual, *lines])) as server:
        resolver = server.resolver()
        found = mtasts.check(
            resolver,
            DOMAIN,
            mx.exchangers(resolver, DOMAIN),
            lambda host, path, _: Fetched(host + path, body=body),
            tuple,
        )
    return set(by_kind(found, "mtasts"))


@pytest.mark.parametrize(("told", "texts"), cases("mtasts", "record", "texts"))
def test_what_is_told_of_a_record_of_mta_sts(told: set[str], texts: list[str]) -> None:
    assert told_of_sts([f"_mta-sts TXT {text}" for text in texts]) == told


@pytest.mark.parametrize(("told", "lines"), cases("mtasts", "place"))
def test_where_a_record_of_mta_sts_is_found(told: set[str], lines: list[str]) -> None:
    assert told_of_sts(lines) == told


@pytest.mark.parametrize(("told", "lines"), cases("mtasts", "host"))
def test_where_the_policy_of_mta_sts_is_fetched(told: set[str], lines: list[str]) -> None:
    assert told_of_sts(["_mta-sts TXT v=STSv1; id=1", *lines]) == told


@pytest.mark.parametrize(("told", "policy"), cases("mtasts", "policy"))
def test_what_is_told_of_a_policy_of_mta_sts(told: set[str], policy: list[str]) -> None:
    assert told_of_sts(["_mta-sts TXT v=STSv1; id=1"], policy[0]) == told


@pytest.mark.parametrize(("told", "case"), cases("mtasts", "servers"))
def test_whether_the_policy_names_the_servers_that_mail_goes_to(told: set[str], case: list[str]) -> None:
    servers, *named = case
    policy = "|".join(["version: STSv1", "mode: enforce", "max_age: 604800", *(f"mx: {one}" for one in named)])
    lines = ["_mta-sts TXT v=STSv1; id=1", *(f"@ MX {server}" for server in servers.split(", "))]
    assert told_of_sts(lines, policy) == told


@cache
def issued_by(organization: str) -> Shown | None:
    """The mail server with a certificate of this authority; None where nothing was seen."""
    if not organization:
        return None
    pair, name = issue(HOST, names=(HOST,)), x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)
    one = pair.certificate
    builder = x509.CertificateBuilder(
        x509.Name([name]), one.subject, one.public_key(), 1, one.not_valid_before_utc, one.not_valid_after_utc
    )
    der = builder.sign(pair.key, hashes.SHA256()).public_bytes(Encoding.DER)
    return Shown(HOST, Served(Ask("198.51.99.10", 25, "smtp", HOST), chain_der=(der,), version="TLSv1.3"))


@pytest.mark.parametrize(("told", "case"), cases("caa", "climb", "issue", "authorities"))
def test_whether_the_authority_in_use_may_issue(told: set[str], case: list[str]) -> None:
    organization, *lines = case
    with dns_server(zone_of([*around("caa"), *lines])) as server:
        found = caa.check(server.resolver(), HOST, issued_by(organization))
    assert set(by_kind(found, "caa")) == told


@pytest.mark.parametrize(("told", "lines"), cases("srv", "one", "several", "guessed"))
def test_whether_mail_programs_find_the_servers(told: set[str], lines: list[str]) -> None:
    with dns_server(zone_of([*around("srv"), *lines])) as server:
        found = clients.check(server.resolver(), DOMAIN, US, {143, 465, 587, 993})
    assert set(by_kind(found, "clients")) == told
