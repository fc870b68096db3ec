"""Lines as docker, compose and Kubernetes hand them on are read as the program wrote them, by both lanes."""

from __future__ import annotations

import json

import pytest

from mailtui.maillog.containers import inside
from mailtui.maillog.parser import Parser
from mailtui.maillog.report.lane import Lane

OUTER = "2026-02-13T20:46:31.123456789Z"
BARE = "postfix/smtpd[7]: connect from a.example[192.0.2.1]"
LINE = f"Feb 13 20:46:31 mx {BARE}"
WRAPPED = [
    f"mailserver      | {LINE}",
    f"mail-1  | 2026-02-13T20:46:31.355667+00:00 mx {BARE}",
    f"\x1b[36mmail_1  |\x1b[0m {LINE}",
    f"Fri, Feb 13 2026 8:46:31 pm | {LINE}",
    f"{OUTER} {LINE}",
    f"{OUTER} stdout F {LINE}",
    f"{OUTER} stderr F {BARE}",
    f"mail-1  | {OUTER} {LINE}",
    json.dumps({"log": LINE + "\n", "stream": "stdout", "time": OUTER}),
    json.dumps({"log": BARE + "\n", "stream": "stderr", "time": OUTER}),
]
PLAIN = [
    LINE,
    "Feb 13 20:46:31 mx postfix/smtpd[7]: a | b",
    "mail-1  | Starting the service",
    "a | b | c",
    '{"log": 7, "time": null}',
    "{",
    "",
]


@pytest.mark.parametrize("line", WRAPPED)
def test_what_a_container_puts_before_a_line_is_taken_away(line: str) -> None:
    event = Parser("mail.log").parse(line.encode(), 42)
    assert (event.event, event.daemon, event.pid, event.offset) == ("connect", "smtpd", 7, 42)
    assert event.fields["ip"] == "192.0.2.1"
    assert event.time is not None


def test_dovecots_own_log_in_a_container_names_its_user() -> None:
    event = Parser().parse(b"imap_1 | Feb 13 20:46:31 lmtp(u@x.example)<7><S3ss>: Error: Mailbox INBOX: gone")
    assert (event.event, event.fields["user"], event.pid) == ("mailbox-error", "u@x.example", 7)


@pytest.mark.parametrize("line", PLAIN)
def test_a_line_with_nothing_around_it_is_left_as_it_is(line: str) -> None:
    assert inside(line) is None


def test_the_quick_report_reads_them_too() -> None:
    lane = Lane()
    lane.feed([*WRAPPED, "mail-1  | Starting the service"])
    assert (lane.tally.lines, lane.tally.unparsed) == (len(WRAPPED) + 1, 1)


@pytest.mark.parametrize("piece", [f"{OUTER} ", f"{OUTER} stdout F ", "a | ", "Feb 13 20:46:31 ", '{"log":'])
def test_wrappers_in_wrappers_cost_no_more_than_their_length(piece: str) -> None:
    line = piece * (200_000 // len(piece))
    assert Parser().parse(line.encode()).source == "-"
    Lane().feed([line])
