"""Where mail is: a user's store and the folders of each mailbox, in the words of Dovecot's ``mail_location``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Store:
    """Where one user's mail is. User and paths are raw; whoever shows them cleans them."""

    user: str
    uid: int
    gid: int
    home: Path | None
    format: str
    """``maildir``, ``sdbox``, ``mdbox`` or ``mbox``."""
    root: Path
    """The mail root, like ``~/Maildir``."""
    index_root: Path | None = None
    """``INDEX=``; None where indexes are in the mail root."""
    control_root: Path | None = None
    """``CONTROL=``; None where control files are in the mail root."""
    inbox: Path | None = None
    """``INBOX=``: the INBOX, where it is not in its usual place."""
    alt: Path | None = None
    """``ALT=``: the second storage of dbox."""
    layout: str = "maildir++"
    """``maildir++``, ``fs`` or ``index``."""
    separator: str = "."
    """The namespace's hierarchy separator, as in the names of mailboxes."""
    index_in_memory: bool = False
    """``INDEX=MEMORY``: there are no index files."""
    prefix: str = ""
    """The namespace's prefix, which every name but INBOX begins with."""
    has_inbox: bool = True
    """Whether it is the place of the namespace with the INBOX."""
    dirname: str = ""
    """``DIRNAME=``: the folder in a mailbox's folder that holds the mail; ``dbox-Mails`` for dbox."""
    mailbox_dir: str = ""
    """``MAILBOXDIR=``: the folder in the mail root that holds the mailboxes; ``mailboxes`` for dbox."""
    utf8_names: bool = False
    """``UTF-8``: names on disk are UTF-8 instead of modified UTF-7."""
    by_path: bool = False
    """Known by what is in its folder alone: nobody has said where the rest is."""

    @property
    def storage(self) -> Path:
        """Where the ``m.`` files of mdbox are."""
        return self.root / "storage"

    @property
    def map_folder(self) -> Path:
        """Where the map of mdbox is, which tells what is in them."""
        return (self.index_root or self.root) / "storage"

    def second(self, folder: Path) -> Path | None:
        """The same place as a folder of messages in the second storage (``ALT=``)."""
        return self.alt / folder.relative_to(self.root) if self.alt is not None else None

    def both(self, folder: Path) -> tuple[Path, ...]:
        """A folder of messages and, where there is one, its second."""
        second = self.second(folder)
        return (folder,) if second is None else (folder, second)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox's folders on disk; not all of them need exist."""

    store: Store
    name: str
    """As Dovecot names it (UTF-8, the namespace's separator), raw; for people through ``clean``."""
    mail: Path
    """Maildir: the folder of ``cur``, ``new`` and ``tmp``; sdbox and mdbox: ``…/dbox-Mails``; mbox: the file."""
    index: Path
    """The folder of ``dovecot.index*``."""
    control: Path
    """The folder of ``dovecot-uidlist`` and ``dovecot-keywords``."""
