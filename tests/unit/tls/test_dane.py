"""A published TLSA record and a certificate on its way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.dns.answers import Answer
from mailtui.services.tls.deploy.dane import Verdict, advice, verdict
from mailtui.services.tls.facts import spki
from mailtui.services.tls.tlsa import of_key, parse
from tests.unit.tls.authority import LEAF, MIDDLE, ROOT, issue

CHAIN = (LEAF.certificate, MIDDLE.certificate)
HOST = "mx.example"
NAME = "_25._tcp.mx.example"


class Zone:
    """A resolver that knows a few records."""

    def __init__(self, records: Mapping[str, Sequence[str]], *, secure: bool = True, local: bool = True) -> None:
        self._records = records
        self._secure = secure
        self.local = local

    def ask_all(self, questions: Sequence[tuple[str, str]]) -> tuple[Answer, ...]:
        return tuple(self._answer(name, record) for name, record in questions)

    def _answer(self, name: str, record: str) -> Answer:
        found = self._records.get(name)
        if found is None:
            return Answer(name, record, "nxdomain")
        if not found:
            return Answer(name, record, "timeout", problem="no answer")
        return Answer(name, record, "found", tuple(found), secure=self._secure)


def sha(data: bytes, name: str = "sha256") -> str:
    return hashlib.new(name, data).hexdigest()


DER = {
    name: pair.certificate.public_bytes(Encoding.DER)
    for name, pair in (("leaf", LEAF), ("middle", MIDDLE), ("root", ROOT))
}
FITTING = [
    f"3 1 1 {spki(LEAF.certificate)}",
    f"3 0 1 {sha(DER['leaf'])}",
    f"3 0 2 {sha(DER['leaf'], 'sha512').upper()}",
    f"3 0 0 {DER['leaf'].hex()}",
    f"2 1 1 {spki(MIDDLE.certificate)}",
    f"2 0 1 {sha(DER['middle'])[:20]} {sha(DER['middle'])[20:]}",
]
BREAKING = [
    f"3 1 1 {spki(MIDDLE.certificate)}",
    f"2 1 1 {spki(ROOT.certificate)}",
    "3 1 1 " + "00" * 32,
    f"3 0 1 {sha(DER['leaf'], 'sha512')}",
]
UNUSABLE = [f"1 1 1 {'00' * 32}", f"0 0 1 {'00' * 32}", "3 1 9 00", "3 1 1 xyz", "nonsense", ""]


def _usage(record: str) -> str:
    """Usage, selector and matching type: the rest is of this run's own keys."""
    return "-".join(record.split()[:3])


@pytest.mark.parametrize("record", FITTING, ids=_usage)
def test_a_record_that_fits(record: str) -> None:
    assert verdict([HOST], CHAIN, Zone({NAME: [record]})) == Verdict()
    assert verdict([HOST], CHAIN, Zone({NAME: [BREAKING[0], record]})) == Verdict(), "one is enough: a rollover"


@pytest.mark.parametrize("record", BREAKING, ids=_usage)
def test_a_record_that_would_stop_the_mail(record: str) -> None:
    assert verdict([HOST], CHAIN, Zone({NAME: [record]})) == Verdict(broken=(NAME,))
    assert verdict([HOST], CHAIN, Zone({NAME: [record]}, secure=False)) == Verdict(unsigned=(NAME,))
    assert verdict([HOST], CHAIN, Zone({NAME: [record]}, secure=False, local=False)) == Verdict(broken=(NAME,))


@pytest.mark.parametrize("record", UNUSABLE, ids=_usage)
def test_a_record_nobody_can_use_breaks_nothing(record: str) -> None:
    assert verdict([HOST], CHAIN, Zone({NAME: [record]})) == Verdict()


def test_none_and_no_answer() -> None:
    assert verdict([HOST], CHAIN, Zone({})) == Verdict()
    assert verdict([HOST], CHAIN, Zone({NAME: []})) == Verdict(unknown=(f"{NAME}: no answer",))


def test_a_root_counts_where_it_is_sent() -> None:
    zone = Zone({NAME: [f"2 1 1 {spki(ROOT.certificate)}"]})
    assert verdict([HOST], (*CHAIN, ROOT.certificate), zone) == Verdict()


def test_what_to_publish() -> None:
    new = issue("new.example")
    assert str(of_key(new.certificate)) == f"3 1 1 {spki(new.certificate)}"
    assert spki(new.certificate) in advice(new.certificate)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    found = parse(text)
    assert found is None or parse(str(found)) == found
