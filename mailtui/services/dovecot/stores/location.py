"""Where mail is, as Dovecot is told: ``mail_location`` of 2.2 and 2.3, ``mail_driver``, ``mail_path`` and more of 2.4.

Source of the forms: Dovecot's documentation of ``mail_location`` and ``mailbox_list_settings_parse`` in
src/lib-storage/mailbox-list.c.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.text import clean

FORMATS = ("maildir", "sdbox", "mdbox", "mbox")
DBOX = ("sdbox", "mdbox")
_ALIASES = {"dbox": "sdbox"}
_COLON = re.compile(r"(?<!:):(?!:)")
_SETTINGS = {
    "INDEX": "mail_index_path",
    "CONTROL": "mail_control_path",
    "INBOX": "mail_inbox_path",
    "ALT": "mail_alt_path",
    "LAYOUT": "mailbox_list_layout",
    "DIRNAME": "mailbox_directory_name",
    "MAILBOXDIR": "mailbox_root_directory_name",
}
"""Keys of ``mail_location`` and what Dovecot 2.4 calls them."""
_ASK_DOVECOT = "Dovecot itself tells of it: doveadm mailbox status -u USER all '*'"
NEW_NAMES = ("mail_driver", "mail_path", *_SETTINGS.values())


@dataclass(frozen=True, slots=True)
class Location:
    """A location as it was written: variables and ``~`` are not expanded."""

    format: str
    """``""`` where Dovecot is left to find out."""
    path: str
    options: Mapping[str, str] = field(default_factory=dict)
    """By the keys of ``mail_location``, in capitals."""


def parse(location: str) -> Location:
    """The parts of a ``mail_location``. Raises HostError for a format mailtui cannot read, such as imapc."""
    first, *rest = _COLON.split(location)
    name = "" if first[:1] in ("/", "~", "%") else _known(first)
    path = first if not name else (rest.pop(0) if rest else "")
    options: dict[str, str] = {}
    for word in rest:
        key, _, value = word.partition("=")
        options[key.upper()] = _unescaped(value)
    return Location(name, _unescaped(path), options)


def of_settings(settings: Mapping[str, str]) -> Location:
    """The same from the settings of Dovecot 2.4. Raises HostError for a format mailtui cannot read."""
    driver = settings.get("mail_driver", "")
    options = {key: settings[name] for key, name in _SETTINGS.items() if settings.get(name)}
    return Location(_known(driver) if driver not in ("", "auto") else "", settings.get("mail_path", ""), options)


def placed(text: str, home: Path | None) -> Path | None:
    """A path of a location: ``~`` and what is not absolute lies in the home folder; None where there is none.

    Raises HostError where it would have to, and the user has no home.
    """
    if not text:
        return None
    if text.startswith("/"):
        return Path(text)
    if home is None:
        raise HostError(
            f"{clean(text)} lies in a home folder, and the user has none",
            unlock="let userdb tell a home, or set an absolute path",
        )
    return home / text.removeprefix("~").lstrip("/")


def layout_of(location: Location) -> str:
    """How folders are laid out: ``maildir++``, ``fs`` or ``index``. Raises HostError for any other."""
    layout = location.options.get("LAYOUT", "").lower()
    if location.format == "maildir" and layout in ("", "maildir++"):
        return "maildir++"
    if layout not in ("", "fs", "index"):
        raise HostError(f"mailtui cannot read mailboxes in LAYOUT={clean(layout)}", unlock=_ASK_DOVECOT)
    return layout or "fs"


def _known(name: str) -> str:
    driver = _ALIASES.get(name.lower(), name.lower())
    if driver not in FORMATS:
        raise HostError(f"mailtui cannot read mail of the format {clean(name)!r}", unlock=_ASK_DOVECOT)
    return driver


def _unescaped(value: str) -> str:
    return value.replace("::", ":")
