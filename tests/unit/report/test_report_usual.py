"""The report's quick looks at the usual lines find what the log engine's own patterns find."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailtui.maillog.grammar.postfix_patterns import ACTIVE, DELIVERY
from mailtui.maillog.report.delivery import _SENT
from mailtui.maillog.report.queue import _ACTIVE
from mailtui.maillog.report.reasons import WarningTexts, reject_reason

_PIECES = st.sampled_from(
    [*'a@">< ,;:\\()', ">, relay=", ">, orig_to=<", ", relay=x, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent ("]
)
_ADDRESS = st.lists(_PIECES, max_size=8).map("".join)


@given(to=_ADDRESS, orig_to=st.none() | _ADDRESS, reply=st.text(max_size=20))
@example(to='"a>, relay=b"@c', orig_to=None, reply="250 ok")
@example(to="a@b", orig_to='"c>, relay=d"@e', reply="250 ok")
@example(to="a> b@c", orig_to=None, reply=", status=bounced (")
def test_a_usual_delivery_is_what_the_full_pattern_finds(to: str, orig_to: str | None, reply: str) -> None:
    alias = "" if orig_to is None else f", orig_to=<{orig_to}>"
    event = f"to=<{to}>{alias}, relay=r[1]:25, delay=1.5, delays=1/0/0.2/0.3, dsn=2.0.0, status=sent ({reply})"
    sent, full = _SENT.match(f"4ABC: {event}"), DELIVERY.match(event)
    if sent is None:
        return
    assert full is not None
    names = ("to", "relay", "delay", "delays", "tls")
    assert sent.groups()[:6] == ("4ABC", *(full[name] for name in names))


@pytest.mark.parametrize("extra", ["", ", conn_use=3"])
@pytest.mark.parametrize("alias", ["", ", orig_to=<info@example.org>"])
@pytest.mark.parametrize("tls", ["", ", tls=may"])
def test_usual_deliveries_take_the_quick_way(extra: str, alias: str, tls: str) -> None:
    text = (
        f"4ABC: to=<a@b.example>{alias}, relay=mx.example[192.0.2.1]:25{extra}, delay=1.5, delays=1/0/0.2/0.3{tls}, "
        "dsn=2.0.0, status=sent (250 ok)"
    )
    assert _SENT.match(text) is not None


@given(sender=_ADDRESS)
@example(sender='"a>, size=1, nrcpt=1 (queue active)"@b')
def test_a_usual_activation_is_what_the_full_pattern_finds(sender: str) -> None:
    event = f"from=<{sender}>, size=1234, nrcpt=2 (queue active)"
    quick, full = _ACTIVE.match(event), ACTIVE.match(event)
    assert full is not None
    if quick is not None:
        assert quick.groups() == full.groups()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("550 5.1.1 <a@b>: Recipient address rejected: User unknown; from=<>", "Recipient address rejected: User unknown"),
        ("454 4.7.1 <a@b>: Relay access denied; from=<x@y> to=<a@b>", "Relay access denied"),
        ("554 Denied, blocked using zen.example; from=<>", "blocked using zen.example"),
        ("550-5.7.1 no; from=<>", "no"),
        ("no code; from=<>", "no code"),
    ],
)  # fmt: skip
def test_plain_reasons_lose_their_codes_only(text: str, reason: str) -> None:
    assert reject_reason(text) == reason


def test_a_warning_with_half_a_character_is_counted() -> None:
    condensed = WarningTexts().condensed
    assert condensed("bad \ud800 3 times") == condensed("bad \ud800 4 times") == "bad \ud800 N times"
