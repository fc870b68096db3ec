"""A mailbox in figures: from the disk without Dovecot's knowing, or from Dovecot where that cannot do harm.

Dovecot's own are those of doveadm-mailbox(1), ``status``.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.dovecot import direct
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import TIMEOUT, Doveadm, literal, tab_rows
from mailtui.services.dovecot.index import log_file
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.modseq import highest
from mailtui.services.dovecot.index.reading import open_folder, read
from mailtui.services.dovecot.stores.model import Mailbox
from mailtui.services.dovecot.strangers import refuse_strangers
from mailtui.text import clean

_SIZE = re.compile(r",S=(\d{1,18})(?=[,:]|$)")
_U_FILE = re.compile(r"u\.\d+", re.ASCII)
_ASKED = ("messages", "unseen", "uidvalidity", "uidnext", "highestmodseq", "vsize")


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of a mailbox; None where it is not."""

    look: Look
    messages: int | None = None
    unseen: int | None = None
    uidvalidity: int | None = None
    uidnext: int | None = None
    highestmodseq: int | None = None
    """Of modifications; RFC 7162."""
    size: int | None = None
    """Bytes of its messages: on disk or, from Dovecot, as IMAP counts them. Of mdbox only Dovecot can tell."""
    live: bool = False
    """Whether Dovecot was asked."""


def offline(mailbox: Mailbox) -> Figures:
    """From the disk alone. Raises nothing: what cannot be read is said in the look."""
    found = look(mailbox)
    size = modseq = None
    with suppress(OSError, ValueError):
        size = _size(mailbox)
    with suppress(OSError, ValueError), ExitStack() as stack:
        raw = read(open_folder(stack, mailbox.store, mailbox.index), "dovecot.index.log")
        modseq = highest(log_file.parse(raw.data, raw.size)) if raw and not raw.instead else None
    return Figures(found, found.messages, found.unseen, found.uidvalidity, found.uidnext, modseq, size)


def live(mailbox: Mailbox, tools: Tools, config: DovecotConfig, *, running: bool = True) -> Figures:
    """From Dovecot, which opens the mailbox; its service need not be ``running`` where the mail is known by its folder.

    Raises HostError where that would destroy something, or did not work.
    """
    before = offline(mailbox)
    store, name = mailbox.store, mailbox.name
    if before.look.endangered:
        raise HostError(
            f"{clean(name)} is damaged so that opening it destroys something: Dovecot was not asked",
            unlock="mailtui mailbox repair",
        )
    words, asked = ("mailbox", "status"), (" ".join(_ASKED), literal(name))
    if running:
        refuse_strangers(config, store.user)
        argv = Doveadm(tools, config).command(words, store.user, asked)
    else:
        argv = direct.command(config, store, words, asked)
    result = tools.run(argv, timeout=TIMEOUT, check=False)
    row = next(tab_rows(result.text), None)
    if result.code != 0 or row is None:
        said = clean(result.error_text.strip().split("\n")[0]) or "no such mailbox"
        raise HostError(f"doveadm mailbox status: {said}")
    told = {key: int(value) for key, value in row.items() if key in _ASKED and value.isdecimal()}
    messages, unseen, uidvalidity, uidnext, modseq, size = (told.get(key) for key in _ASKED)
    return Figures(before.look, messages, unseen, uidvalidity, uidnext, modseq, size, live=True)


def _size(mailbox: Mailbox) -> int | None:
    """Bytes of the messages. Raises OSError, ValueError."""
    with ExitStack() as stack:
        match mailbox.store.format:
            case "maildir":
                return _of_maildir(open_folder(stack, mailbox.store, mailbox.mail))
            case "sdbox":
                return _of_files(open_folder(stack, mailbox.store, mailbox.mail), _U_FILE)
            case "mbox":
                folder = open_folder(stack, mailbox.store, mailbox.mail.parent)
                return os.stat(mailbox.mail.name, dir_fd=folder, follow_symlinks=False).st_size
    return None


def _of_maildir(folder: int) -> int:
    """By the sizes in the file names, which Dovecot believes too; a file without one is looked at."""
    total = 0
    for name in ("cur", "new"):
        fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            with os.scandir(fd) as entries:
                for entry in entries:
                    told = _SIZE.search(entry.name)
                    total += int(told[1]) if told else entry.stat(follow_symlinks=False).st_size
        finally:
            os.close(fd)
    return total


def _of_files(folder: int, form: re.Pattern[str]) -> int:
    with os.scandir(folder) as entries:
        return sum(entry.stat(follow_symlinks=False).st_size for entry in entries if form.fullmatch(entry.name))
