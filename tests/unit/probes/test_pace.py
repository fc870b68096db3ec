"""How often strangers may be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.services.probes.pace import GAP, PER_HOST, PER_HOUR, Pace, TooOften


class Clock:
    def __init__(self) -> None:
        self.time, self.waited = 1000.0, list[float]()

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.time += seconds


def pace(tmp_path: Path, clock: Clock) -> Pace:
    return Pace(tmp_path / "state", now=lambda: clock.time, wait=clock.wait)


def test_the_second_question_waits_also_in_another_command(tmp_path: Path) -> None:
    clock = Clock()
    pace(tmp_path, clock).before("mx.one.example")
    clock.time += 1
    pace(tmp_path, clock).before("mx.two.example")
    assert not clock.waited
    pace(tmp_path, clock).before("mx.one.example")
    assert clock.waited == [GAP - 1]


def test_an_hour_is_full(tmp_path: Path) -> None:
    clock = Clock()
    for _ in range(PER_HOST):
        pace(tmp_path, clock).before("mx.one.example")
    with pytest.raises(TooOften, match=r"mx\.one\.example"):
        pace(tmp_path, clock).before("mx.one.example")
    for number in range(PER_HOUR - PER_HOST):
        pace(tmp_path, clock).before(f"mx{number}.example")
    with pytest.raises(TooOften):
        pace(tmp_path, clock).before("another.example")
    clock.time += 3601
    pace(tmp_path, clock).before("mx.one.example")


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"a": 3}', '{"a": ["x"]}'])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, text: str) -> None:
    clock = Clock()
    pace(tmp_path, clock).before("mx.one.example")
    (tmp_path / "state/probes.json").write_text(text)
    pace(tmp_path, clock).before("mx.one.example")
    assert "mx.one.example" in (tmp_path / "state/probes.json").read_text()
