"""systemd's journal, as JSON and as export."""

import json

import pytest

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
