"""What the lines of a log add up to."""

from __future__ import annotations

import pytest

from mailtui.services.live.book import CLOCK_SLACK, MAX_STORIES
from mailtui.services.live.model import Minute
from tests.unit.live.support import book_of, line, message

NOW = 1_800_000_000.0


def counts(*lines: bytes) -> tuple[int, int, int, int]:
    """Delivered, deferred, bounced, rejected."""
    minutes = book_of(lines, now=NOW).rates.minutes(NOW)
    return (
        sum(minute.delivered for minute in minutes),
        sum(minute.deferred for minute in minutes),
        sum(minute.bounced for minute in minutes),
        sum(minute.rejected for minute in minutes),
    )


def said(text: str, when: float = NOW) -> bytes:
    return line(text, when)


def delivery(queue_id: str, status: str, reason: str, to: str = "u@example.org", when: float = NOW) -> bytes:
    return said(
        f"postfix/smtp[9]: {queue_id}: to=<{to}>, relay=mx[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, "
        f"status={status} ({reason})",
        when,
    )


@pytest.mark.parametrize(
    ("status", "counted"),
    [
        ("sent", (1, 0, 0, 0)),
        ("deferred", (0, 1, 0, 0)),
        ("SOFTBOUNCE", (0, 1, 0, 0)),
        ("bounced", (0, 0, 1, 0)),
        ("expired", (0, 0, 1, 0)),
        ("deliverable", (0, 0, 0, 0)),
        ("undeliverable", (0, 0, 0, 0)),
    ],
)
def test_each_status_counts_for_what_it_is(status: str, counted: tuple[int, int, int, int]) -> None:
    assert counts(delivery("A000000001", status, "said so")) == counted


def test_a_forward_is_not_a_delivery() -> None:
    assert counts(delivery("A000000001", "sent", "forwarded as A000000002")) == (0, 0, 0, 0)


def test_a_message_through_a_content_filter_is_delivered_once() -> None:
    lines = (
        said("postfix/cleanup[5]: A000000001: message-id=<m@example.org>"),
        said("postfix/10025/smtpd[6]: A000000002: client=localhost[127.0.0.1], orig_queue_id=A000000001"),
        said("postfix/cleanup[5]: A000000002: message-id=<m@example.org>"),
        delivery("A000000001", "sent", "250 2.0.0 from MTA: 250 2.0.0 Ok: queued as A000000002"),
        delivery("A000000002", "sent", "250 2.0.0 Ok: queued as 1234567890"),
    )
    assert counts(*lines) == (1, 0, 0, 0)


def test_another_servers_queue_id_that_looks_like_one_of_ours_is_a_delivery_all_the_same() -> None:
    lines = (
        said("postfix/cleanup[5]: A000000002: message-id=<other@example.org>"),
        said("postfix/cleanup[5]: A000000001: message-id=<m@example.org>"),
        delivery("A000000001", "sent", "250 2.0.0 Ok: queued as A000000002"),
    )
    assert counts(*lines) == (1, 0, 0, 0)


def test_every_kind_of_refusal_counts_and_repeated_ones_as_often() -> None:
    refusal = "NOQUEUE: reject: RCPT from x[192.0.2.7]: 550 5.1.1 <b@example.org>: no; from=<> to=<b@example.org>"
    lines = (
        said(f"postfix/smtpd[4]: {refusal}"),
        said(f"postfix/smtpd[4]: message repeated 3 times: [ {refusal}]"),
        said("postfix/cleanup[5]: A000000001: milter-reject: END-OF-MESSAGE from x[192.0.2.7]: 5.7.1 spam; from=<>"),
        said("postfix/smtpd[4]: NOQUEUE: reject_warning: RCPT from x[192.0.2.7]: 550 5.1.1 no; from=<>"),
    )
    assert counts(*lines) == (0, 0, 0, 5)


def test_expiry_counts_every_recipient_given_up() -> None:
    lines = (
        delivery("A000000001", "deferred", "timed out", to="one@far.example"),
        delivery("A000000001", "deferred", "timed out", to="two@far.example"),
        said("postfix/qmgr[8]: A000000001: from=<a@example.org>, status=expired, returned to sender"),
    )
    assert counts(*lines) == (0, 2, 2, 0)


def test_marking_a_message_as_expired_gives_nobody_up_yet() -> None:
    assert counts(said("postfix/postsuper[8]: A000000001: expired")) == (0, 0, 0, 0)


def test_a_clock_fault_is_not_counted_and_spoils_nothing() -> None:
    fault = delivery("A000000009", "sent", "ok", when=NOW + CLOCK_SLACK + 86_400)
    assert counts(delivery("A000000001", "sent", "ok"), fault, delivery("A000000002", "sent", "ok")) == (2, 0, 0, 0)


def test_deliveries_stand_in_the_minute_they_were_logged_in() -> None:
    lines = [delivery("A000000001", "sent", "ok", when=NOW - 600), delivery("A000000002", "sent", "ok")]
    minutes = book_of(lines, now=NOW).rates.minutes(NOW)
    assert minutes[-1] == Minute(NOW // 60 * 60, delivered=1)
    assert minutes[-11].delivered == 1


def test_lines_of_other_programs_are_counted_apart() -> None:
    book = book_of([b"2026-11-21T10:00:00 mx app[1]: something else", message(1, when=NOW).split(b"\n")[0]], now=NOW)
    assert (book.lines, book.unparsed, book.strange) == (2, 0, 1)


def test_lines_without_header_are_counted_and_kept_out_of_everything_else() -> None:
    book = book_of([b"\xff\x00 not a log line", b"", message(1, when=NOW).split(b"\n")[0]], now=NOW)
    assert (book.lines, book.unparsed) == (3, 2)
    assert book.first_time == NOW


def test_a_story_is_found_by_key_and_by_the_queue_id_used_last() -> None:
    lines = message(1, when=NOW - 60).splitlines() + message(1, when=NOW).splitlines()
    book = book_of(lines, now=NOW)
    story = book.story("A00000001")
    assert story is not None
    assert story.arrived == NOW
    assert book.story(story.key) == story
    assert book.story("B00000001") is None


def test_what_is_kept_does_not_grow_with_the_pace_and_what_is_counted_does() -> None:
    many = MAX_STORIES + 500
    lines = [line for number in range(many) for line in message(number, status="bounced", when=NOW).splitlines()]
    book = book_of(lines, now=NOW)
    assert len(book.stories.keys()) == MAX_STORIES
    assert book.story("A00000000") is None
    assert book.story(f"{0xA00000000 + many - 1:X}") is not None
    assert [incident.messages for incident in book.incidents.incidents()] == [many]
    assert book.rates.minutes(NOW)[-1].bounced == many
