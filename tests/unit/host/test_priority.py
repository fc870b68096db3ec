"""A console's session is served first as long as it is open, and as before when it is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailtui.host.priority import NICE, SESSION, keys_first


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "autogroup"
    path.write_text("/autogroup-71 nice 0\n")
    return path


def test_it_is_given_back_also_when_the_console_fails(session: Path) -> None:
    def fails() -> None:
        with keys_first(session):
            assert session.read_text() == str(NICE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert session.read_text() == "0"


@pytest.mark.parametrize("held", ["/autogroup-71 nice -15\n", "", "no number"])
def test_what_is_served_earlier_or_not_understood_stays(session: Path, held: str) -> None:
    session.write_text(held)
    with keys_first(session):
        assert session.read_text() == held
    assert session.read_text() == held


def test_what_somebody_set_meanwhile_stays(session: Path) -> None:
    with keys_first(session):
        session.write_text("/autogroup-71 nice 5\n")
    assert session.read_text() == "/autogroup-71 nice 5\n"


def test_a_kernel_without_it_is_no_trouble(tmp_path: Path) -> None:
    with keys_first(tmp_path / "none"):
        assert not (tmp_path / "none").exists()


_TELL = """
from mailtui.host.priority import SESSION, keys_first
from mailtui.host.tools import LocalTools
with keys_first():
    print(SESSION.read_text().split()[-1])
    print(LocalTools().run(["cat", str(SESSION)]).text.split()[-1])
print(SESSION.read_text().split()[-1])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be served first")
@pytest.mark.skipif(not SESSION.exists(), reason="this kernel has no autogroup")
def test_the_kernel_agrees_and_programs_that_are_started_gain_nothing() -> None:
    argv = [sys.executable, "-c", _TELL]
    told = subprocess.run(argv, capture_output=True, text=True, check=True, start_new_session=True).stdout.split()
    assert told == [str(NICE), "0", "0"]
