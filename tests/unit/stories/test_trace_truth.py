"""A trace tells what reading everything would tell, reads little for it, and survives any bytes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.generate import Plan, write_log
from mailtui.maillog.model import Event, Story
from mailtui.maillog.parser import Parser
from mailtui.maillog.trace import trace as told_from_all
from mailtui.services.trace import TraceService
from mailtui.services.trace import search as searching
from tests.support.parsing import parse_lines
from tests.support.tools import RecordedTools


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of a busy server, in small."""
    path = tmp_path_factory.mktemp("log") / "mail.log"
    write_log(Plan(lines=6000, seed=7, days=0.2), path)
    return path


@pytest.fixture(scope="module")
def events(log: Path) -> list[Event]:
    with log.open("rb") as lines:
        return list(parse_lines(str(log), lines))


def essence(story: Story) -> tuple[object, ...]:
    """A story without its lines and without the number in its key."""
    recipients = frozenset(
        {
            (r.to, r.orig_to, r.status, r.dsn, r.relay, r.reason, r.verdict, r.mailbox, len(r.attempts))
            for r in story.recipients
        }
    )
    return (
        story.queue_ids, story.message_ids, story.sender, story.size, story.client, story.sasl_username, story.arrived,
        story.ended, story.outcome, story.bounces, story.parents, recipients,
    )  # fmt: skip


def trace(query: str, *files: Path) -> list[Story]:
    return TraceService(RecordedTools()).trace(query, files)


def test_a_queue_id_is_traced_as_if_all_had_been_read(log: Path, events: list[Event]) -> None:
    queue_ids = sorted({event.queue_id for event in events if len(event.queue_id) > 7})
    for queue_id in random.Random(1).sample(queue_ids, 25):
        traced, told = trace(queue_id, log), told_from_all(events, queue_id)
        assert list(map(essence, traced)) == list(map(essence, told))
        for ours, whole in zip(traced, told, strict=True):
            kept = {line.offset for line in ours.lines}
            named = {e.offset for e in events if e.queue_id in whole.queue_ids}
            assert named <= kept <= {line.offset for line in whole.lines}


@pytest.mark.parametrize("many", [0, 10_000])
@pytest.mark.parametrize("field", ["message-id", "to", "sasl_username"])
def test_other_names_are_traced_as_if_all_had_been_read(
    log: Path, events: list[Event], field: str, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In passes over the log, or one by one."""
    monkeypatch.setattr(searching, "MANY", many)
    names = sorted({event.fields[field] for event in events if event.fields.get(field) and event.event != "reject"})
    for name in random.Random(2).sample(names, 8):
        assert set(map(essence, trace(name, log))) == set(map(essence, told_from_all(events, name)))


def test_letter_case_counts_in_queue_ids_and_not_in_addresses(log: Path, events: list[Event]) -> None:
    delivered = next(event for event in events if event.event == "delivery" and event.queue_id != "NOQUEUE")
    queue_id, to = delivered.queue_id, delivered.fields["to"]
    assert trace(queue_id, log)
    assert trace(queue_id.lower(), log) == []
    assert list(map(essence, trace(to.upper(), log))) == list(map(essence, trace(to, log))) != []


def test_a_query_for_one_message_reads_little(log: Path, events: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    class Counting(Parser):
        def parse(self, line: bytes, offset: int = 0) -> Event:
            read.append(offset)
            return super().parse(line, offset)

    monkeypatch.setattr(searching, "Parser", Counting)
    queue_id = next(event.queue_id for event in events if event.event == "active")
    (story, *_) = trace(queue_id, log)
    assert {line.offset for line in story.lines} <= set(read)
    assert len(read) < len(events) / 20


def test_a_filter_and_a_query_both_decide(log: Path, events: list[Event]) -> None:
    from mailtui.filters import parse

    sender = next(e.fields["from"] for e in events if e.event == "active" and e.fields["from"])
    every = TraceService(RecordedTools()).trace(sender, [log])
    sent = TraceService(RecordedTools()).trace(sender, [log], parse("outcome:delivered"))
    assert set(map(essence, sent)) == {essence(story) for story in every if story.outcome == "delivered"} != set()


def test_a_zstd_log_is_unpacked_by_its_tool(log: Path, events: list[Event], tmp_path: Path) -> None:
    packed = tmp_path / "mail.log.1.zst"
    packed.write_bytes(b"packed")
    queue_id = next(event.queue_id for event in events if event.event == "active")
    tools = RecordedTools({f"zstd --decompress --stdout --quiet -- {packed}": log.read_bytes()})
    assert list(map(essence, TraceService(tools).trace(queue_id, [packed]))) == list(map(essence, trace(queue_id, log)))


PIECES = st.sampled_from(
    [
        b"2026-03-03T10:00:00.000000+00:00 mx1 ", b"Mar  3 10:00:00 mx1 ", b"postfix/smtp[1]: ", b"AAAAAA0001: ",
        b"to=<u@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 ok: queued as ",
        b"AAAAAA0001", b"BBBBBB0002", b")", b"\n", b"\0", b"\xff\xfe", b"removed", b"message-id=<u@example.org>",
        b"client=x[192.0.2.1], orig_queue_id=AAAAAA0001", b"sender non-delivery notification: AAAAAA0001", b"\r",
    ]
)  # fmt: skip


@given(
    st.lists(PIECES | st.binary(max_size=8), max_size=60), st.sampled_from(["AAAAAA0001", "u@example.org", "\udcff"])
)
def test_any_bytes_can_be_searched(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], query: str) -> None:
    path = tmp_path_factory.mktemp("log") / "mail.log"
    path.write_bytes(b"".join(pieces))
    for story in trace(query, path):
        assert story.lines
