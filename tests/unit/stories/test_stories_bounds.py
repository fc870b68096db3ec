"""Lines lost, twice, in any order or without end: the book stays small, and counts nothing twice."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from mailtui.maillog.stories import StoryBook
from tests.unit.stories.support import BOUNCE_37, DELIVERED, FILTER, events, told


def test_memory_is_bounded_and_ended_messages_leave_first() -> None:
    book = StoryBook(max_stories=10)
    for number in range(200):
        queue_id = f"AAAAAA{number:04X}"
        text = f"postfix/cleanup[1]: {queue_id}: message-id=<{number}@x>"
        if number % 2:
            text += f"\npostfix/qmgr[1]: {queue_id}: removed"
        for event in events(text):
            book.add(event)
    assert len(book.keys()) <= 10


def test_numbers_no_server_logs_are_taken_for_none() -> None:
    nines = "9" * 5000
    (story,) = told(
        f"postfix/qmgr[1]: AAAAAA0001: from=<s@example.net>, size={nines}, nrcpt=1 (queue active)\n"
        f"postfix/smtp[1]: AAAAAA0001: to=<x@far.example>, relay=mx[192.0.2.1]:25, conn_use={nines}, delay=1, "
        "dsn=2.0.0, status=sent (250 ok)"
    )
    assert story.size is None
    assert story.recipients[0].attempts[0].conn_use == 0


@given(st.randoms(use_true_random=False), st.integers(1, 40))
def test_lines_in_any_order_lost_or_twice_never_break_the_book(shuffle: random.Random, keep: int) -> None:
    mixed = events(DELIVERED + BOUNCE_37 + FILTER)
    chosen = [shuffle.choice(mixed) for _ in range(keep)]
    book = StoryBook(max_stories=5)
    for event in chosen:
        book.add(event)
    stories = [story for story in map(book.story, book.keys()) if story]
    assert len(stories) == len(book.keys())
    for story in stories:
        assert len({line.offset for line in story.lines}) <= len(chosen)
        assert all(book.find(queue_id) for queue_id in story.queue_ids)


def test_a_message_of_twenty_thousand_recipients_costs_no_square() -> None:
    book = StoryBook()
    to = "postfix/smtp[1]: AAAAAA0001: to=<u{0}@x>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 ok)"
    client = "postfix/smtpd[1]: BBBBBB0002: client=localhost[127.0.0.1], orig_queue_id=AAAAAA0001"
    for event in events("\n".join([to.format(0), client, *(to.format(n) for n in range(1, 20_500))])):
        book.add(event)
    story = book.story(book.keys()[0])
    assert story is not None
    assert len(story.recipients) == 20_000
    assert len(story.lines) == 2_000


def test_those_that_must_leave_are_handed_out() -> None:
    left: list[str] = []
    book = StoryBook(max_stories=3, leaving=lambda story: left.append(story.queue_ids[0]))
    for number in range(6):
        for event in events(f"postfix/cleanup[1]: AAAAAA{number:04X}: message-id=<{number}@x>"):
            book.add(event)
    assert left == ["AAAAAA0000", "AAAAAA0001", "AAAAAA0002"]


@given(st.lists(st.integers(0, 60), max_size=30, unique=True))
def test_lines_lost_make_no_delivery_twice(lost: list[int]) -> None:
    """Whatever is missing, no recipient of the excerpts is sent to more than once, nor bounced beside."""
    kept = [event for number, event in enumerate(events(DELIVERED + BOUNCE_37 + FILTER)) if number not in lost]
    book = StoryBook()
    for event in kept:
        book.add(event)
    stories = [story for story in map(book.story, book.keys()) if story]
    reached = [(r.to, r.status) for story in stories for r in story.recipients if r.status in ("sent", "bounced")]
    said = [e for e in kept if e.event == "delivery" and e.fields["status"] in ("sent", "bounced")]
    assert len(reached) <= len(said)
    assert sum(len(r.attempts) for story in stories for r in story.recipients) == len(said)
