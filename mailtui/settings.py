"""The operator's settings: one optional TOML file, checked against this module's table.

Looked for in ``$XDG_CONFIG_HOME/mailtui/mailtui.toml``, then ``/etc/mailtui/mailtui.toml``; the first found counts.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailtui.host.errors import UsageError


def default_state() -> Path:
    """Where the journal and backups go: a system folder for root, the user's own otherwise."""
    if os.geteuid() == 0:
        return Path("/var/lib/mailtui")
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return _expanded(Path(base)) / "mailtui"


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be set; a field's name is its key in the file."""

    postfix_config: Path | None = None
    """Postfix's ``config_directory``; None is the system's."""
    dovecot_config: Path | None = None
    """Dovecot's main configuration file; None is the system's."""
    logs: tuple[Path, ...] = ()
    """Log files to read instead of those found."""
    state: Path = field(default_factory=default_state)
    """Folder of the journal and of backups."""
    read_only: bool = False
    """Refuse everything that changes the machine."""
    check: bool = True
    """Whether the console looks for everything that is wrong by itself, not only for what the log tells."""
    theme: str = ""
    """Colour theme; empty chooses by terminal."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys by command id: ``"log.follow" = "F"``."""


def settings_paths() -> tuple[Path, ...]:
    """Where a settings file is looked for, in this order."""
    base = _expanded(Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config"))
    return base / "mailtui/mailtui.toml", Path("/etc/mailtui/mailtui.toml")


def load(path: Path | None = None) -> Settings:
    """Settings of ``path``, or of the first file found, or the defaults.

    Raises UsageError naming file, line and key.
    """
    found = path or next((p for p in settings_paths() if _is_file(p)), None)
    if found is None:
        return Settings()
    try:
        text = found.read_text("utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        step = "name a file with --settings, or leave it out"
        raise UsageError(f"{found}: {error.strerror}", unlock=step) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{found}: not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{found}: {error}") from error
    return Settings(**{key: _checked(found, text, key, value) for key, value in table.items()})


def _is_file(path: Path) -> bool:
    """A home that this user may not enter, as after su, holds no settings of theirs."""
    try:
        return path.is_file()
    except PermissionError:
        return False


def _expanded(path: Path) -> Path:
    """``path`` with its ``~``; a user whom no passwd knows, and no ``HOME``, lives in the root."""
    try:
        return path.expanduser()
    except RuntimeError:
        return Path("/", *path.parts[1:])


def _checked(path: Path, text: str, key: str, value: object) -> Any:
    reader = _READERS.get(key)
    if reader is None:
        known = ", ".join(_READERS)
        raise UsageError(f"{path}, line {_line(text, key)}: unknown key {key!r}", unlock=f"the keys are: {known}")
    try:
        return reader(value)
    except TypeError as error:
        raise UsageError(f"{path}, line {_line(text, key)}: {key}: {error}") from error


def _line(text: str, key: str) -> int:
    """Line number of a top-level key or table, 1 where it cannot be told."""
    pattern = re.compile(rf"""^\s*(?:\[\s*)?["']?{re.escape(key)}["']?\s*(?:=|\]|\.)""", re.MULTILINE)
    match = pattern.search(text)
    return text.count("\n", 0, match.end()) + 1 if match else 1


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError('must be a text in quotes, like "…"')
    return value


def _path(value: object) -> Path:
    path = _expanded(Path(_text(value)))
    if not path.is_absolute():
        raise TypeError("must be an absolute path")
    return path


def _paths(value: object) -> tuple[Path, ...]:
    if not isinstance(value, list):
        raise TypeError('must be a list of paths, like ["/var/log/mail.log"]')
    return tuple(map(_path, value))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("must be true or false")
    return value


def _texts(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise TypeError('must be a table, like [keymap] with lines "log.follow" = "F"')
    return {key: _text(item) for key, item in value.items()}


_READERS: dict[str, Callable[[object], object]] = {
    "postfix_config": _path,
    "dovecot_config": _path,
    "logs": _paths,
    "state": _path,
    "read_only": _flag,
    "check": _flag,
    "theme": _text,
    "keymap": _texts,
}
