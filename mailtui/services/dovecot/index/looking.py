"""One look at one mailbox: its folders, each opened once and closed at the end, and what was found wrong so far."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from mailtui.services.dovecot.index.damage import Damage, Standing, damage
from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.index_set import IndexSet
from mailtui.services.dovecot.index.mdbox_map import Storage
from mailtui.services.dovecot.index.reading import Raw, open_folder
from mailtui.services.dovecot.index.standing import standing
from mailtui.services.dovecot.stores.model import Mailbox
from mailtui.text import clean

_SHOWN = 10

Storages = dict[Path, Storage]
"""What was read of storages of mdbox."""


class Looking:
    """The state of one look. What opens a folder raises OSError, ValueError for one that cannot be had."""

    def __init__(self, mailbox: Mailbox, stack: ExitStack, thorough: bool, storages: Storages) -> None:
        self.mailbox = mailbox
        self._stack = stack
        self._opened: dict[Path, int] = {}
        self.thorough = thorough
        self.storages = storages
        self.format = mailbox.store.format
        self.damages: list[Damage] = []
        self.standing: dict[str, Standing] = {}

    def required(self, path: Path) -> int:
        """A folder without which there is nothing to look at; opened once in a look."""
        fd = self._opened.get(path)
        if fd is None:
            fd = self._opened[path] = open_folder(self._stack, self.mailbox.store, path)
        return fd

    def open(self, path: Path) -> int | None:
        """A folder of the mailbox's store; None where there is none."""
        try:
            return self.required(path)
        except FileNotFoundError:
            return None

    def say(self, flaw: Flaw, file: str, place: str) -> None:
        """Something is wrong with a file in one of the places of ``damage``."""
        self.damages.append(damage(flaw, file, place, self.format))

    def add(self, folder: int, found: IndexSet, place: str) -> None:
        """All that is wrong with an index and what belongs to it."""
        if found.found:
            self.standing[place] = standing(folder, found)
        for name, flaw in found.found:
            self.say(flaw, name, place)
        for raw in found.raws.values():
            self.rights(raw, place)

    def rights(self, raw: Raw, place: str) -> None:
        """Whether the mail user can work with the file. Groups are not looked at where the owner is right."""
        if raw.instead:
            return
        store = self.mailbox.store
        if raw.uid != store.uid and not (raw.gid == store.gid and raw.mode & 0o060 == 0o060):
            self.say(Flaw("owner", f"user {raw.uid}, not {store.uid}"), raw.name, place)
        elif raw.uid == store.uid and raw.mode & 0o600 != 0o600:
            self.say(Flaw("mode", f"mode {raw.mode:04o}"), raw.name, place)

    def second(self, path: Path) -> int | None:
        """The folder of the same place in the second storage (``ALT=``)."""
        second = self.mailbox.store.second(path)
        return self.open(second) if second is not None else None

    def alone(self, second: int | None) -> str:
        """For a line of evidence: that the second storage, where files may be too, is not there."""
        alt = self.mailbox.store.alt
        return f"; nor is there anything in {clean(str(alt))}: is it mounted?" if alt is not None and not second else ""


def tells_of_list(mailbox: Mailbox) -> bool:
    """Whether the index of the store's mailboxes is looked at with this one.

    That is INBOX, which every store has, and what is called by its GUID since its name is lost (``LAYOUT=index``).
    """
    nameless = mailbox.store.layout == "index" and mailbox.name.endswith(mailbox.mail.name)
    return mailbox.name == "INBOX" or nameless


def listed(uids: Sequence[int]) -> str:
    """The first few, for a line of evidence."""
    return ", ".join(map(str, uids[:_SHOWN])) + (", …" if len(uids) > _SHOWN else "")
