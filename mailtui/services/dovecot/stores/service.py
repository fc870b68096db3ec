"""Stores: where each user's mail is, by userdb where Dovecot runs and by path where it does not."""

from __future__ import annotations

import grp
import pwd
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores import discovery, location
from mailtui.services.dovecot.stores.folder import by_path, separator_of
from mailtui.services.dovecot.stores.location import Location
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.services.dovecot.stores.namespaces import Namespace, namespaces
from mailtui.services.dovecot.stores.userdb import UserDb
from mailtui.services.dovecot.stores.variables import expanded
from mailtui.text import clean

_GUESSES = ("Maildir", "mdbox", "sdbox", "mail", "Mail")
"""Where Dovecot itself looks in a home folder when no location is set."""


class Stores:
    """Users, their stores and mailboxes. Every method raises HostError (or PermissionDenied) with what would help."""

    def __init__(self, tools: Tools, config: DovecotConfig) -> None:
        self._config = config
        self.userdb = UserDb(tools, config)

    def users(self) -> tuple[str, ...]:
        """Every user that userdb can list, by name."""
        return self.userdb.users()

    def store(self, user: str) -> Store:
        """Where a user's mail is."""
        return self.of_fields(user, self.userdb.fields(user))

    def stores(self, users: Sequence[str]) -> Iterator[Store | HostError]:
        """The same for many users, quickly; for one whose mail cannot be found, why."""
        asked = self.userdb.fields_of(users)
        with suppress(HostError):  # whom it concerns will be told
            self._know_settings()
        for user, fields in asked:
            try:
                yield fields if isinstance(fields, HostError) else self.of_fields(user, fields)
            except HostError as error:
                yield error

    def mailboxes(self, store: Store) -> tuple[Mailbox, ...]:
        """The mailboxes of a store, and of the user's namespaces with mail elsewhere, read from the disk only."""
        return self._listed(store, set())

    def mailboxes_of(self, stores: Iterable[Store | HostError]) -> Iterator[tuple[Mailbox, ...] | HostError]:
        """The same for many; what is everybody's (``type = public``) is listed once. In place of some, why not."""
        met: set[tuple[Path | None, ...]] = set()
        for store in stores:
            try:
                yield store if isinstance(store, HostError) else self._listed(store, met)
            except HostError as error:
                yield error

    def _listed(self, store: Store, met: set[tuple[Path | None, ...]]) -> tuple[Mailbox, ...]:
        found = [*discovery.mailboxes(store)]
        for other in self._others(store) if store.user else ():
            place = (other.root, other.index_root, other.control_root)
            if place not in met:
                met.add(place)
                found += discovery.mailboxes(other)
        return tuple(found)

    def mailbox(self, store: Store, name: str) -> Mailbox:
        """One of them by its name; ``inbox`` in any case is INBOX, as in IMAP."""
        wanted = "INBOX" if name.upper() == "INBOX" else name
        for one in self.mailboxes(store):
            if one.name == wanted:
                return one
        raise HostError(
            f"{clean(store.user) or store.root} has no mailbox {clean(name)}", unlock="mailtui mailbox list"
        )

    def by_path(self, path: Path, user: str = "") -> Store:
        """The store in a folder, known by what is in it; whose it is tells its owner on disk."""
        return by_path(path, user)

    def of_fields(self, user: str, fields: Mapping[str, str]) -> Store:
        """The store of a user of whom userdb said ``fields``."""
        home = Path(fields["home"]) if fields.get("home") else None
        uid = _number(fields.get("uid", ""), lambda name: pwd.getpwnam(name).pw_uid)
        gid = _number(fields.get("gid", ""), lambda name: grp.getgrnam(name).gr_gid)
        namespace = self._namespaces[0]
        where = self._location(namespace, fields)
        root = location.placed(expanded(where.path, user, home), home)
        if root is None or not where.format:
            guess = self._guess(root, home, user)
            where, root = Location(guess.format, str(guess.root), where.options), guess.root
        return _store(_Owner(user, uid, gid, home), where, root, namespace)

    def _others(self, store: Store) -> Iterator[Store]:
        """The user's other places; one that cannot be told is left out."""
        owner = _Owner(store.user, store.uid, store.gid, store.home)
        for namespace in self._namespaces[1:]:
            with suppress(HostError):
                where = self._location(namespace, {})
                root = location.placed(expanded(where.path, store.user, store.home), store.home)
                if namespace.beside and where.format and root is not None:
                    other = _store(owner, where, root, namespace, has_inbox=False)
                    yield _owned_on_disk(other) if namespace.public else other

    def _location(self, namespace: Namespace, fields: Mapping[str, str]) -> Location:
        """What the namespace says, over what userdb says, over what is set for everybody."""
        if not self._config.new_names:
            said = namespace.get("location") or fields.get("mail")
            return location.parse(said or self._config.get("mail_location"))
        return location.of_settings(
            {name: namespace.get(name) or fields.get(name) or self._for_all(name) for name in location.NEW_NAMES}
        )

    def _for_all(self, name: str) -> str:
        """A setting of 2.4; of those that have another default for each format, only what somebody has set."""
        if not name.startswith("mailbox_"):
            return self._config.get(name)
        found = re.search(rf"^{name} = (.*)$", self._config.text, re.MULTILINE)
        return found[1].strip('"') if found else ""

    def _guess(self, root: Path | None, home: Path | None, user: str) -> Store:
        """The store that is there, as Dovecot would look for it."""
        places = [root] if root else [home / name for name in _GUESSES] if home else []
        for place in places:
            if place.is_dir():
                return by_path(place, user)
        raise HostError(
            f"{clean(user)} has no mail yet, and where it will be nobody says",
            unlock="set where (mail_location; 2.4: mail_driver and mail_path), or mail it: mailtui probe deliver",
        )

    def _know_settings(self) -> None:
        """Ask for the configuration, while userdb's answers are awaited. Raises HostError."""
        self._location(self._namespaces[0], {})

    @cached_property
    def _namespaces(self) -> tuple[Namespace, ...]:
        return namespaces(self._config.text)


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose a store is."""

    user: str
    uid: int
    gid: int
    home: Path | None


def _store(owner: _Owner, where: Location, root: Path, namespace: Namespace, *, has_inbox: bool = True) -> Store:
    def place(key: str) -> Path | None:
        return location.placed(expanded(where.options.get(key, ""), owner.user, owner.home), owner.home)

    layout = location.layout_of(where)
    in_memory = where.options.get("INDEX") == "MEMORY"
    return Store(
        owner.user,
        owner.uid,
        owner.gid,
        owner.home,
        where.format,
        root,
        None if in_memory else place("INDEX"),
        place("CONTROL"),
        place("INBOX"),
        place("ALT"),
        layout,
        namespace.get("separator") or separator_of(layout),
        in_memory,
        namespace.get("prefix"),
        has_inbox,
        where.options.get("DIRNAME", ""),
        where.options.get("MAILBOXDIR", ""),
        "UTF-8" in where.options,
    )


def _owned_on_disk(store: Store) -> Store:
    """What is everybody's belongs to whoever has its indexes."""
    try:
        facts = (store.index_root or store.root).stat()
    except OSError:
        return store
    return replace(store, uid=facts.st_uid, gid=facts.st_gid)


def _number(text: str, of_name: Callable[[str], int]) -> int:
    """A user or group ID; userdb may say a name. Raises HostError where this machine has none of that name."""
    try:
        return int(text) if text.isdecimal() else of_name(text)
    except (KeyError, ValueError) as error:
        raise HostError(
            f"userdb names a user or group that is not on this machine: {clean(text)!r}",
            unlock="make it, or give userdb a uid and gid that are here",
        ) from error
