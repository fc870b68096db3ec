"""What can be wrong with a mailbox's files, in words, and what can be done about it.

The table ``damages.json`` was measured on Dovecot 2.2, 2.3 and 2.4: what the next access makes of each damage depends
on the format, and so does the rung of the ladder that helps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.findings import Finding, Severity
from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.stores.model import Mailbox

INDEX, CONTROL, LIST, STORAGE, MAIL = "index", "control", "list", "storage", "mail"
"""Folders that damage may be in: the mailbox's, the store's, mdbox's ``storage``, and the messages' own."""
_OF_ANY_FILE = ("owner", "mode", "misplaced")
"""Rungs that mend a file whatever it holds."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table."""

    title: str
    severity: Severity
    meaning: str
    loss: Mapping[str, str]
    rungs: Mapping[str, tuple[str, ...]]


@cache
def kinds() -> Mapping[str, Kind]:
    """All of them by name."""
    rows: dict[str, Any] = json.loads(files(__package__).joinpath("damages.json").read_text(encoding="utf-8"))
    return {
        name: Kind(
            row["title"],
            row["severity"],
            row["meaning"],
            row["loss"],
            {key: tuple(value) for key, value in row["rungs"].items()},
        )
        for name, row in rows.items()
    }


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong with one mailbox."""

    kind: str
    """A key of ``damages.json``."""
    file: str
    place: str
    """The folder the file is in: ``index control list storage mail``."""
    offset: int
    """Bytes."""
    evidence: str
    loss: str
    """What it costs when Dovecot opens the mailbox: ``none``, ``next access`` or, when nothing brings it back,
    ``happened``."""
    rungs: tuple[str, ...]
    """Rungs that can mend it in this format, the gentlest first; none where only a backup helps."""

    @property
    def title(self) -> str:
        """In a line."""
        return kinds()[self.kind].title.format(file=self.file)

    @property
    def meaning(self) -> str:
        """What Dovecot makes of it."""
        return kinds()[self.kind].meaning

    @property
    def severity(self) -> Severity:
        """How bad."""
        return kinds()[self.kind].severity


def damage(flaw: Flaw, file: str, place: str, mailbox_format: str) -> Damage:
    """A flaw of a file, as what it means for a mailbox of that format."""
    kind = kinds()[flaw.kind]
    rungs = kind.rungs.get(mailbox_format, kind.rungs.get("*", ()))
    if place == LIST:  # whatever is wrong with it, Dovecot makes it again from the folders
        rungs = tuple(dict.fromkeys(one if one in _OF_ANY_FILE else "list" for one in rungs))
        return Damage(flaw.kind, file, place, flaw.offset, flaw.says, "none", rungs)
    return Damage(flaw.kind, file, place, flaw.offset, flaw.says, kind.loss.get(mailbox_format, "none"), rungs)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the index files of one folder can be mended with."""

    lossless: bool = False
    """Whether the logs hold the whole history, so that the index can be made again from them."""
    backup: bool = False
    """Whether ``.backup`` is readable and the logs go on from it."""
    log_size: int = 0
    """Bytes."""
    trim_to: int = 0
    """Where the log's last whole record ends, bytes."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one mailbox, without Dovecot."""

    mailbox: Mailbox
    damages: tuple[Damage, ...] = ()
    uidvalidity: int | None = None
    uidnext: int | None = None
    messages: int | None = None
    unseen: int | None = None
    standing: Mapping[str, Standing] = field(default_factory=dict)
    """By folder: ``index`` and, of mdbox, ``storage``."""
    problem: str = ""
    """Why it could not be looked at."""
    folders: tuple[Finding, ...] = ()
    """What is wrong with its folders, where they were looked at too."""

    @property
    def endangered(self) -> bool:
        """Whether the next access destroys something; then nothing may open the mailbox, not even to look."""
        return any(one.loss == "next access" for one in self.damages)
