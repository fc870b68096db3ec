"""The names that mail servers and users' programs ask a machine for."""

from __future__ import annotations

from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.sender import Sender
from mailtui.services.tls.needed import missing, needed_findings, needed_names
from tests.support.dns_server import Zone, dns_server

OURS = "192.0.2.7"
SENDER = Sender("mx1.shop.test", "mx1.shop.test", (OURS, "2001:db8::7"), domains=("shop.test", "else.test"))
ZONE: Zone = {
    "mx1.shop.test": {"A": [OURS]},
    "shop.test": {"MX": ["10 MX1.shop.test.", "20 backup.other.test."]},
    "backup.other.test": {"A": ["198.51.100.1"]},
    "_imaps._tcp.shop.test": {"SRV": ["0 1 993 imap.shop.test."]},
    "_submission._tcp.shop.test": {"SRV": ["0 0 0 ."]},
    "imap.shop.test": {"AAAA": ["2001:db8::7"]},
    "mail.shop.test": {"CNAME": ["mx1.shop.test."]},
    "smtp.shop.test": {"A": ["198.51.100.1"]},
    "else.test": {"MX": ["10 mail.else.test."]},
    "mail.else.test": {"A": [OURS, "203.0.113.1"]},
    "pop.else.test": "SERVFAIL",
}


def test_what_leads_here_is_needed_and_nothing_else() -> None:
    with dns_server(ZONE) as server:
        found = {one.name: one.why for one in needed_names(SENDER, Resolver([server.address]))}
    assert list(found) == ["mx1.shop.test", "mail.else.test", "imap.shop.test", "mail.shop.test"]
    assert found["mx1.shop.test"] == "Postfix calls itself so"
    assert "mail for else.test" in found["mail.else.test"]
    assert "_imaps._tcp.shop.test" in found["imap.shop.test"]
    assert "users try it" in found["mail.shop.test"]


def test_a_certificate_and_what_it_lacks() -> None:
    with dns_server(ZONE) as server:
        needed = needed_names(SENDER, Resolver([server.address]))
    assert [one.name for one in missing(needed, ["*.shop.test"])] == ["mail.else.test"]
    assert missing(needed, ["*.shop.test", "mail.else.test"]) == ()
    (finding,) = needed_findings(needed, ["*.shop.test"])
    assert (finding.id, finding.subject) == ("cert.needed:mail.else.test", "mail.else.test")
    assert "mail for else.test" in finding.title


def test_without_the_dns_what_postfix_calls_itself() -> None:
    with dns_server({"shop.test": "SERVFAIL", "else.test": "SERVFAIL"}) as server:
        assert [one.name for one in needed_names(SENDER, Resolver([server.address]))] == ["mx1.shop.test"]
    nameless = Sender("localhost", "localhost", ())
    with dns_server({}) as server:
        assert needed_names(nameless, Resolver([server.address])) == ()
