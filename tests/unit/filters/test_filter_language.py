"""What the filter language means, read as an operator would write it."""

from __future__ import annotations

import time

import pytest

from mailtui.filters import EVERYTHING, FilterError, parse
from mailtui.filters.getters import Value

NOW = time.time()
DEFERRED: dict[str, Value] = {
    "queue_id": "3Pt2mN2VXxznjll",
    "from": "Anna@shop.example",
    "to": ["info@example.org", "sales@example.net"],
    "status": "deferred",
    "reason": "host mx.example.org[192.0.2.7] said: 452 4.2.2 over quota",
    "dsn": "4.2.2",
    "relay": "mx.example.org[192.0.2.7]:25",
    "client": "laptop.example[198.51.100.9]",
    "size": 2 * 1024 * 1024,
    "age": 3 * 3600.0,
    "delay": "0.35",
    "pid": 4711,
    "severity": "warning",
    "time": NOW - 60,
    "orig_to": [],
}

MATCHING = [
    "",
    "quota",
    "QUOTA",
    '"over quota"',
    "mx.*.org",
    "quota 4.2.2",
    "quota and 4.2.2",
    "nothing or quota",
    "sender:*@shop.example",
    "from:anna",
    "from:ANNA@SHOP.EXAMPLE",
    "sender_domain:shop.example",
    "from=Anna@shop.example",
    "from=<Anna@shop.example>",
    "from!=anna@shop.example",
    "recipient:info",
    "recipient:sales",
    "rcpt:sales",
    'recipient~"^info"',
    "recipient~^INFO",
    "recipient!~^nobody",
    "each_recipient:*@example.*",
    "each_to!=root@example.org",
    "each_recipient~example\\.(org|net)$",
    "-each_recipient:info",
    "age>2h",
    "age>=3h age<=3h age<1d",
    "size>1M size<3M",
    "size:2M",
    "size=2048k",
    "delay<0.5 delay>0.3s",
    "pid:4711 pid=4711 pid!=12",
    "severity>=warning severity<error severity:warning",
    "time>5m",
    "time<@4000000000",
    "time>yesterday or time:yesterday",
    "client:198.51.100.0/24",
    "ip:198.51.100.9/32",
    "dsn:4.2.*",
    "dsn:4",
    "dsn:4.2",
    "dsn:4.2.2",
    "dsn:4.?.2",
    "-reason:greylist",
    "not reason:greylist",
    "not (reason:greylist or dsn:5.*)",
    "- or deferred",
    'nosuch!="x"',
    "status:deferred -reason:greylist (dsn:4.7.* or relay:mx)",
    'reason:"over quota"',
    "Status:deferred",
    "id=3Pt2mN2VXxznjll",
]
NOT_MATCHING = [
    "greylist",
    '"quota over"',
    '"mx.*.org"',
    "quota nothing",
    "-quota",
    "from=anna@shop.example",
    "sender:*@shop",
    'sender:""',
    "from=<>",
    "each_recipient:info",
    "each_nosuch:x",
    "recipient!~example",
    "age>3h",
    "size>2M",
    "size:2",
    "pid:4",
    "severity:info",
    "severity>warning",
    "time>30s",
    "time:2001-01-01",
    "client:203.0.113.0/24",
    "dsn:2.2",
    "dsn:4.22",
    "nosuch:x",
    "nosuch>1",
    "id=3pt2mn2vxxznjll",
    "not (quota or dsn:5.*)",
]


@pytest.mark.parametrize("text", MATCHING)
def test_a_filter_lets_through_what_it_says(text: str) -> None:
    assert parse(text).matches(DEFERRED)


@pytest.mark.parametrize("text", NOT_MATCHING)
def test_a_filter_keeps_out_what_it_does_not_say(text: str) -> None:
    assert not parse(text).matches(DEFERRED)


def test_null_sender_is_the_empty_value() -> None:
    for text in ('from:""', "from=<>", 'sender=""', "from:<>"):
        assert parse(text).matches({"from": ""})
        assert not parse(text).matches({"from": "a@b"})
        assert not parse(text).matches({})


def test_a_getter_function_is_asked_for_the_whole_text_under_a_star() -> None:
    asked: list[str] = []

    def get(name: str) -> Value:
        asked.append(name)
        return "connect from unknown" if name == "text" else None

    assert parse("unknown").matches(get)
    assert asked == ["*", "text"]


def test_a_word_with_a_colon_that_is_no_field() -> None:
    assert parse("http://x.example/*").matches({"text": "see http://x.example/y"})
    assert parse("fe80::1").matches({"text": "from [fe80::1]"})
    assert parse("10:30").matches({"text": "at 10:30"})


def test_filters_are_values() -> None:
    assert parse("a  b") == parse("a and b") == parse("(a) (b)")
    assert len({parse("a b"), parse("a AND b"), parse("b a")}) == 2
    assert parse("a") & parse("b or c") == parse("a (b or c)")
    assert parse("a") & EVERYTHING == parse("a")
    assert not EVERYTHING
    assert parse("a")


def test_explain_names_the_part_and_the_value() -> None:
    reasons = parse("status:deferred age>1d (quota or nosuch=1)").explain(DEFERRED)
    assert [(reason.part, reason.matched) for reason in reasons] == [
        ("status:deferred", True),
        ("age>1d", False),
        ("quota", True),
        ("nosuch=1", False),
    ]
    assert reasons[0].because == "status is deferred"
    assert reasons[1].because == "age is 10800.0"
    assert reasons[3].because == "there is no nosuch"


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("(a", 0, "never closed"),
        ("a)", 1, "never opened"),
        ("()", 1, "missing"),
        ("a and", 5, "missing"),
        ("a or", 4, "missing"),
        ("or a", 0, "quotes"),
        ('say "hi', 4, "never closed"),
        ("sender:", 7, "needs a value"),
        ("a size>big", 7, "a size such as"),
        ("age>2x", 4, "a duration such as"),
        ("time>someday", 5, "a time such as"),
        ("severity>loud", 9, "debug"),
        ("from~[", 5, "no regular expression"),
        ("ip:1.2.3.4/99", 3, "1.2.3.4/99"),
        ("(" * 100, 41, "deep"),
        ("not " * 100, 163, "deep"),
        ("x" * 5000, 4000, "longer"),
    ],
)
def test_errors_point_at_the_place(text: str, column: int, words: str) -> None:
    with pytest.raises(FilterError, match=words) as caught:
        parse(text)
    assert caught.value.column == column
    assert isinstance(caught.value, ValueError)


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(FilterError) as caught:
        parse("a size>big")
    first, second = caught.value.caret().splitlines()
    assert first == "a size>big"
    assert second.startswith(" " * 7 + "^ size> wants")
