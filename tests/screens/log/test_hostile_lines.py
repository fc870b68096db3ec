"""Lines that want to break the terminal, and lines that are just too long."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.services.logs import LogSource, file_source
from tests.screens.log.machine import current, log_of, screen_of, settled, state, text_of, until, view_of

HEAD = b"Mar  4 14:02:11 mx1 postfix/smtpd[811]: warning: "
LINES = [
    HEAD + b"\x1b]0;pwned\x07\x1b[2J\x9b31m",
    HEAD + b"[red]bold[/][/x] [@click=app.quit]here[/]",
    HEAD + "\u202egnp.exe\u2066 \u200b".encode(),
    HEAD + "\u5bc4\u4ef6\u4eba \U0001f4ec e\u0301\u0301\u0301 \ufe0f".encode(),
    HEAD + b"\x00\xff\xfe\x00\r\r\r\t",
    b"\x00" * 300,
    b"",
    HEAD + b"x" * 2**20,
    b"y" * 2**20,
    HEAD + b"the end",
]
UNSAFE = [chr(n) for n in (*range(0x20), 0x7F, *range(0x80, 0xA0), 0x202E, 0x2066, 0x200B) if n != 0x0A]


def hostile(path: Path) -> LogSource:
    path.write_bytes(b"".join(line + b"\n" for line in LINES))
    return file_source(path)


@pytest.mark.parametrize("size", [(80, 24), (40, 8)])
async def test_nothing_unsafe_and_every_row_as_wide_as_the_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    async with log_of(hostile(tmp_path / "mail.log"), size=size) as pilot:
        for key in ("g", *"jjjjjjjjj", "w", *"kkkkkkkkk", "P", *"jjjjjjjjj"):
            await pilot.press(key)
            for line in pilot.app.screen._compositor.render_strips():
                assert line.cell_length == size[0]
                assert not any(char in line.text for char in UNSAFE)
        assert "the end" in current(pilot)


async def test_markup_is_text(tmp_path: Path) -> None:
    async with log_of(hostile(tmp_path / "mail.log"), size=(160, 24)) as pilot:
        assert "[red]bold[/][/x] [@click=app.quit]here[/]" in text_of(pilot)


async def test_a_long_line_is_cut_and_says_so(tmp_path: Path) -> None:
    async with log_of(hostile(tmp_path / "mail.log")) as pilot:
        await pilot.press("k", "k", "w")
        line = view_of(pilot).line(7).plain
        assert line.endswith("… 1016 kB more") and len(line) < 9000


async def test_searching_and_filtering_them(tmp_path: Path) -> None:
    async with log_of(hostile(tmp_path / "mail.log")) as pilot:
        await settled(pilot, "E", "E")
        await settled(pilot, "ampersand", *"warning", "enter")
        assert "of 7" in state(pilot)
        await pilot.press("g", "slash", *"[red]", "enter")
        await until(pilot, lambda: "[red]" in current(pilot))
        assert screen_of(pilot).copyables()
        assert all(char not in screen_of(pilot).saveable()[1] for char in UNSAFE)
