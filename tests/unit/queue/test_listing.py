"""Parsing what postqueue -j prints, however damaged, and what its refusals mean."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import HostError, MailtuiError, PermissionDenied, ToolFailed
from mailtui.host.stream import MAX_LINE
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.listing import read_queue
from mailtui.services.postfix.queue.model import QueueEntry, QueueListing, QueueRecipient
from tests.support.tools import Answer, RecordedTools

OLD = (
    b'{"queue_name": "deferred", "queue_id": "3A0B725E938", "arrival_time": 1795219418, "message_size": 2297, '
    b'"forced_expire": false, "sender": "a@shop.example", "recipients": [{"address": "who@full.example", '
    b'"delay_reason": "host mx[192.0.2.1] said: 452 full"}]}'
)
NEW = (
    b'{"queue_name": "hold", "queue_id": "4Yz0Kd2L7Kz3BcD", "arrival_time": 1795219419, "message_size": 7, '
    b'"forced_expire": true, "sender": "MAILER-DAEMON", "recipients": [{"address": "x@y.example", '
    b'"orig_address": "alias@y.example", "bounce_reason": "expired"}, {"address": "z@y.example"}]}'
)


def listing(stdout: bytes, stderr: str = "", code: int = 0) -> QueueListing:
    tools = RecordedTools(
        {
            "postqueue -j": Answer(stdout, stderr, code),
            "postconf -x": "authorized_mailq_users = root, static:x\n",
        }
    )
    return read_queue(tools, PostfixConfig(tools))


def test_the_names_of_old_and_new_postfix() -> None:
    assert listing(OLD + b"\n" + NEW + b"\n").entries == (
        QueueEntry(
            "deferred",
            "3A0B725E938",
            1795219418,
            2297,
            "a@shop.example",
            (QueueRecipient("who@full.example", "host mx[192.0.2.1] said: 452 full"),),
        ),
        QueueEntry(
            "hold",
            "4Yz0Kd2L7Kz3BcD",
            1795219419,
            7,
            "",
            (QueueRecipient("x@y.example", "", "alias@y.example", "expired"), QueueRecipient("z@y.example")),
            forced_expire=True,
        ),
    )


def test_an_empty_queue() -> None:
    assert (listing(b"").entries, listing(b"").problems) == ((), ())


@pytest.mark.parametrize(
    "broken",
    [
        b"{",
        b"[]",
        b"7",
        b'"text"',
        b"{}",
        b"[" * 100_000,
        b'{"queue_name": "deferred"',
        OLD.replace(b"1795219418", b"NaN"),
        OLD.replace(b"1795219418", b'"x"'),
        OLD.replace(b"1795219418", b"9" * 5000),
        OLD.replace(b"2297", b"1e999"),
        OLD.replace(b"3A0B725E938", b"-h"),
        OLD.replace(b"3A0B725E938", b"ALL"),
        OLD.replace(b"3A0B725E938", b"../../etc/passwd"),
        OLD.replace(b'"3A0B725E938"', b"7"),
        OLD.replace(b'"a@shop.example"', b"null"),
        OLD.replace(b'"who@full.example"', b"[]"),
        OLD.replace(b'[{"address"', b'[["address"').replace(b"}]}", b"]]}"),
    ],
)
def test_a_broken_line_costs_only_itself(broken: bytes) -> None:
    found = listing(b"\n".join([OLD, broken, NEW]))
    assert [entry.queue_id for entry in found.entries] == ["3A0B725E938", "4Yz0Kd2L7Kz3BcD"]
    assert found.problems == ("1 line of postqueue could not be understood and is left out",)


def test_what_strangers_wrote_is_made_visible() -> None:
    line = OLD.replace(b"a@shop.example", b"\xff\x1b[31m\\u001b\\u202e\x00").replace(
        b"452 full", "452 vóll \u200b".encode()
    )
    (entry,) = listing(line).entries
    assert entry.sender == "‹FF›␛[31m␛‹U+202E›␀"
    assert entry.reason == "host mx[192.0.2.1] said: 452 vóll ‹U+200B›"


@given(st.lists(st.one_of(st.sampled_from([OLD, NEW]), st.binary().filter(lambda line: b"\n" not in line))))
def test_any_bytes_between_sound_lines(lines: list[bytes]) -> None:
    sound = sum(line in (OLD, NEW) for line in lines)
    assert len(listing(b"\n".join(lines)).entries) == sound


class _Pieces:
    def __init__(self, batches: list[list[bytes]]) -> None:
        self._batches = batches

    def __iter__(self) -> Iterator[bytes]:
        return (line for batch in self._batches for line in batch)

    def batches(self) -> Iterator[list[bytes]]:
        yield from self._batches

    def stop(self) -> None: ...


def test_a_message_with_more_recipients_than_a_line_holds() -> None:
    recipients = [{"address": f"{number}@list.example", "delay_reason": "x" * 60} for number in range(40_000)]
    whole = json.dumps({**json.loads(OLD), "recipients": recipients}).encode()
    assert len(whole) > 3 * MAX_LINE
    size = MAX_LINE + 70_000
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    batches = [[OLD, pieces[0]], *([piece] for piece in pieces[1:-1]), [pieces[-1], NEW]]

    class Tools(RecordedTools):
        @contextmanager
        def stream(self, argv: object, *, follow: bool = False) -> Iterator[_Pieces]:
            yield _Pieces(batches)

    entries = read_queue(Tools(), PostfixConfig(Tools())).entries
    assert [len(entry.recipients) for entry in entries] == [1, 40_000, 2]


@pytest.mark.parametrize(
    ("stderr", "kind", "advice"),
    [
        ("postqueue: fatal: Queue report unavailable - mail system is down", HostError, "postfix start"),
        ("postqueue: fatal: User joe(1000) is not allowed to view the mail queue", PermissionDenied, "ALL=(root)"),
        ("postqueue: error: unauthorized configuration directory name: /x\nmore", PermissionDenied, "ALL=(root)"),
        (
            "postqueue: warning: Mail system is down -- accessing queue directly\n"
            "postqueue: fatal: malformed showq server response",
            HostError,
            "postfix check",
        ),
        ("postqueue: fatal: something else", ToolFailed, ""),
    ],
)
def test_refusals_say_what_would_help(stderr: str, kind: type[MailtuiError], advice: str) -> None:
    with pytest.raises(kind) as caught:
        listing(b"", stderr, 69)
    assert advice in caught.value.unlock
    assert gc.isenabled()


def test_who_may_list_is_added_to_those_who_may() -> None:
    with pytest.raises(PermissionDenied) as caught:
        listing(b"", "postqueue: fatal: User joe(1000) is not allowed to view the mail queue", 69)
    assert ", root, static:x'" in caught.value.unlock
