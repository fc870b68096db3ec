"""The settings file: what it may say, and how it is told where it is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import UsageError
from mailtui.settings import Settings, default_state, load, settings_paths

WHOLE = """\
# where things are
postfix_config = "/etc/postfix-out"
dovecot_config = "/etc/dovecot/dovecot.conf"
logs = ["/var/log/mail.log", "/var/log/dovecot.log"]
state = "/srv/mailtui"
read_only = true
theme = "nord"

[keymap]
"log.follow" = "F"
"""


def settings(folder: Path, text: str) -> Settings:
    path = folder / "mailtui.toml"
    path.write_text(text)
    return load(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    assert settings(tmp_path, WHOLE) == Settings(
        postfix_config=Path("/etc/postfix-out"),
        dovecot_config=Path("/etc/dovecot/dovecot.conf"),
        logs=(Path("/var/log/mail.log"), Path("/var/log/dovecot.log")),
        state=Path("/srv/mailtui"),
        read_only=True,
        theme="nord",
        keymap={"log.follow": "F"},
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("theme = 'x'\nlog = []\n", "line 2: unknown key 'log'"),
        ("\n\nread_only = 'yes'\n", "line 3: read_only: must be true or false"),
        ("logs = '/var/log/mail.log'\n", "line 1: logs: must be a list of paths"),
        ("theme = 'x'\nlogs = ['mail.log']", "line 2: logs: must be an absolute path"),
        ("state = 7", "line 1: state: must be a text"),
        ("# keymap = 1\n[keymap]\na = 1\n", "line 2: keymap: must be a text"),
        ("keymap = 1", "line 1: keymap: must be a table"),
        ("# read_only\ntheme = 'read_only = 1'\n'read_only' = 1\n", "line 3: read_only"),
        ("[unknown]\nx = 1\n", "line 1: unknown key 'unknown'"),
        ("a = 1\nb = = 2\n", "line 2, column 5"),
        ("a = 1\na = 2\n", "line 2"),
    ],
)
def test_an_error_names_file_line_and_key(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(tmp_path, text)
    assert str(tmp_path / "mailtui.toml") in caught.value.message
    assert complaint in caught.value.message


def test_an_unknown_key_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        settings(tmp_path, "colour = 1\n")
    assert "theme" in caught.value.unlock


def test_a_file_that_cannot_be_read_is_an_error_only_when_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="No such file"):
        load(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(b"theme = '\xe4'\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        load(tmp_path / "latin.toml")
    monkeypatch.setattr("mailtui.settings.settings_paths", lambda: (tmp_path / "missing.toml",))
    assert load() == Settings()


def test_the_user_s_file_comes_before_the_machine_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_paths() == (tmp_path / "mailtui/mailtui.toml", Path("/etc/mailtui/mailtui.toml"))
    (tmp_path / "mailtui").mkdir()
    (tmp_path / "mailtui/mailtui.toml").write_text("theme = 'mine'\n")
    assert load().theme == "mine"


def test_state_is_the_system_s_for_root_and_the_user_s_own_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_state() == Path("/var/lib/mailtui")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_state() == tmp_path / "mailtui"


@given(st.text())
def test_whatever_the_file_holds_the_answer_is_settings_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("settings") / "mailtui.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(load(path), Settings)
    except UsageError as error:
        assert str(path) in error.message
