"""Which lines of a log a connection of ours caused."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailtui.maillog.model import LineRef
from mailtui.services.logs import LogSource, file_source
from mailtui.services.logs.discovery import looked_at
from mailtui.services.probes.joined import Client, LogMark, is_session_of
from tests.support.tools import RecordedTools


def session(port: int, packed: bytes) -> str:
    return base64.b64encode(bytes(6) + port.to_bytes(2, "little") + packed).decode()


@pytest.mark.parametrize(("address", "packed"), [("127.70.1.2", bytes([127, 70, 1, 2])), ("::1", bytes(15) + b"\1")])
def test_dovecots_session_tells_port_and_address(address: str, packed: bytes) -> None:
    client = Client(address, 41234, alone=False)
    assert is_session_of(session(41234, packed), client)
    assert is_session_of(session(41234, packed).rstrip("="), client)
    assert not is_session_of(session(41235, packed), client)
    assert not is_session_of(session(41234, b"\x7f\0\0\1"), client)


@pytest.mark.parametrize("name", ["", "no base64!", "AAAA", "x" * 200])
def test_other_words_are_no_session(name: str) -> None:
    assert not is_session_of(name, Client("127.0.0.1", 1, alone=True))


_BEFORE = "Nov 21 08:00:00 mx postfix/smtpd[1]: connect from unknown[127.64.0.9]\n"
_LINES = """\
Nov 21 08:00:01 mx postfix/smtpd[7]: connect from unknown[127.64.0.9]
Nov 21 08:00:01 mx postfix/smtpd[8]: connect from mail.other.example[192.0.2.7]
Nov 21 08:00:01 mx postfix/smtpd[8]: warning: TLS library problem: of somebody else
Nov 21 08:00:01 mx postfix/smtpd[7]: warning: SASL authentication failure: no mechanism
Nov 21 08:00:01 mx postfix/smtpd[7]: 4dXz1k2PqRz1: client=unknown[127.64.0.9]
Nov 21 08:00:02 mx postfix/cleanup[9]: 4dXz1k2PqRz1: message-id=<a@b>
Nov 21 08:00:02 mx postfix/smtpd[7]: disconnect from unknown[127.64.0.9] ehlo=1 quit=1 commands=2
Nov 21 08:00:03 mx postfix/smtpd[7]: connect from mail.other.example[192.0.2.7]
Nov 21 08:00:03 mx postfix/smtpd[7]: disconnect from mail.other.example[192.0.2.7] quit=1 commands=1
Nov 21 08:00:03 mx postfix/smtpd[8]: disconnect from mail.other.example[192.0.2.7] quit=1 commands=1
Nov 21 08:00:03 mx dovecot: auth: passwd-file(anna,127.64.0.9): Password mismatch \x1b[31m
Nov 21 08:00:03 mx dovecot: auth: passwd-file(anna,127.64.0.99): Password mismatch
Nov 21 08:00:03 mx dovecot: auth: passwd-file(anna,227.64.0.9): Password mismatch
"""


@dataclass
class Sources:
    """One log, that can be read or not."""

    path: Path

    def discover(self) -> tuple[LogSource, ...]:
        return (looked_at(file_source(self.path, found_by="test")),)


def mark(path: Path) -> LogMark:
    sources: Any = Sources(path)
    return LogMark(RecordedTools(), sources)


def texts(lines: Iterable[LineRef]) -> list[str]:
    return [line.text.partition(" mx ")[2].partition(": ")[0] for line in lines]


def test_only_our_lines_and_those_of_our_process_and_message(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(_BEFORE)
    before = mark(log)
    with log.open("a") as file:
        file.write(_LINES)
    found = before.caused_by([Client("127.64.0.9", 40000, alone=True)], patience=0)
    ours = ["postfix/smtpd[7]"] * 3 + ["postfix/cleanup[9]", "postfix/smtpd[7]", "dovecot"]
    assert texts(found) == ours and found[0].offset == len(_BEFORE)
    assert all("\x1b" not in line.text for line in found)


def test_a_log_that_was_rotated_meanwhile_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text("x" * 5000 + "\n")
    before = mark(log)
    log.rename(tmp_path / "mail.log.1")
    log.write_text(_LINES)
    assert len(before.caused_by([Client("127.64.0.9", 1, alone=True)], patience=0)) == 6


def test_no_log_is_no_line(tmp_path: Path) -> None:
    before = mark(tmp_path / "none.log")
    assert before.blind and before.caused_by([Client("127.64.0.9", 1, alone=True)]) == ()


def test_the_end_is_waited_for(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.touch()
    before = mark(log)
    thread = threading.Timer(0.1, log.write_text, (_LINES,))
    thread.start()
    assert len(before.caused_by([Client("127.64.0.9", 1, alone=True)], patience=5)) == 6
    thread.join()
