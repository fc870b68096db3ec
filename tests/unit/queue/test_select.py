"""Selecting and ordering queued messages by any column."""

from __future__ import annotations

import time

import pytest

from mailtui.filters import FilterError, parse
from mailtui.host.errors import UsageError
from mailtui.services.postfix.queue.fields import FIELDS, checked_filter, entry_fields, need_joining, need_log
from mailtui.services.postfix.queue.model import QueueEntry, QueueRecipient
from mailtui.services.postfix.queue.select import ordered, select

NOW = time.time()
SHOP = QueueEntry(
    "deferred",
    "3A0B725E938",
    NOW - 7200,
    20_000,
    "News@shop.example",
    (
        QueueRecipient("anna@full.example", "host mx[192.0.2.1] said: 452 4.2.2 The mailbox is full"),
        QueueRecipient("bert@slow.example", "connect to mx.slow.example[192.0.2.2]:25: Connection timed out"),
    ),
    client="mail.shop.example[198.51.100.7]",
    sasl_username="shop",
    message_id="<1@shop.example>",
    attempts=3,
    last_attempt=NOW - 600,
    next_attempt=NOW + 600,
    expires=NOW + 86_400,
    cause="mailbox full",
    transport="smtp",
    relay="mx[192.0.2.1]:25",
)
BOUNCE = QueueEntry(
    "hold", "4Yz0Kd2L7Kz3BcD", NOW - 60, 900, "", (QueueRecipient("news@shop.example", "", "alias@x.example"),), True
)
BOTH = (SHOP, BOUNCE)


def ids(wanted: str) -> list[str]:
    return [entry.queue_id[0] for entry in select(BOTH, parse(wanted))]


@pytest.mark.parametrize(
    "wanted",
    [
        "queue_name:deferred", "queue_id=3A0B725E938", "arrival_time<1h", "age>1h", "message_size>10k", "size>10k",
        "sender:news@shop.example", "from_domain:SHOP.example", "recipient:anna*", "to:bert",
        "nrcpt>1", "reason:full", 'delay_reason~"timed? out"', "dsn:4.2", "cause:full", "forced_expire:no", "bounce:no",
        "client:198.51.100.0/24", "sasl_username=shop", "user:shop", "message_id:1@shop", "attempts>=3",
        "last_attempt>1h", "next_attempt>now", "retry_in<15m", "expires_in<2d", "expires>now", "transport:smtp",
        "relay:192.0.2.1", "mailbox", "recipient_domain:full.example",
    ],
)  # fmt: skip
def test_every_column_can_be_asked_for(wanted: str) -> None:
    assert ids(wanted) == ["3"]
    assert ids(f"not {wanted}") == ["4"]


def test_the_null_sender_and_what_is_not_known() -> None:
    assert ids('sender:""') == ids("from:<>") == ids("bounce:yes") == ids("forced_expire:yes") == ["4"]
    assert ids("orig_address:alias") == ["4"]
    assert ids("attempts>=0") == ["3"]
    assert ids("retry_in<0 or retry_in>=0") == ["3"]


def test_each_needs_all_of_them() -> None:
    assert ids("each_recipient:slow.example or each_recipient:full.example") == []
    assert ids("each_recipient:*@*.example each_reason:host") == []
    assert ids("each_recipient:*@*.example") == ["3", "4"]


@pytest.mark.parametrize("wanted", ["nosuch:1", "age>1 nosuch_domain:x", "orig_to:x"])
def test_a_wrong_field_name_is_told_with_all_the_right_ones(wanted: str) -> None:
    with pytest.raises(FilterError) as caught:
        checked_filter(parse(wanted))
    assert all(name in caught.value.message for name in FIELDS)
    assert caught.value.text[caught.value.column :].startswith(("nosuch", "orig_to"))


def test_why_an_entry_matched() -> None:
    told = parse("sender:news nrcpt>1 -queue_name:hold").explain(entry_fields(SHOP))
    assert [(reason.matched, reason.because) for reason in told] == [
        (True, "sender is News@shop.example"),
        (True, "nrcpt is 2"),
        (False, "queue_name is deferred"),
    ]


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in ("orig_address", "bounce_reason")])
def test_every_column_can_be_sorted_by_and_back(name: str) -> None:
    assert set(ordered(BOTH, name)) == set(ordered(BOTH, f"-{name}")) == set(BOTH)
    assert set(ordered((), name)) == set()


def test_the_order() -> None:
    assert ordered(BOTH, "age") == (BOUNCE, SHOP)
    assert ordered(BOTH, "-age") == (SHOP, BOUNCE)
    assert ordered(BOTH, "recipient") == (SHOP, BOUNCE)
    assert ordered(BOTH, "recipient_domain") == (SHOP, BOUNCE)
    assert ordered((BOUNCE, SHOP), "next_attempt") == ordered((BOUNCE, SHOP), "-next_attempt") == (SHOP, BOUNCE)
    with pytest.raises(UsageError, match="no field nosuch"):
        ordered(BOTH, "-nosuch")


def test_what_has_to_be_looked_up_for_a_column() -> None:
    assert not need_joining(["age", "sender_domain"])
    assert need_joining(["expires"])
    assert not need_log(["expires", "cause"])
    assert need_log(["user"])
