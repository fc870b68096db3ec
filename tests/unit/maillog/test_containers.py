"""Lines as docker, compose and Kubernetes hand them on are read as the program wrote them, by both lanes."""

from __future__ import annotations

import json

import pytest

from mailtui.maillog.containers import inside
from mailtui.maillog.parser import Parser
from mailtui.maillog.report.lane import Lane

OUTER = "2026-02-13T20:46:31.123456789Z"
SAID = "connect from a.example[192.0.2.1]"
GOODBYE = f"dis{SAID} ehlo=1 quit=1 commands=2"
BARE = f"postfix/smtpd[7]: {SAID}"
LINE = f"Feb 13 20:46:31 mx {BARE}"
JOURNAL = {
    "__REALTIME_TIMESTAMP": "1771015591000000", "_HOSTNAME": "mx", "SYSLOG_IDENTIFIER": "postfix/smtpd",
    "SYSLOG_PID": "7", "PRIORITY": "6", "MESSAGE": SAID,
}  # fmt: skip
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
    f"[pod/mail-0/postfix] {LINE}",
    f"[pod/mail-0/postfix] {OUTER} {LINE}",
    f"mail-0 postfix {LINE}",
    f'{OUTER} {{container="postfix", job="mail"}} {LINE}',
    f'{OUTER} {{container="postfix"}} {BARE}',
    f"{OUTER}\t{LINE}",
    f"2026/02/13 20:46:31 {LINE}",
    f"mail.info {LINE}",
    f"120 <22>1 {OUTER} mx postfix/smtpd 7 - - {SAID}",
    json.dumps({"labels": {"container": "postfix"}, "line": LINE, "timestamp": OUTER}),
    json.dumps({"line": LINE, "timestamp": "1771015591123456789", "fields": {}}),
    json.dumps({"version": "1.1", "host": "h", "short_message": LINE, "timestamp": 1771015591.1, "level": 6}),
    json.dumps({"timestamp": 1771015591123, "message": LINE, "ingestionTime": 1}),
    json.dumps({"timestamp": OUTER, "source": "mx", "message": BARE}),
    json.dumps({"@timestamp": OUTER, "message": LINE, "host": {"name": "mx"}}),
    json.dumps({"@timestamp": OUTER, "program": "postfix/smtpd", "pid": "7", "logsource": "mx", "message": SAID}),
    json.dumps({"@timestamp": OUTER, "process": {"name": "postfix/smtpd", "pid": 7}, "message": SAID}),
    json.dumps({"timestamp": OUTER, "host": "mx", "syslogtag": "postfix/smtpd[7]:", "message": f" {SAID}"}),
    json.dumps({"PROGRAM": "postfix/smtpd", "PID": "7", "MESSAGE": SAID, "HOST": "mx", "DATE": "Feb 13 20:46:31"}),
    f"data: {json.dumps(JOURNAL)}",
]
WITH_A_LEVEL = [
    f"Feb 13 20:46:31 mx mail.info {BARE}",
    f"Feb 13 20:46:31 <mail.info> mx {BARE}",
    f"Feb 13 20:46:31 <2.6> mx {BARE}",
    f"2026-02-13T20:46:31.355667+00:00 mx mail.info {BARE}",
    f"Fri Feb 13 20:46:31 2026 mail.info {BARE}",
]
"""As BusyBox, FreeBSD and OpenWrt write them."""
HANDED_ON = [
    f"Feb 13 20:46:31 dockerhost 4e62d58591fd[1972]: {LINE}",
    f"2026-02-13T20:46:31.1+00:00 dockerhost docker/mailcow-postfix-1[1972]: {LINE}",
    json.dumps(JOURNAL | {"_HOSTNAME": "dockerhost", "SYSLOG_IDENTIFIER": "4e62d58591fd", "MESSAGE": LINE}),
]
"""As Docker's drivers for syslog and the journal write them."""
PLAIN = [
    LINE,
    "Feb 13 20:46:31 mx postfix/smtpd[7]: a | b",
    "mail-1  | Starting the service",
    "a | b | c",
    '{"log": 7, "time": null}',
    '{"message": "no time", "program": "postfix/smtpd"}',
    '{"message": "x", "time": "99999999999999999999"}',
    '{"message": "x", "time": true}',
    '[{"time":"1771015591","message":"x"}]',
    "2026-02-13 20:46:31 1r0abc-0001xy-2Z <= a@b.example H=x [192.0.2.1] P=esmtps S=123",
    "{",
    "",
]


@pytest.mark.parametrize("line", WRAPPED)
def test_what_a_container_puts_before_a_line_is_taken_away(line: str) -> None:
    event = Parser("mail.log").parse(line.encode(), 42)
    assert (event.event, event.daemon, event.pid, event.offset) == ("connect", "smtpd", 7, 42)
    assert event.fields["ip"] == "192.0.2.1"
    assert event.time is not None


def sessions_in(lines: list[str]) -> int:
    lane = Lane()
    lane.feed(lines)
    assert lane.tally.unparsed == 0
    return sum(client.count for client in lane.tally.clients.values())


@pytest.mark.parametrize("line", HANDED_ON + WITH_A_LEVEL)
def test_a_line_within_a_line_and_a_level_before_the_program_are_read(line: str) -> None:
    event = Parser("mail.log").parse(line.encode(), 42)
    assert (event.event, event.daemon, event.pid, event.offset) == ("connect", "smtpd", 7, 42)
    assert event.host in ("mx", "")
    assert sessions_in([line, line.replace(SAID, GOODBYE)]) == 1


def test_what_mailcows_api_gives_is_read() -> None:
    entry = {"time": "1771015591", "priority": "info", "program": "dovecot", "message": "imap(u)<7><S3>: Error: gone"}
    event = Parser().parse(f"{json.dumps(entry)},".encode())
    assert (event.event, event.daemon, event.fields["user"], event.time) == ("error", "imap", "u", 1771015591.0)


def test_what_docker_hands_on_of_another_program_keeps_its_container() -> None:
    event = Parser().parse(b"Feb 13 20:46:31 host 4e62d58591fd[1972]: 2026-02-13 20:46:31,662 INFO supervisord started")
    assert (event.event, event.host, event.program) == ("other", "host", "4e62d58591fd")


def test_lines_of_the_machine_itself_between_those_of_containers_are_counted() -> None:
    ends = [line.replace(SAID, GOODBYE) for line in (LINE, HANDED_ON[0])]
    assert sessions_in([LINE, ends[0], HANDED_ON[0], ends[1], LINE, ends[0], HANDED_ON[1]]) == 3


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
