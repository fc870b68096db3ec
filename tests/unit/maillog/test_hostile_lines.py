"""Whatever a line holds: the parser never raises, loses nothing, and takes no longer than the line is long."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.maillog.model import UNPARSED
from mailtui.maillog.parser import Parser
from tests.support.parsing import parse_lines

from .lines import DATA, STAMP

FIXTURES = sorted(
    line for path in DATA.glob("*.txt") for line in path.read_text("utf-8").splitlines() if line and line[0] not in "# "
)
HEADERS = st.sampled_from(
    [
        f"{STAMP} mx ",
        "Mar  1 01:02:03 mx ",
        "<22>Mar 01 01:02:03 ",
        "2026-03-01 01:02:03 ",
        "Feb 30 25:61:61 ",
        "@4000",
        "",
    ]
)
TOKENS = sorted({token for line in FIXTURES for token in re.findall(r"\w+|\W", line)})
MANGLED = st.lists(st.sampled_from(TOKENS), max_size=30).map("".join)


def check(line: bytes) -> None:
    event = Parser("log").parse(line, 7)
    assert (event.source, event.offset) == ("log", 7)
    assert event.time is None or (math.isfinite(event.time) and abs(event.time) < 2**40)
    assert (event.event == UNPARSED) == (event.time is None)
    assert event.severity in ("info", "debug", "warning", "error", "fatal", "panic")
    assert all(isinstance(value, str) for value in event.fields.values())
    if "***" not in event.text:
        assert line.endswith(event.text.encode("utf-8", "surrogateescape"))
    if event.event == UNPARSED and "***" not in event.text:
        assert event.text.encode("utf-8", "surrogateescape") == line


@given(st.binary(max_size=300))
def test_arbitrary_bytes(line: bytes) -> None:
    check(line.replace(b"\n", b""))


@given(HEADERS, st.text(max_size=200))
def test_arbitrary_text_behind_a_header(header: str, message: str) -> None:
    check((header + message).encode("utf-8", "surrogatepass").replace(b"\n", b""))


@given(HEADERS, st.sampled_from(FIXTURES), st.integers(0, 200), MANGLED, st.integers(0, 60))
def test_known_lines_cut_and_mangled(header: str, line: str, cut: int, noise: str, skip: int) -> None:
    check((header + line[:cut] + noise + line[cut + skip :]).encode())


@given(st.lists(st.binary(max_size=80).map(lambda line: line.replace(b"\n", b"")), max_size=20))
def test_every_line_is_an_event_and_offsets_lead_back_to_it(lines: list[bytes]) -> None:
    whole = b"\n".join(lines)
    events = list(parse_lines("log", (line + b"\n" for line in lines)))
    assert len(events) == len(lines)
    assert all(whole[event.offset :].startswith(line) for event, line in zip(events, lines, strict=True))


@pytest.mark.parametrize(
    "filler", [b"x", b"\0", b"\xff", b" ", b"<", b">, orig_to=<", b"; from=<", b"((", b"a=", b"user=<", b": "]
)
def test_a_line_of_a_megabyte_is_kept_whole(filler: bytes) -> None:
    start = f"{STAMP} mx postfix/smtp[1]: 4BQx3Z0vXtz9rvG: to=<".encode()
    line = start + filler * (1_000_000 // len(filler))
    event = Parser().parse(line)
    assert line.endswith(event.text.encode("utf-8", "surrogateescape"))
    assert event.queue_id == "4BQx3Z0vXtz9rvG"


@pytest.mark.parametrize("line", FIXTURES[:: max(1, len(FIXTURES) // 60)])
def test_no_text_repeated_for_ever_holds_the_parser_up(line: str) -> None:
    tokens = re.findall(r"\w+|\W", line)
    parser = Parser()
    for at in range(0, len(tokens), max(1, len(tokens) // 8)):
        for width in (1, 3):
            part = "".join(tokens[at : at + width])
            hostile = "".join(tokens[:at]) + part * (8000 // len(part)) + "".join(tokens[at:])
            assert parser.parse(f"{STAMP} mx {hostile}".encode()).time is not None


def test_the_same_line_is_the_same_event_however_often_it_is_read() -> None:
    parser = Parser()
    for line in FIXTURES:
        data = f"{STAMP} mx {line}".encode()
        assert parser.parse(data) == Parser().parse(data) == parser.parse(data)
