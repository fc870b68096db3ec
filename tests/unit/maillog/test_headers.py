"""Every form of header gives the same moment, host and program."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from mailtui.maillog.header import Stamps
from mailtui.maillog.model import UNKNOWN, UNPARSED
from mailtui.maillog.parser import Parser
from tests.support.parsing import parse_lines

NOW = datetime(2026, 7, 1, tzinfo=UTC).timestamp()
MARCH = datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)
MESSAGE = "4BQx3Z0vXtz9rvG: removed"


def parser() -> Parser:
    return Parser(now=NOW, tz=UTC)


@pytest.mark.parametrize(
    "header",
    [
        "Mar  1 01:02:03 mx postfix/qmgr[123]: ",
        "Mar 01 01:02:03 mx postfix/qmgr[123]: ",
        "2026-03-01T01:02:03+00:00 mx postfix/qmgr[123]: ",
        "2026-03-01T01:02:03.000000Z mx postfix/qmgr[123]: ",
        "2026-03-01T02:02:03+0100 mx postfix/qmgr[123]: ",
        "2026-03-01T02:02:03.000000+01:00 mx postfix/qmgr[123]: ",
        "<22>Mar  1 01:02:03 mx postfix/qmgr[123]: ",
        "<22>1 2026-03-01T01:02:03.000000+00:00 mx postfix/qmgr 123 - - ",
        '<22>1 2026-03-01T01:02:03Z mx postfix/qmgr 123 - [origin x="a\\]b"][y z="1"] ',
        "Sun 2026-03-01 01:02:03 UTC mx postfix/qmgr[123]: ",
        "Sun 2026-03-01 01:02:03.000000 UTC mx postfix/qmgr[123]: ",
        "Mar 01 01:02:03.000000 mx postfix/qmgr[123]: ",
        "Mar  1 2026 01:02:03 mx postfix/qmgr[123]: ",
        "Mar  1 01:02:03 mx postfix/qmgr[123]: [ID 197553 mail.info] ",
        "2026-03-01 01:02:03 mx postfix/qmgr[123]: ",
        "1772326923.000000 mx postfix/qmgr[123]: ",
    ],
)
def test_each_form_of_header_tells_when_where_and_who(header: str) -> None:
    event = parser().parse(f"{header}{MESSAGE}".encode())
    assert event.time == MARCH.timestamp()
    assert (event.host, event.program, event.pid) == ("mx", "postfix/qmgr", 123)
    assert (event.queue_id, event.event) == ("4BQx3Z0vXtz9rvG", "removed")


def test_multilog_stamps_are_tai() -> None:
    event = parser().parse(b"@400000004c91b044077a9e94 mx postfix/qmgr[1]: 4BQx3Z0vXtz9rvG: removed")
    assert event.time == pytest.approx(datetime(2010, 9, 16, 5, 50, 50, 125476, tzinfo=UTC).timestamp(), abs=1e-6)
    assert event.event == "removed"


@pytest.mark.parametrize(
    "header", ["2018-01-02 01:40:59 ", "Jan 02 01:40:59 ", "2018-01-02T01:40:59+00:00 ", "2018-01-02 01:40:59.000000 "]
)
def test_dovecots_own_log_has_neither_host_nor_program(header: str) -> None:
    clock = Parser(now=datetime(2018, 3, 1, tzinfo=UTC).timestamp(), tz=UTC)
    line = f"{header}imap(joe doe@example.org)<77><S3ss+ion/Id>: Error: stat(/var/mail/x) failed: Permission denied"
    event = clock.parse(line.encode())
    assert event.time == datetime(2018, 1, 2, 1, 40, 59, tzinfo=UTC).timestamp()
    assert (event.program, event.daemon, event.pid, event.severity) == ("dovecot", "imap", 77, "error")
    assert event.fields["user"] == "joe doe@example.org"
    assert event.text.startswith("imap(joe doe@example.org)<77>")


def test_consecutive_lines_share_what_is_cached_and_nothing_else() -> None:
    reader = parser()
    stamps = [
        "2026-03-01T01:02:03.100000+00:00",
        "2026-03-01T01:02:59.200000+00:00",
        "2026-03-01T01:03:00.000001+00:00",
        "2026-03-01T01:03:00.000001+02:00",
        "2026-03-01T01:03:00.5+02:00",
        "2026-03-01T01:03:07+02:00",
    ]
    for stamp in stamps:
        event = reader.parse(f"{stamp} mx postfix/qmgr[1]: {MESSAGE}".encode())
        assert event.time == pytest.approx(datetime.fromisoformat(stamp).timestamp(), abs=1e-7)


def test_a_yearless_date_is_the_last_that_is_not_in_the_future() -> None:
    now = datetime(2026, 2, 10, tzinfo=UTC).timestamp()
    stamps = Stamps(now=now, tz=UTC)
    december = stamps.read("Dec 31 23:59:59 mx x: y")
    january = stamps.read("Jan  1 00:00:01 mx x: y")
    assert december == datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()
    assert january == december + 2
    assert Stamps(now=now, tz=UTC).read("Mar  1 00:00:00 mx x: y") == datetime(2025, 3, 1, tzinfo=UTC).timestamp()


def test_reading_on_over_new_year_adds_one() -> None:
    stamps = Stamps(now=datetime(2025, 12, 30, tzinfo=UTC).timestamp(), tz=UTC)
    december = stamps.read("Dec 31 23:59:58 mx x: y")
    assert december is not None
    assert stamps.read("Jan  1 00:00:03 mx x: y") == december + 5
    assert stamps.read("Dec 31 23:59:59 mx x: y") == december + 1, "a straggler stays in its year"


def test_leap_days_and_leap_seconds_exist() -> None:
    stamps = Stamps(now=NOW, tz=UTC)
    assert stamps.read("Feb 29 12:00:00 mx x: y") == datetime(2024, 2, 29, 12, tzinfo=UTC).timestamp()
    assert stamps.read("2016-12-31T23:59:60Z mx x: y") == datetime(2017, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("stamp", ["Feb 30 01:02:03", "Foo  1 01:02:03", "Mar  1 24:02:03", "2026-13-01T00:00:00Z"])
def test_dates_the_calendar_does_not_have_are_no_stamps(stamp: str) -> None:
    event = parser().parse(f"{stamp} mx postfix/qmgr[1]: {MESSAGE}".encode())
    assert (event.event, event.time) == (UNPARSED, None)


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
def test_a_stamp_without_zone_is_local_time_summer_and_winter() -> None:
    stamps = Stamps(now=datetime(2026, 12, 1, tzinfo=UTC).timestamp())
    summer, winter = stamps.read("Jul  1 12:00:00 mx x: y"), stamps.read("Nov  1 12:00:00 mx x: y")
    assert summer == datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2))).timestamp()
    assert winter == datetime(2026, 11, 1, 12, tzinfo=timezone(timedelta(hours=1))).timestamp()


def test_the_hour_that_autumn_repeats_never_runs_ahead_of_the_clock() -> None:
    zone = ZoneInfo("Europe/Berlin")
    stamps = Stamps(now=datetime(2026, 12, 1, tzinfo=UTC).timestamp(), tz=zone)
    repeated = stamps.read("Oct 25 02:30:00 mx x: y")
    after = stamps.read("Oct 25 03:00:00 mx x: y")
    assert repeated is not None
    assert after is not None
    assert after > repeated


def test_priority_gives_other_programs_their_severity() -> None:
    event = parser().parse(b"<20>Mar  1 01:02:03 mx opendkim[5]: can't load key from /etc/dkim/k: Permission denied")
    assert (event.severity, event.event, event.daemon) == ("warning", "filter-failed", "opendkim")


def test_a_line_without_program_is_unknown_but_dated() -> None:
    event = parser().parse(b"Mar  1 01:02:03 -- MARK --")
    assert (event.event, event.time) == (UNKNOWN, MARCH.timestamp())


def test_offsets_count_bytes() -> None:
    lines = ["Mar  1 01:02:03 mx a: ä\n".encode(), b"second\n", b"third without newline"]
    assert [event.offset for event in parse_lines("mail.log", lines)] == [0, len(lines[0]), len(lines[0]) + 7]
