"""A user as Dovecot knows it: passdb, userdb and quota. doveadm-auth(1), doveadm-user(1), doveadm-quota(1)."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.of_user import Quota, quota
from mailtui.services.dovecot.stores.model import Store
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.dovecot.stores.userdb import NoSuchUser
from mailtui.services.dovecot.strangers import refuse_strangers
from mailtui.services.people.model import Place
from mailtui.services.people.telling import say
from mailtui.text import clean, human_size

_NO_USER = 67
_NEARLY = 0.95


class DovecotUser:
    """One user of one Dovecot. Nothing here raises; ``store`` is None where there is none, or nobody could be asked."""

    def __init__(self, tools: Tools, dovecot: DovecotConfig, user: str) -> None:
        self._tools = tools
        self._dovecot = dovecot
        self._user = user
        self.store: Store | None = None

    def passdb(self) -> Place:
        """Whether a login would find the user. What it answers may hold the password, and is not looked at."""
        argv = ["doveadm", *self._dovecot.where, "auth", "lookup", "-x", "service=imap", "--", self._user]
        try:
            refuse_strangers(self._dovecot)
            code = self._tools.run(argv, check=False).code
        except MailtuiError as error:
            return self._place("passdb", "unknown", error.message)
        if code == 0:
            return self._place("passdb", "there", "a login finds it")
        if code == _NO_USER:
            return self._place("passdb", "missing", "no passdb knows it: nobody can log in")
        return self._place("passdb", "unknown", "passdb cannot be asked without a password, or does not answer")

    def userdb(self) -> Place:
        """Where its mail is, and as whom."""
        try:
            store = Stores(self._tools, self._dovecot).store(self._user)
        except NoSuchUser as error:
            return self._place("userdb", "missing", error.message)
        except HostError as error:
            return self._place("userdb", "unknown", error.message, *filter(None, [error.unlock]))
        except MailtuiError as error:
            return self._place("userdb", "wrong", error.message)
        self.store = store
        facts = (f"uid {store.uid}, gid {store.gid}", f"home {store.home or '(none)'}", f"{store.format}:{store.root}")
        return self._place("userdb", "there", "Dovecot knows it", *facts)

    def quota(self) -> tuple[Place, tuple[Finding, ...]]:
        """How much of its limit is used."""
        try:
            limits = [one for one in quota(self._tools, self._dovecot, self._user) if one.limit]
        except MailtuiError as error:
            return self._place("quota", "unknown", error.message), ()
        if not limits:
            return self._place("quota", "unused", "there is no limit"), ()
        told = [*map(_told, limits)]
        full = any(one.value >= _NEARLY * (one.limit or 1) for one in limits)
        found = (say("full", self._user, *told),) if full else ()
        return self._place("quota", "wrong" if full else "there", told[0], *told[1:]), found

    def _place(self, name: str, state: str, told: str, *facts: str) -> Place:
        return Place(name, clean(self._user), state, clean(told), tuple(map(clean, facts)))  # type: ignore[arg-type]


def _told(one: Quota) -> str:
    limit, unit = one.limit or 0, human_size if one.type == "STORAGE" else str
    used, most = (unit(value * 1024 if one.type == "STORAGE" else value) for value in (one.value, limit))
    return f"{one.root}: {used} of {most}" + ("" if one.type == "STORAGE" else " messages")


def disagreement(accepted: bool, passdb: Place, userdb: Place, user: str, reply: str) -> Iterator[Finding]:
    """What Postfix and Dovecot say differently of one user."""
    if userdb.state == "there" and not accepted:
        yield say("refused", user, reply)
    if userdb.state == "missing" and accepted:
        yield say("nobody", user, userdb.told)
    if userdb.state == "there" and passdb.state == "missing":
        yield say("nologin", user, passdb.told)
