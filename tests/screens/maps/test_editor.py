"""The text of a table by keyboard only: typed, judged below, asked, saved by a plan, never changed by showing it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from mailtui.host.editor import in_editor
from mailtui.host.errors import HostError, ToolMissing
from mailtui.screens.dialogs import ConfirmDialog, NoteDialog, PromptDialog
from mailtui.screens.maps import EntriesScreen, TextScreen
from mailtui.screens.maps.plain_text import PlainText, objection
from tests.screens.fakes import FakeServices, FakeSettings
from tests.screens.maps.test_maps import entries, proposed
from tests.screens.test_console import console, showing, text_of, until

TEXT = b"# Who gets what\ninfo@shop.example anna@shop.example\n"


def services(text: bytes = TEXT) -> FakeServices:
    made = FakeServices()
    made.maps.content = text
    return made


async def opened(pilot: Pilot[None]) -> PlainText:
    await entries(pilot)
    await pilot.press("V")
    await showing(pilot, TextScreen)
    await until(pilot, lambda: "as it stands in the file" in text_of(pilot))
    return pilot.app.screen.query_one(PlainText)


async def test_what_is_wrong_stands_below_while_it_is_typed_and_leads_to_its_line() -> None:
    async with console(services()) as pilot:
        area = await opened(pilot)
        assert "Nothing is wrong with it." in text_of(pilot)
        await pilot.press("ctrl+end", *"*@shop.example bob@shop.example", "enter", *"lonely")
        await until(pilot, lambda: "is never asked for" in text_of(pilot))
        await until(pilot, lambda: "is no entry: Postfix leaves it out" in text_of(pilot))
        assert "2 remarks" in text_of(pilot)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: area.has_focus and area.cursor_location == (2, 0))


async def test_it_is_saved_by_a_plan_and_asks_before_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    made = services()
    proposed(made, monkeypatch)
    async with console(made) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Nothing has been changed" in text_of(pilot))
        await pilot.press("ctrl+end", *"a@b.example c@d.example", "ctrl+s")
        await until(pilot, lambda: bool(made.map_plans.made))
        await pilot.press("escape")
        await showing(pilot, ConfirmDialog)
        await pilot.press("n")
        await showing(pilot, TextScreen)
        await pilot.press("escape")
        await showing(pilot, ConfirmDialog)
        await pilot.press("y")
        await showing(pilot, EntriesScreen)
    assert made.map_plans.made == [("edit", "/etc/postfix/virtual", TEXT.decode() + "a@b.example c@d.example")]


async def test_the_text_is_asked_before_it_is_saved() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+end", *"new@x.example bob@x.example", "f3")
        await showing(pilot, PromptDialog)
        await pilot.press(*"new@x.example", "enter")
        await showing(pilot, NoteDialog)
        assert "bob@x.example" in text_of(pilot)


@pytest.mark.parametrize(
    "text", [b"a@x.example anna@shop.example\r\n", b"a anna@shop.example\x1b[31m\n", b"\xff anna@shop.example\n"]
)
async def test_a_text_that_would_be_changed_by_showing_it_is_left_to_the_editor(text: bytes) -> None:
    async with console(services(text)) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "This text is not edited here" in text_of(pilot))
        assert "\x1b" not in text_of(pilot)
        await pilot.press("V", "ctrl+s")
        await until(pilot, lambda: "Nothing has been changed" in text_of(pilot))


async def test_read_only_edits_nothing() -> None:
    made = FakeServices(settings=FakeSettings(read_only=True))
    async with console(made) as pilot:
        await entries(pilot)
        await pilot.press("V")
        await until(pilot, lambda: "read-only: nothing" in text_of(pilot))
        assert isinstance(pilot.app.screen, EntriesScreen)


def test_every_text_that_is_shown_comes_back_byte_for_byte() -> None:
    for text in (b"", b"a b", b"a b\n", b"\n\na\tb\n  c\n", "ü@x.example y\n".encode()):
        assert not objection(text)
        assert PlainText(text.decode()).text.encode() == text
    for line_end in ("\u2028", "\x85", "\x0b", "\x0c", "\x1c", "\r"):
        assert objection(f"a{line_end}b\n".encode())


def test_the_operator_s_editor_gets_a_private_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "editor"
    script.write_text(f'#!/bin/sh\nstat -c "%a %n" "$2" > {tmp_path}/seen\necho "$1" >> "$2"\n')
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", f"{script} 'two words'")
    assert in_editor(b"a b\n", "-rf virtual") == b"a b\ntwo words\n"
    mode, path = (tmp_path / "seen").read_text().split(" ", 1)
    assert mode == "600"
    assert not Path(path.strip()).parent.exists()


def test_an_editor_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "false")
    with pytest.raises(HostError, match="not taken over"):
        in_editor(b"a", "x")
    monkeypatch.setenv("VISUAL", "/nonexistent/editor")
    with pytest.raises(ToolMissing):
        in_editor(b"a", "x")
