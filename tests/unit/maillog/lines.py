"""How these tests write and read a line."""

from pathlib import Path
from typing import NamedTuple

from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser

STAMP = "2026-03-03T10:45:29.294394+00:00"
DATA = Path(__file__).with_name("data")


class Example(NamedTuple):
    """A message, and what must be made of it."""

    program: str
    message: str
    event: str
    fields: dict[str, str]

    def __str__(self) -> str:
        return f"{self.program} {self.message[:40]}"


def examples(name: str) -> list[Example]:
    """The examples of one data file: a line, and indented below it the event and its fields."""
    lines = [line for line in (DATA / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [_example(line, expected) for line, expected in zip(lines[::2], lines[1::2], strict=True)]


def _example(line: str, expected: str) -> Example:
    program, _, message = line.partition(": ")
    event, *fields = expected.strip(" ").split("  ")
    return Example(program, message, event, dict(_pair(field) for field in fields))


def _pair(field: str) -> tuple[str, str]:
    name, _, value = field.partition("=")
    return name, value


def parsed(program: str, message: str) -> Event:
    """The event of one line with an RFC 3339 header."""
    return Parser().parse(f"{STAMP} mx {program}: {message}".encode("utf-8", "surrogateescape"))


def has(event: Event, fields: dict[str, str]) -> None:
    """The event has these fields and values, and may have others."""
    assert {name: event.fields.get(name) for name in fields} == fields
