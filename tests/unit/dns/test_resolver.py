"""What a resolver says, and how each kind of silence is told from the others."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.host.errors import UsageError
from mailtui.services.dns.answers import Answer
from mailtui.services.dns.resolver import Resolver, server_of, side_by_side
from tests.support.dns_server import DnsServer, Zone, dns_server

ZONE: Zone = {
    "example.org": {"MX": ["10 mx.example.org."], "TXT": ['"v=spf1 " "-all"', '"other"'], "A": ["192.0.2.1"]},
    "alias.example.org": {"CNAME": ["far.example.org."]},
    "far.example.org": {"A": ["192.0.2.7"]},
    "broken.example.org": "SERVFAIL",
    "silent.example.org": "TIMEOUT",
    "refused.example.org": "REFUSED",
    "half.example.org": {"A": ["192.0.2.9"], "AAAA": ["TIMEOUT"]},
    "deep.under.example.org": {"A": ["192.0.2.3"]},
    "dangling.example.org": {"CNAME": ["gone.example.org."]},
    "round.example.org": {"CNAME": ["round.example.org."]},
    "big.example.org": {"TXT": [f'"{"x" * 250}" "{"y" * 250}" "{n}"' for n in range(9)]},
}


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    with dns_server(ZONE, secure=["example.org"]) as running:
        yield running


@pytest.fixture
def resolver(server: DnsServer) -> Resolver:
    return Resolver([server.address], patience=0.15)


@pytest.mark.parametrize(
    ("name", "record", "state"),
    [
        ("example.org", "MX", "found"),
        ("EXAMPLE.org.", "MX", "found"),
        ("example.org", "AAAA", "nodata"),
        ("under.example.org", "A", "nodata"),
        ("nothing.example.org", "A", "nxdomain"),
        ("broken.example.org", "A", "servfail"),
        ("silent.example.org", "A", "timeout"),
        ("half.example.org", "A", "found"),
        ("half.example.org", "AAAA", "timeout"),
        ("refused.example.org", "A", "failed"),
        ("alias.example.org", "A", "found"),
        ("alias.example.org", "MX", "nodata"),
        ("dangling.example.org", "A", "nxdomain"),
        ("round.example.org", "A", "failed"),
        ("a..b", "A", "failed"),
        ("x" * 64 + ".example.org", "A", "failed"),
        (".".join(["x" * 60] * 5), "A", "failed"),
    ],
)
def test_each_fate_of_a_question_has_a_name_of_its_own(resolver: Resolver, name: str, record: str, state: str) -> None:
    assert resolver.ask(name, record).state == state


def test_strings_of_a_record_are_joined_without_a_space_and_kept_apart(resolver: Resolver) -> None:
    answer = resolver.ask("example.org", "TXT")
    assert answer.texts == ("other", "v=spf1 -all")
    assert answer.strings[1] == (b"v=spf1 ", b"-all")


def test_a_long_answer_comes_over_tcp(resolver: Resolver) -> None:
    assert len(resolver.ask("big.example.org", "TXT").records) == 9


def test_aliases_are_told(resolver: Resolver) -> None:
    answer = resolver.ask("alias.example.org", "A")
    assert (answer.aliases, answer.records) == (("far.example.org",), ("192.0.2.7",))


def test_a_question_is_asked_once(server: DnsServer) -> None:
    resolver = server.resolver()
    before = len(server.asked)
    answers = resolver.ask_all([("far.example.org", "A"), ("FAR.example.org.", "A")] * 20)
    assert {answer.state for answer in answers} == {"found"}
    assert len(server.asked) == before + 1


def test_dnssec_is_believed_of_a_resolver_on_this_machine(resolver: Resolver) -> None:
    assert resolver.ask("example.org", "MX").secure
    assert not resolver.ask("far.example.org", "A").secure
    assert not Resolver([("192.0.2.53", 53)]).local


def test_another_server_is_asked_where_one_fails(server: DnsServer) -> None:
    with dns_server({"example.org": "SERVFAIL"}) as broken:
        resolver = Resolver([broken.address, server.address])
        assert resolver.ask("example.org", "MX").state == "found"


def test_waiting_has_an_end_over_all_questions(server: DnsServer) -> None:
    resolver = Resolver([server.address], patience=5, total=0.3)
    started = time.monotonic()
    answers = resolver.ask_all([(f"{n}.silent.example.org", "A") for n in range(3)] + [("silent.example.org", "A")])
    assert answers[-1].state == "timeout"
    assert time.monotonic() - started < 2
    assert resolver.ask("far.example.org", "A").problem == "no time left"


def test_a_server_that_is_not_there_is_no_timeout() -> None:
    assert Resolver([("127.0.0.1", 9)], patience=1).ask("example.org", "A").unknown


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:54", ("2001:db8::1", 54)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
    ],
)
def test_a_name_server_as_it_is_typed(text: str, server: tuple[str, int]) -> None:
    assert server_of(text) == server


@pytest.mark.parametrize(
    "text", ["", "dns.example", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:99999", "[::1]:x", "1.2.3"]
)
def test_what_is_no_name_server(text: str) -> None:
    with pytest.raises(UsageError):
        server_of(text)


@settings(max_examples=60)
@given(st.binary(max_size=200), st.booleans())
def test_nonsense_is_no_answer_and_no_crash(junk: bytes, with_id: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
        liar.bind(("127.0.0.1", 0))

        def lie() -> None:
            query, client = liar.recvfrom(4096)
            liar.sendto(query[:2] + b"\x81\x80" + junk if with_id else junk, client)

        thread = threading.Thread(target=lie)
        thread.start()
        answer = Resolver([liar.getsockname()], patience=0.02).ask("example.org", "MX")
        thread.join()
    assert answer.state != "found" or answer.records


def test_answers_come_in_the_order_of_the_questions() -> None:
    assert side_by_side([partial(pow, n, 2) for n in range(40)]) == tuple(n * n for n in range(40))
    assert side_by_side([]) == ()


def test_what_strangers_publish_is_made_printable(resolver: Resolver) -> None:
    with dns_server({"evil.example": {"TXT": ['"a\\027[31m\\226\\128\\174b"']}}) as server:
        answer = server.resolver().ask("evil.example", "TXT")
    assert answer.evidence() == ("evil.example TXT a␛[31m‹U+202E›b",)


def test_a_question_about_the_root_names_it() -> None:
    assert Answer("", "NS", "timeout").evidence() == ("NS of . cannot be told: no answer in time",)
