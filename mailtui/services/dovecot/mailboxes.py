"""Mailboxes as an operator looks at them: users, what is wrong with each mailbox, its files, the plan that mends it.

Looking never goes through Dovecot, which may destroy what it opens; only the names of users do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailtui.changes.plan import Plan
from mailtui.filters import Filter
from mailtui.findings import SEVERITIES, Finding, Severity
from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.care import CarePlans, operations
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.dump import dumped
from mailtui.services.dovecot.findings import findings
from mailtui.services.dovecot.index.checking import check
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.inspecting import Section, inspect
from mailtui.services.dovecot.index.many import Progress, check_many
from mailtui.services.dovecot.index.remembered import Remembered
from mailtui.services.dovecot.index.sharing import Stop
from mailtui.services.dovecot.repair.plans import RepairPlans
from mailtui.services.dovecot.repair.telling import ladder_lines
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.postfix.queue.sessions import kick_step
from mailtui.text import clean

_NEED_A_WORD = frozenset({"backup", "create"})
"""What has to be told where to, or a new name; the command line is."""


def _silent(_done: int, _of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Care:
    """Something that can be done."""

    name: str
    """As the command line has it."""
    why: str


def severity_of(look: Look) -> Severity:
    """How bad it is with one mailbox; that it could not be looked at is a warning."""
    found = (damage.severity for damage in look.damages)
    return min(found, key=SEVERITIES.index, default="warning" if look.problem else "ok")


@dataclass(frozen=True, slots=True)
class UserMail:
    """One user's mailboxes, each as it was looked at."""

    user: str
    """Raw; for people through ``clean``."""
    format: str = ""
    looks: tuple[Look, ...] = ()
    problem: str = ""
    """Why they could not be looked at."""

    @property
    def damaged(self) -> tuple[Look, ...]:
        """Those with which something is wrong."""
        return tuple(look for look in self.looks if look.damages)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        found = (severity_of(look) for look in self.looks)
        return "warning" if self.problem else min(found, key=SEVERITIES.index, default="ok")


class Mailboxes:
    """Every mailbox of one Dovecot. Raises HostError, PermissionDenied where users or folders cannot be found."""

    def __init__(self, tools: Tools, config: DovecotConfig, state: Path) -> None:
        self._state = state
        self._stores = Stores(tools, config)
        self._tools = tools
        self._config = config
        self._plans = RepairPlans(Doveadm(tools, config), config)
        self._cares = CarePlans(tools, config)

    def users(self) -> tuple[str, ...]:
        """Every user that Dovecot can list, by name."""
        return self._stores.users()

    def of_user(self, user: str) -> UserMail:
        """Look at all mailboxes of one user, into the messages of dbox too."""
        store = self._stores.store(user)
        return UserMail(user, store.format, check_many(self._stores.mailboxes(store)))

    def check(
        self, users: Sequence[str], progress: Progress = _silent, stop: Stop = lambda: False
    ) -> tuple[UserMail, ...]:
        """Look at all mailboxes of these users; what stands in the way of one is said in its place.

        Those that were whole the last time and have not changed are not opened again.
        """
        stores: list[Store | HostError] = [*self._stores.stores(users)]
        listed = [*self._stores.mailboxes_of(stores)]
        mailboxes = [one for some in listed if not isinstance(some, HostError) for one in some]
        remembered = Remembered(self._state)
        looks = iter(check_many(mailboxes, thorough=False, remembered=remembered, progress=progress, stop=stop))
        return tuple(_put_together(users, stores, listed, looks))

    def inspect(self, mailbox: Mailbox) -> tuple[Look, tuple[Section, ...]]:
        """A look at it, and what stands in its files, by mailtui and by doveadm."""
        try:
            return check(mailbox), (*inspect(mailbox), *dumped(self._tools, self._config, mailbox))
        except (OSError, ValueError) as error:
            raise HostError(f"{clean(mailbox.name)}: {error}") from error

    def findings(self, look: Look) -> tuple[Finding, ...]:
        """What is wrong with it, and what to do."""
        return tuple(findings(look))

    def repair(self, looks: Sequence[Look]) -> Plan:
        """Mend these. Raises UsageError, HostError where there is nothing to mend or nothing that can."""
        return self._plans.plan(*looks)

    def ladder(self, look: Look) -> tuple[str, ...]:
        """What would be done about each damage, and what else could be."""
        return tuple(ladder_lines(look.mailbox.store.format, self._plans.choices(look)))

    def cares(self, look: Look) -> tuple[Care, ...]:
        """What can be done for a mailbox that is not broken."""
        store, name = look.mailbox.store, clean(look.mailbox.name)
        kick = Care("kick", f"end {clean(store.user)}'s sessions")
        words = {"user": clean(store.user), "mailbox": name, "place": ""}
        others = (
            Care(key, one.why.format(**words))
            for key, one in operations().items()
            if store.format in one.formats and key not in _NEED_A_WORD
        )
        return (kick, *others)

    def care(self, name: str, look: Look) -> Plan:
        """One of them, as a plan. Raises UsageError for what cannot be done to it."""
        user = look.mailbox.store.user
        if name == "kick":
            return Plan(f"End the sessions of {clean(user)}", (kick_step(self._config, user),))
        return self._cares.plan(name, user, mailbox=look.mailbox.name)


def _put_together(
    users: Sequence[str],
    stores: Sequence[Store | HostError],
    listed: Sequence[tuple[Mailbox, ...] | HostError],
    looks: Iterator[Look],
) -> Iterator[UserMail]:
    """The looks, shared out among the users; a user that was stopped at is left out, and so are those after it."""
    for user, store, mailboxes in zip(users, stores, listed, strict=True):
        if isinstance(mailboxes, HostError):
            yield UserMail(user, problem=mailboxes.message)
            continue
        own = tuple(look for _, look in zip(mailboxes, looks, strict=False))
        if len(own) < len(mailboxes):
            return
        yield UserMail(user, "" if isinstance(store, HostError) else store.format, own)


def matching(mail: Sequence[UserMail], where: Filter) -> list[UserMail]:
    """Those that a filter lets through; it may ask for user, format, mailboxes, damaged and plain words."""
    return [one for one in mail if where.matches(_fields(one))] if where else list(mail)


def _fields(one: UserMail) -> dict[str, str | float]:
    titles = " ".join(damage.title for look in one.looks for damage in look.damages)
    return {
        "user": one.user,
        "format": one.format,
        "mailboxes": len(one.looks),
        "damaged": len(one.damaged),
        "text": f"{one.user} {one.format} {titles} {one.problem}",
    }
