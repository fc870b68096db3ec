"""Tracing finds every line of a message in any of its logs, and nothing of the others."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.filters import parse
from mailtui.host.errors import HostError, PermissionDenied
from mailtui.maillog.model import Story
from mailtui.services.trace import TraceService
from mailtui.services.trace import search as searching
from mailtui.services.trace import text as texts
from mailtui.services.trace.text import LogText, open_text
from tests.support.tools import RecordedTools

HEAD = "2026-03-03T10:00:{0:02}.000000+00:00 mx1 "
FILTERED = """\
postfix/smtpd[100]: connect from out.example.net[192.0.2.1]
postfix/smtpd[100]: Anonymous TLS connection established from out.example.net[192.0.2.1]: TLSv1.3 with cipher X (256/256)
postfix/smtpd[100]: AAAAAA0001: client=out.example.net[192.0.2.1]
postfix/cleanup[101]: AAAAAA0001: message-id=<m1@example.net>
postfix/qmgr[102]: AAAAAA0001: from=<s@example.net>, size=1234, nrcpt=1 (queue active)
postfix/smtpd[100]: disconnect from out.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
postfix/reinject/smtpd[103]: connect from localhost[127.0.0.1]
postfix/reinject/smtpd[103]: BBBBBB0002: client=localhost[127.0.0.1]
postfix/cleanup[101]: BBBBBB0002: message-id=<m1@example.net>
postfix/qmgr[102]: BBBBBB0002: from=<s@example.net>, size=1400, nrcpt=1 (queue active)
postfix/smtp[104]: AAAAAA0001: to=<u@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, \
status=sent (250 2.0.0 Ok: queued as BBBBBB0002)
postfix/qmgr[102]: AAAAAA0001: removed
postfix/lmtp[105]: BBBBBB0002: to=<u@example.org>, relay=mx1[private/dovecot-lmtp], delay=0.3, delays=0.1/0/0.1/0.1, \
dsn=2.0.0, status=sent (250 2.0.0 <u@example.org> AbCdEf123 Saved)
postfix/qmgr[102]: BBBBBB0002: removed
"""
SAVED = "dovecot: lmtp(u@example.org)<106><AbCdEf123>: msgid=<m1@example.net>: saved mail to INBOX\n"
BOUNCED = """\
postfix/pickup[200]: CCCCCC0003: uid=0 from=<root>
postfix/cleanup[201]: CCCCCC0003: message-id=<m2@mx1>
postfix/qmgr[102]: CCCCCC0003: from=<root@mx1>, size=500, nrcpt=1 (queue active)
postfix/smtp[204]: connect to mx.far.example[198.51.100.9]:25: Connection refused
postfix/smtp[204]: CCCCCC0003: to=<x@far.example>, relay=mx2.far.example[198.51.100.8]:25, delay=0.1, delays=0/0/0/0.1, \
dsn=5.1.1, status=bounced (host mx2.far.example[198.51.100.8] said: 550 5.1.1 no such user (in reply to RCPT TO command))
postfix/cleanup[201]: DDDDDD0004: message-id=<m3@mx1>
postfix/bounce[205]: CCCCCC0003: sender non-delivery notification: DDDDDD0004
postfix/qmgr[102]: DDDDDD0004: from=<>, size=900, nrcpt=1 (queue active)
postfix/qmgr[102]: CCCCCC0003: removed
postfix/local[206]: DDDDDD0004: to=<root@mx1>, relay=local, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered)
postfix/qmgr[102]: DDDDDD0004: removed
"""


def stamped(text: str, seconds: Iterator[int] | None = None) -> str:
    seconds = seconds or count()
    return "".join(HEAD.format(next(seconds) % 60) + line for line in text.splitlines(keepends=True))


def others(number: int, name: str = "other") -> str:
    """Lines of other messages."""
    return "".join(
        stamped(
            f"postfix/smtpd[7]: E{n:05X}0009: client=o.example[192.0.2.77]\n"
            f"postfix/cleanup[8]: E{n:05X}0009: message-id=<{name}{n}@o.example>\n"
            f"postfix/qmgr[102]: E{n:05X}0009: from=<o@o.example>, size=1, nrcpt=1 (queue active)\n"
            f"postfix/smtp[9]: E{n:05X}0009: to=<p@p.example>, relay=p.example[192.0.2.78]:25, delay=1, dsn=2.0.0, "
            f"status=sent (250 2.0.0 Ok: queued as AAAAAA000{n % 9}X)\n"
            f"postfix/qmgr[102]: E{n:05X}0009: removed\n"
        )
        for n in range(number)
    )


def trace(query: str, *files: Path, where: str = "") -> list[Story]:
    return TraceService(RecordedTools()).trace(query, files, parse(where) if where else None)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_text(others(20) + stamped(FILTERED + SAVED) + others(20) + stamped(BOUNCED) + others(20))
    return path


@pytest.mark.parametrize("query", ["AAAAAA0001", "BBBBBB0002", "<m1@example.net>", "m1@EXAMPLE.net", "u@example.org"])
def test_a_filtered_message_is_one_story_with_its_sessions_and_its_mailbox(log: Path, query: str) -> None:
    (story,) = trace(query, log)
    assert story.queue_ids == ("AAAAAA0001", "BBBBBB0002")
    assert (story.outcome, story.client) == ("delivered", "out.example.net[192.0.2.1]")
    assert [(r.to, r.status, r.mailbox) for r in story.recipients] == [("u@example.org", "sent", "INBOX")]
    raw = log.read_bytes()
    assert [line.text for line in story.lines] == stamped(FILTERED + SAVED).splitlines()
    assert all(raw[line.offset :].startswith(line.text.encode()) for line in story.lines)


@pytest.mark.parametrize("query", ["CCCCCC0003", "DDDDDD0004"])
def test_a_bounce_is_found_from_either_end(log: Path, query: str) -> None:
    message, notice = trace(query, log)
    assert (message.outcome, message.bounces, notice.parents) == ("bounced", ("DDDDDD0004",), ("CCCCCC0003",))
    assert any("Connection refused" in line.text for line in message.lines)


def test_rotated_packed_and_separate_logs_are_searched_together(tmp_path: Path) -> None:
    lines = stamped(FILTERED).splitlines(keepends=True)
    older, newer, dovecot = (tmp_path / name for name in ("mail.log.2.gz", "mail.log", "dovecot.log"))
    older.write_bytes(gzip.compress((others(3) + "".join(lines[:9])).encode()))
    newer.write_text("".join(lines[9:]) + others(3, "later"))
    dovecot.write_text(HEAD.format(12) + SAVED)
    (story,) = trace("AAAAAA0001", older, newer, dovecot)
    assert story.queue_ids == ("AAAAAA0001", "BBBBBB0002")
    assert story.recipients[0].mailbox == "INBOX"
    assert {Path(line.source).name for line in story.lines} == {"mail.log.2.gz", "mail.log", "dovecot.log"}


def test_many_messages_are_collected_in_passes(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one_by_one = trace("CCCCCC0003", log)
    monkeypatch.setattr(searching, "MANY", 0)
    assert len(trace("CCCCCC0003", log)) == len(one_by_one) == 2
    stories = trace("o@o.example", log)
    assert len(stories) == 60
    assert all(story.ended is not None and len(story.lines) >= 5 for story in stories)


def test_a_long_life_is_followed_to_its_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "NEAR", 300)
    lines = stamped(BOUNCED).splitlines(keepends=True)
    log = tmp_path / "mail.log"
    log.write_text(others(30).join(lines))
    message, notice = trace("DDDDDD0004", log)
    assert message.arrived is not None
    assert message.ended is not None
    assert (message.outcome, notice.outcome) == ("bounced", "delivered")


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("outcome:bounced", ["CCCCCC0003"]),
        ("sender:root* status:bounced", ["CCCCCC0003"]),
        ("daemon:lmtp", ["AAAAAA0001"]),
        ("mailbox:INBOX", ["AAAAAA0001"]),
        ("outcome:held", []),
    ],
)
def test_a_filter_may_ask_for_a_line_or_for_the_whole_story(log: Path, where: str, found: list[str]) -> None:
    assert [story.queue_ids[0] for story in trace("", log, where=where)] == found


def test_what_cannot_be_read_is_an_error_of_the_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HostError, match="does not exist"):
        trace("AAAAAA0001", tmp_path / "missing.log")
    with pytest.raises(HostError, match="not a regular file"):
        trace("AAAAAA0001", tmp_path)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "secret.log").write_text("x")
    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(PermissionDenied, match="may not read"):
        trace("AAAAAA0001", tmp_path / "secret.log")


@pytest.mark.parametrize("content", ["", "\n", "AAAAAA0001", "\n\n AAAAAA0001: \n", "x" * 3_000_000 + "AAAAAA0001"])
def test_an_empty_or_broken_log_gives_no_story(tmp_path: Path, content: str) -> None:
    log = tmp_path / "mail.log"
    log.write_text(content)
    assert trace("AAAAAA0001", log) == []


def open_log(path: Path) -> LogText:
    return open_text(path, RecordedTools())


@given(st.integers(0, 2**32), st.integers(5, 40))
def test_a_word_is_found_wherever_a_block_ends(tmp_path_factory: pytest.TempPathFactory, seed: int, block: int) -> None:
    chance = random.Random(seed)
    lines = [chance.choice(("", "aab", "aabaab", "xaabx", "abaab", "b" * 9, "a" * 12)) for _ in range(40)]
    path = tmp_path_factory.mktemp("log") / "log"
    path.write_text("\n".join(lines))
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "BLOCK", block)
        log = open_log(path)
        found = sorted(set(log.lines_with(b"aab")))
        assert all(log.line(start).decode() == line for start, line in zip(starts, lines, strict=True))
        log.close()
    assert found == [start for start, line in zip(starts, lines, strict=True) if "aab" in line]
