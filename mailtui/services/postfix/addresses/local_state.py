"""What local(8) knows of one recipient while it goes through aliases, included files and users' own lists.

Postfix's ``DELIVER_ATTR`` and ``been_here(3)`` (src/local/local.h, src/global/been_here.c): each step hands on a copy,
so that nothing must be undone; the duplicate filter alone is shared by all steps of one recipient.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from mailtui.host.users import Account
from mailtui.services.postfix.addresses.filled import names_of
from mailtui.services.postfix.addresses.keys import split_address, split_extension
from mailtui.services.postfix.addresses.model import Final

Origin = Literal["", "alias", "forward", "include"]
"""What the recipient stands in, as ``allow_mail_to_commands`` and ``allow_mail_to_files`` name it."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """New mail that local(8) makes, for an address that it does not deliver itself."""

    address: str
    sender: str = ""
    """The owner of the list it comes from; ``""`` where the sender stays."""


Outcome = Final | Forwarded


class BeenHere:
    """local(8)'s duplicate filter, without regard to case."""

    def __init__(self) -> None:
        self._met: set[tuple[str, ...]] = set()

    def __call__(self, *what: object) -> bool:
        """Whether this has been asked before; from now on it has."""
        name = tuple(str(one).casefold() for one in what)
        known = name in self._met
        self._met.add(name)
        return known


@dataclass(frozen=True, slots=True)
class Local:
    """One recipient of local(8)."""

    address: str
    service: str
    """The name of local(8) in master.cf."""
    nexthop: str
    """What it was routed to; a transport that names no place of its own takes it over (Postfix's deliver_pass.c)."""
    delimiters: str
    """``recipient_delimiter``."""
    came_by: frozenset[str] = frozenset()
    """Whom the message says it was delivered to before (``Delivered-To:``), in lower case."""
    been_here: BeenHere = field(default_factory=BeenHere)
    level: int = 0
    """How deep Postfix's own functions call each other: its limit and its duplicate filter count by it."""
    expanded_from: str | None = None
    """The alias or user that led here; whoever names itself means the mailbox."""
    origin: Origin = ""
    owner: str = ""
    """Whose list led here. For others than him new mail is made."""
    sender: str = ""
    """Who sends the new mail where the list has an ``owner-`` alias."""
    unmatched: str = ""
    """The extension with its delimiter that is put after the addresses this leads to."""
    uid: int = 0
    """With whose rights a file or command is delivered to; 0 for nobody's in particular."""
    home: str = ""

    def deeper(self, levels: int = 1) -> Local:
        """The same, so many calls further in."""
        return replace(self, level=self.level + levels)

    @property
    def local(self) -> str:
        """The local part, in lower case."""
        user, extension = self._parts
        return user + extension

    @property
    def user(self) -> str:
        """The local part without its extension."""
        return self._parts[0]

    @property
    def extension(self) -> str:
        """The extension with its delimiter."""
        return self._parts[1]

    @property
    def domain(self) -> str:
        """The domain."""
        return split_address(self.address)[1]

    def names(self, known: Account | None) -> dict[str, str]:
        """What ``$user``, ``$extension`` and the like mean in ``forward_path`` and ``luser_relay``."""
        return names_of(self.address, self.user, self.extension, self.delimiters, known)

    def final(self, mailbox: str = "", problem: str = "") -> Final:
        """That it ends here."""
        return Final(self.address, self.service, self.domain, mailbox, problem)

    @property
    def _parts(self) -> tuple[str, str]:
        user, extension = split_extension(split_address(self.address)[0].lower(), self.delimiters)
        return (user, "") if "/" in extension else (user, extension)
