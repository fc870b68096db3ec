"""What is believed of a message's results, and how strangers fail to make us believe more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.authresults.grammar import parse, parse_received_spf
from mailtui.services.authresults.reading import read
from mailtui.services.authresults.service import headers_of
from mailtui.services.authresults.trust import received_by

_OWN = ("mx.shop.example", "Shop.example")
_RECEIVED = (
    "Received",
    "from mail.other.example (unknown [192.0.2.1]) by mx.shop.example (Postfix) with ESMTPS id 1; x",
)
_THEIRS = ("Received", "from pc (pc [10.0.0.1]) by mail.other.example with ESMTPSA id 2; x")
_FROM = ("From", "Anna <anna@other.example>")


def results(text: str) -> tuple[str, str]:
    return ("Authentication-Results", text)


def test_the_examples_of_rfc_8601() -> None:
    found = parse(
        "example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n"
        ' spf=pass reason="all good; really" smtp.mailfrom=example.net;\r\n dkim/1 = fail header.d="a b.example"'
    )
    assert found.authserv_id == "example.com" and not found.problem
    assert [(one.method, one.result) for one in found.results] == [("auth", "pass"), ("spf", "pass"), ("dkim", "fail")]
    assert found.results[0].comment == "cram-md5" and found.results[1].reason == "all good; really"
    assert found.results[2].of("header.d") == "a b.example"
    assert parse("example.org 1; none") == ("example.org", (), "")
    assert parse("foo.example.net (foobar; (nested)) 1 (baz);\n dkim (Because I like it) / 1 (One yay) = (wait) fail\n"
                 "   policy (A dot can go here) . (like that) expired\n  (this surprised me) = (as I wasn't expecting it)"
                 " 1362471462").results[0].of("policy.expired") == "1362471462"  # fmt: skip


def test_arc_and_received_spf() -> None:
    found = parse("i=1; lists.example; dkim=pass header.i=@example.org", arc=True)
    assert found.authserv_id == "lists.example" and found.results[0].of("header.i") == "@example.org"
    spf = parse_received_spf('Softfail (mx: not listed) receiver=mx.shop.example; envelope-from="a@b.example"; helo=x')
    assert (spf.authserv_id, spf.results[0].result, spf.results[0].of("smtp.mailfrom")) == (
        "mx.shop.example", "softfail", "a@b.example",
    )  # fmt: skip


def test_ours_stands_above_our_received() -> None:
    good = results("mx.shop.example; dkim=pass header.d=other.example; spf=pass smtp.mailfrom=b@bounce.other.example")
    reading = read([good, _RECEIVED, _THEIRS, _FROM], _OWN)
    assert [one.trust for one in reading.headers] == ["ours"] and reading.sender == "other.example"
    assert [one.aligned for one in reading.alignments] == [True, True]
    assert any("signature of other.example is good" in told for told in reading.told)


def test_a_forged_one_came_with_the_message() -> None:
    forged = results("mx.shop.example; dkim=pass header.d=other.example; dmarc=pass header.from=other.example")
    reading = read([_RECEIVED, forged, _THEIRS, _FROM], _OWN)
    assert [one.trust for one in reading.headers] == ["forged"] and not reading.alignments
    assert not any("is good" in told for told in reading.told)
    assert any("came with the message" in told for told in reading.told)
    own_hop = ("Received", "from mx.shop.example by mx.shop.example (Dovecot) with LMTP id 3; x")
    assert read([own_hop, _RECEIVED, forged, _THEIRS, _FROM], _OWN).headers[0].trust == "forged"
    between = read([own_hop, results("Shop.Example; spf=fail smtp.mailfrom=other.example"), _RECEIVED, _FROM], _OWN)
    assert between.headers[0].trust == "ours", "written before it was handed to Dovecot"


@pytest.mark.parametrize(
    "lie",
    [
        "from x by mx.shop.example with ESMTP id 9; x",
        "from localhost (localhost [127.0.0.1]) by mx.shop.example (Postfix) id 9; x",
        "from y (y [192.0.2.7]) by mx.shop.example (Postfix) id 9; x",
    ],
)
def test_a_forged_received_does_not_help(lie: str) -> None:
    """Whoever puts our name into a Received field of their own has it below the true one."""
    forged = results("mx.shop.example; dkim=pass header.d=other.example")
    for letters in ([_RECEIVED, forged, ("Received", lie)], [_RECEIVED, _THEIRS, forged, ("Received", lie)]):
        assert read([*letters, _FROM], _OWN).headers[0].trust == "forged"
    said = ("Received", "from [127.0.0.1] (unknown [192.0.2.1]) by mx.shop.example (Postfix) with ESMTP id 1; x")
    assert read([said, forged, ("Received", lie), _FROM], _OWN).headers[0].trust == "forged"


def test_a_filter_of_ours_hands_it_back() -> None:
    back = ("Received", "from localhost (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id 4; x")
    own = ("Received", "from mx (mx.shop.example [198.51.100.1]) by mx.shop.example (Postfix) with ESMTP id 4; x")
    good = results("mx.shop.example; dkim=pass header.d=other.example")
    assert read([back, good, _RECEIVED, _FROM], _OWN).headers[0].trust == "ours"
    assert read([own, good, _RECEIVED, _FROM], _OWN).headers[0].trust == "forged"
    assert read([own, good, _RECEIVED, _FROM], _OWN, None, {"198.51.100.1"}).headers[0].trust == "ours"


def test_without_a_received_of_ours() -> None:
    reading = read([results("mx.shop.example; spf=pass smtp.mailfrom=a@other.example"), _THEIRS, _FROM], _OWN)
    assert reading.headers[0].trust == "unplaced" and not reading.alignments
    assert read([results("mx.google.example; spf=pass"), _RECEIVED, _FROM], _OWN).headers[0].trust == "foreign"


@pytest.mark.parametrize(
    ("domain", "aligned"), [("other.example", True), ("a.b.other.example", True), ("evil.example", False)]
)
def test_alignment_by_name(domain: str, aligned: bool) -> None:
    good = results(f"mx.shop.example; dkim=pass header.d={domain}")
    assert read([good, _RECEIVED, _FROM], _OWN).alignments[0].aligned is aligned


def test_siblings_are_for_the_dns_to_tell() -> None:
    good = results("mx.shop.example; dkim=pass header.d=a.other.example")
    letters = [good, _RECEIVED, ("From", "x@b.other.example")]
    assert read(letters, _OWN).alignments[0].aligned is None
    assert read(letters, _OWN, lambda *_: True).alignments[0].aligned is True
    assert read(letters, _OWN, lambda *_: False).alignments[0].aligned is False


@pytest.mark.parametrize("value", ["a@one.example, b@two.example", "nobody", ""])
def test_from_without_one_domain(value: str) -> None:
    good = results("mx.shop.example; dkim=pass header.d=one.example")
    assert not read([good, _RECEIVED, ("From", value)], _OWN).alignments
    assert not read([good, _RECEIVED, ("From", "a@one.example"), ("From", "b@one.example")], _OWN).alignments


def test_received_by() -> None:
    assert received_by("from a (by evil.example) by mx.shop.example. (Postfix); date") == "mx.shop.example"
    assert received_by("from by.example; x") == "" and received_by("") == ""


@given(st.text(alphabet=st.sampled_from('abz=;./"()\\ \x00\x01\n1é‮'), max_size=120))
def test_nonsense_is_read_without_an_error(text: str) -> None:
    for one in (parse(text), parse(text, arc=True), parse_received_spf(text)):
        shown = [one.authserv_id, *(word for result in one.results for word in (result.reason, result.comment))]
        assert all("\x00" not in word and "\x01" not in word and "‮" not in word for word in shown)
    read([("Authentication-Results", text), ("Received", text), ("From", text)], _OWN)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message(data: bytes) -> None:
    read(headers_of(data), _OWN)


def test_folded_headers_of_a_file() -> None:
    data = b"Authentication-Results: mx;\r\n\tspf=pass\r\nFrom: \xff@x\r\n\r\nAuthentication-Results: body\r\n"
    assert [name for name, _ in headers_of(data)] == ["Authentication-Results", "From"]
    assert headers_of(data)[0][1] == "mx;\tspf=pass"
