"""How full the file systems are that mail cannot do without: the queue's and the mail store's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from mailtui.host import processes
from mailtui.host.errors import MailtuiError
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse_model import DiskState

_DRIVER = re.compile(r"^[a-z]+:")
_HOME = re.compile(r"\bhome ?= ?(/\S+)")
"""The home of all users in a userdb of Dovecot, 2.3's ``args`` and ``default_fields`` and 2.4's ``fields`` alike."""
_VARIABLE = re.compile(r"[%~$].*", re.DOTALL)


def disk_states(
    postfix: PostfixConfig, dovecot: DovecotConfig, somebodys: Callable[[], Path | None] = lambda: None
) -> tuple[DiskState, ...]:
    """The spool and, where it can be told from the configuration or is ``somebodys`` store, the mail store."""
    found = []
    with suppress(MailtuiError):
        found.append(_state("spool", Path(postfix.get("queue_directory"))))
    store = next(_stores(postfix, dovecot, somebodys), None)
    if store is not None:
        found.append(_state("mail store", store))
    return tuple(found)


def somebodys_store(stores: Stores) -> Path | None:
    """Where the first of Dovecot's users has mail; None where that cannot be told. Asks the running Dovecot."""
    try:
        root = stores.store(stores.users()[0]).root
    except (MailtuiError, IndexError):
        return None
    return next((one for one in (root, *root.parents) if one.is_dir()), None)


def _state(name: str, path: Path) -> DiskState:
    try:
        disk = processes.disk(path)
    except OSError as error:
        return DiskState(name, str(path), problem=f"{error.strerror}")
    return DiskState(name, str(path), disk.free, disk.total, disk.free_inodes, disk.total_inodes)


def _stores(postfix: PostfixConfig, dovecot: DovecotConfig, somebodys: Callable[[], Path | None]) -> Iterator[Path]:
    """Folders below which mail is kept, the most telling setting first."""
    yield from _folders(map(dovecot.get, ("mail_path", "mail_location", "mail_home")))
    with suppress(MailtuiError):
        yield from _folders(iter(_HOME.findall(dovecot.text)))
    store = somebodys()
    if store is not None:
        yield store
    yield from _folders(map(postfix.get, ("virtual_mailbox_base", "mail_spool_directory")))


def _folders(locations: Iterator[str]) -> Iterator[Path]:
    with suppress(MailtuiError):
        for location in locations:
            folder = literal_folder(location)
            if folder is not None:
                yield folder


def literal_folder(location: str) -> Path | None:
    """The existing folder that a location such as ``maildir:/var/vmail/%d/%n`` lies in, whoever the user is."""
    path = _VARIABLE.sub("", _DRIVER.sub("", location))
    if not path.startswith("/"):
        return None
    folder = Path(path if path.endswith("/") or path == location else path.rpartition("/")[0])
    existing = next((one for one in (folder, *folder.parents) if one.is_dir()), Path("/"))
    return existing if existing != Path("/") else None
