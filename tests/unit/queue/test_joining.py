"""What is known of a message beyond postqueue: schedule, queue file, log, and the sentence made of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.maillog.stories import StoryBook
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.joining import join, with_envelope
from mailtui.services.postfix.queue.logfacts import LogFacts, facts_of, facts_of_logs
from mailtui.services.postfix.queue.model import QueueEntry, QueueListing, QueueMessage, QueueRecipient
from mailtui.services.postfix.queue.schedule import Schedule, file_times, schedule_of
from mailtui.services.postfix.queue.service import Queue
from mailtui.services.postfix.queue.why import why
from tests.support.parsing import parse_lines
from tests.support.tools import RecordedTools

ARRIVED = 1_800_000_000.0
SCHEDULE = Schedule(300, 4000, 300, 432_000, 86_400)
FULL = "host mx.full.example[192.0.2.1] said: 452 4.2.2 The mailbox is full"
ENTRY = QueueEntry("deferred", "3A0B725E938", ARRIVED, 20, "a@b.example", (QueueRecipient("c@full.example", FULL),))
HELD = QueueEntry("hold", "4A0B725E938", ARRIVED, 20, "", (QueueRecipient("c@d.example"),))

LOG = """\
2027-01-15T08:00:00+00:00 mx postfix/smtpd[1]: 3A0B725E938: client=old[192.0.2.7], sasl_username=before
2027-01-15T08:00:00+00:00 mx postfix/qmgr[2]: 3A0B725E938: from=<x@y>, size=20, nrcpt=1 (queue active)
2027-01-15T08:00:01+00:00 mx postfix/qmgr[2]: 3A0B725E938: removed
2027-01-15T08:00:02+00:00 mx postfix/smtpd[1]: 3A0B725E938: client=pc.b.example[192.0.2.8], sasl_method=PLAIN, sasl_username=anna
2027-01-15T08:00:02+00:00 mx postfix/cleanup[3]: 3A0B725E938: message-id=<1@b.example>
2027-01-15T08:00:02+00:00 mx postfix/qmgr[2]: 3A0B725E938: from=<a@b.example>, size=20, nrcpt=1 (queue active)
2027-01-15T08:00:03+00:00 mx postfix/smtp[4]: 3A0B725E938: to=<c@full.example>, relay=mx.full.example[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=4.2.2, status=deferred (host said: 452 4.2.2 full)
2027-01-15T08:05:03+00:00 mx postfix/qmgr[2]: 3A0B725E938: from=<a@b.example>, size=20, nrcpt=1 (queue active)
2027-01-15T08:05:04+00:00 mx postfix/smtp[4]: 3A0B725E938: to=<c@full.example>, relay=mx.full.example[192.0.2.1]:25, delay=302, delays=300/0/1/1, dsn=4.2.2, status=deferred (host said: 452 4.2.2 full)
2027-01-15T08:05:05+00:00 mx postfix/pickup[5]: 4A0B725E938: uid=0 from=<root>
2027-01-15T08:05:06+00:00 mx postfix/smtp[4]: 5A0B725E938: to=<c@full.example>, relay=none, delay=302, delays=300/0/1/1, dsn=4.2.2, status=deferred (none)
"""
KNOWN = LogFacts(
    "pc.b.example[192.0.2.8]", "anna", "<1@b.example>", 2, ARRIVED + 304, "smtp", "mx.full.example[192.0.2.1]:25"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_text(LOG)
    return path


def test_the_log_searched_for_a_whole_queue(log: Path, tmp_path: Path) -> None:
    late = QueueEntry("deferred", "5A0B725E938", ARRIVED, 20, "")
    facts, problems = facts_of_logs([ENTRY, HELD, late], [tmp_path / "gone.log", log], RecordedTools())
    assert facts == {
        "3A0B725E938": KNOWN,
        "4A0B725E938": LogFacts(client="local", attempts=0),
        "5A0B725E938": LogFacts(last_attempt=ARRIVED + 306, transport="smtp", relay="none"),
    }
    assert problems == (f"{tmp_path / 'gone.log'} does not exist",)


def test_the_newest_logs_are_read_as_far_as_the_budget_goes(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.postfix.queue.logfacts.BUDGET", 10)
    older = log.with_suffix(".1")
    older.write_text(LOG)
    facts, problems = facts_of_logs([ENTRY], [older, log], RecordedTools())
    assert facts["3A0B725E938"] == KNOWN
    assert len(problems) == 1 and str(older) in problems[0]


def test_a_story_tells_the_same(log: Path) -> None:
    book = StoryBook()
    for event in parse_lines(str(log), log.read_bytes().splitlines()):
        book.add(event)
    stories = [book.story(key) for key in book.find("3A0B725E938")]
    assert [story and facts_of(story, ENTRY) for story in stories] == [None, KNOWN]
    assert stories[1] and facts_of(stories[1], QueueEntry("deferred", "3A0B725E938", ARRIVED - 999, 1, "")) is None


def test_the_next_attempt_is_as_far_ahead_as_the_message_was_old() -> None:
    assert [SCHEDULE.next_attempt(ENTRY, ARRIVED + age) for age in (10, 1000, 9999)] == [
        ARRIVED + 310,
        ARRIVED + 2000,
        ARRIVED + 13_999,
    ]
    assert SCHEDULE.next_attempt(ENTRY, None) is SCHEDULE.next_attempt(HELD, ARRIVED) is None


def test_times_without_a_unit_are_in_the_parameter_s_own() -> None:
    text = "minimal_backoff_time = 10m\nmaximal_backoff_time = 500\nmaximal_queue_lifetime = 2\nbounce_queue_lifetime = 1h\n"
    assert schedule_of(PostfixConfig(RecordedTools({"postconf -x": text}))) == Schedule(600, 500, 300, 172_800, 3600)


def joined(times: Mapping[str, float], facts: Mapping[str, LogFacts]) -> list[QueueEntry]:
    entries = [ENTRY, HELD]
    join(entries, SCHEDULE, times, facts)
    return entries


def test_what_was_joined_before_stays_the_same_until_something_is_new() -> None:
    entries = joined({}, {"3A0B725E938": KNOWN})
    before = tuple(entries)
    join(entries, SCHEDULE, {}, {"3A0B725E938": KNOWN})
    assert [one is other for one, other in zip(entries, before, strict=True)] == [True, True]
    join(entries, SCHEDULE, {"3A0B725E938": 7.0}, {"3A0B725E938": KNOWN})
    assert entries[0].next_attempt == 7.0 and entries[1] is before[1]


def test_the_time_of_the_queue_file_counts_more_than_the_rule(tmp_path: Path) -> None:
    (tmp_path / "3").mkdir()
    for name in ("3A0B725E938", "3FFFFFFFFFF"):
        (tmp_path / "3" / name).touch()
        os.utime(tmp_path / "3" / name, (1, 7))
    times = file_times(tmp_path, {name: name for name in ("3A0B725E938", "4A0B725E938")})
    assert times == {"3A0B725E938": 7.0}
    facts = {"3A0B725E938": KNOWN}
    by_file, _ = joined(times, facts)
    by_rule, held = joined({}, facts)
    assert (by_file.next_attempt, by_rule.next_attempt, held.next_attempt) == (7.0, ARRIVED + 608, None)
    assert (by_rule.expires, held.expires) == (ARRIVED + 432_000, ARRIVED + 86_400)
    assert (by_rule.sasl_username, by_rule.attempts, held.attempts) == ("anna", 2, None)
    assert by_rule.cause and by_rule.target() == ENTRY.target()


def test_a_folder_that_cannot_be_read_has_no_times(tmp_path: Path) -> None:
    assert file_times(tmp_path / "none", {"3A0B725E938": "3A0B725E938"}) == {}


def test_the_queue_file_tells_who_sent_it_where_the_log_does_not() -> None:
    envelope = (("log_client_name", "pc"), ("log_client_address", "192.0.2.8"), ("sasl_username", "anna"))
    told = with_envelope(ENTRY, QueueMessage("3A0B725E938", "deferred", "all", envelope))
    assert (told.client, told.sasl_username) == ("pc[192.0.2.8]", "anna")
    local = with_envelope(ENTRY, QueueMessage("3A0B725E938", "deferred", "all", (("log_message_origin", "local"),)))
    assert local.client == "local"


def test_stories_at_hand_and_a_thorough_search(log: Path) -> None:
    tools = RecordedTools({"postconf -x": "queue_directory = /nonexistent\n"})
    listing = QueueListing((ENTRY, HELD))
    plain = Queue(tools, PostfixConfig(tools), lambda queue_id: None, lambda since: [log])
    assert [entry.client for entry in plain.joined(listing).entries] == ["", ""]
    thorough = plain.joined(listing, thorough=True).entries
    assert [entry.client for entry in thorough] == ["pc.b.example[192.0.2.8]", "local"]


def test_a_missing_log_is_told_and_hides_nothing() -> None:
    tools = RecordedTools({"postconf -x": "queue_directory = /nonexistent\n"})

    def none(since: float) -> list[Path]:
        raise HostError("no mail log was found")

    found = Queue(tools, PostfixConfig(tools), None, none).joined(QueueListing((ENTRY,)), thorough=True)
    assert found.entries[0].expires == ARRIVED + 432_000
    assert found.problems == ("client, login and attempts are not known: no mail log was found",)


def test_why_a_deferred_message_is_here() -> None:
    entry, _ = joined({}, {"3A0B725E938": KNOWN})
    told = why(entry, SCHEDULE, ARRIVED + 400)
    for part in (FULL, "tried 2 times, last 1m 36s ago by smtp at mx.full.example[192.0.2.1]:25", "again in 3m 28s"):
        assert part in told
    assert "is returned to its sender" in told
    assert "It is due" in why(entry, SCHEDULE, ARRIVED + 700)
    assert "past its lifetime" in why(entry, SCHEDULE, ARRIVED + 432_001)
    assert "between attempts" in why(ENTRY, SCHEDULE, ARRIVED)


@pytest.mark.parametrize(
    ("queue", "words"),
    [
        ("hold", "until somebody releases it"),
        ("active", "being delivered now"),
        ("incoming", "waits for the queue manager"),
        ("maildrop", "pickup(8)"),
        ("odd", "in the odd queue"),
    ],
)
def test_why_a_message_is_in_another_queue(queue: str, words: str) -> None:
    assert words in why(QueueEntry(queue, "3A0B725E938", ARRIVED, 1, ""), SCHEDULE, ARRIVED + 1)


def test_what_waits_too_long_and_what_was_expired() -> None:
    stuck = QueueEntry("incoming", "3A0B725E938", ARRIVED, 1, "a@b.example", forced_expire=True)
    told = why(stuck, SCHEDULE, ARRIVED + 900)
    assert "It has waited 15m" in told
    assert "expired by hand" in told
    assert "thrown away" in why(QueueEntry("hold", "3A0B725E938", ARRIVED, 1, "", (), True), SCHEDULE)
    assert "once released" in why(joined({}, {})[1], SCHEDULE, ARRIVED + 90_000)
