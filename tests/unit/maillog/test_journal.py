"""systemd's journal, as JSON and as export."""

import json

import pytest

from mailtui.maillog.journal import export_entries
from mailtui.maillog.parser import Parser

TIME = 1772326923.123456
ENTRY: dict[str, object] = {
    "__REALTIME_TIMESTAMP": "1772326923123456",
    "_HOSTNAME": "mx",
    "SYSLOG_IDENTIFIER": "postfix/submission/smtpd",
    "_PID": "77",
    "PRIORITY": "6",
    "MESSAGE": "connect from unknown[192.0.2.9]",
}


def test_an_entry_is_an_event() -> None:
    event = Parser("journal").parse_journal(ENTRY, 9)
    assert (event.source, event.offset, event.time, event.host) == ("journal", 9, TIME, "mx")
    assert (event.program, event.service, event.daemon, event.pid) == (
        "postfix/submission/smtpd", "submission", "smtpd", 77,
    )  # fmt: skip
    assert (event.event, event.fields["ip"]) == ("connect", "192.0.2.9")


def test_a_json_line_is_parsed_like_any_other() -> None:
    assert Parser().parse(json.dumps(ENTRY).encode()) == Parser().parse_journal(ENTRY)


@pytest.mark.parametrize(
    "message", [list(b"connect from unknown[192.0.2.9]"), ["connect from unknown[192.0.2.9]", "second value"]]
)
def test_a_message_may_be_bytes_or_several_values(message: object) -> None:
    assert Parser().parse_journal({**ENTRY, "MESSAGE": message}).event == "connect"


def test_bytes_that_are_no_utf8_survive() -> None:
    event = Parser().parse_journal({**ENTRY, "MESSAGE": [*b"helo \xff"]})
    assert event.text.encode("utf-8", "surrogateescape") == b"helo \xff"


@pytest.mark.parametrize(
    "field", ["MESSAGE", "_HOSTNAME", "SYSLOG_IDENTIFIER", "__REALTIME_TIMESTAMP", "PRIORITY", "_PID"]
)
@pytest.mark.parametrize("value", [None, "", [], {}, 7, -1, [300], "²", "9" * 40, True, [[["x"]]]])
def test_entries_of_any_shape_are_events(field: str, value: object) -> None:
    event = Parser().parse_journal({**ENTRY, field: value})
    assert isinstance(event.text, str)
    assert event.time is None or 0 <= event.time < 2**40


def test_priority_counts_where_the_text_tells_no_severity() -> None:
    entry = {**ENTRY, "SYSLOG_IDENTIFIER": "opendkim", "PRIORITY": "3", "MESSAGE": "can't load key"}
    assert Parser().parse_journal(entry).severity == "error"


def exported(entry: dict[str, bytes]) -> bytes:
    lines = []
    for name, value in entry.items():
        if b"\n" in value or not value.isascii():
            lines.append(name.encode() + b"\n" + len(value).to_bytes(8, "little") + value + b"\n")
        else:
            lines.append(name.encode() + b"=" + value + b"\n")
    return b"".join(lines) + b"\n"


@pytest.mark.parametrize("piece", [1, 7, 4096])
def test_an_export_is_read_in_pieces_of_any_size(piece: int) -> None:
    entries = [{"MESSAGE": b"one", "_PID": b"1"}, {"MESSAGE": b"two\nlines \xff", "_PID": b"2"}, {"MESSAGE": b"a=b"}]
    stream = b"".join(exported(entry) for entry in entries)
    pieces = [stream[at : at + piece] for at in range(0, len(stream), piece)]
    assert list(export_entries(pieces)) == entries


def test_an_export_that_ends_early_gives_what_was_whole() -> None:
    stream = exported({"MESSAGE": b"one"}) + b"MESSAGE\n" + (2**40).to_bytes(8, "little")
    assert next(export_entries([stream])) == {"MESSAGE": b"one"}
