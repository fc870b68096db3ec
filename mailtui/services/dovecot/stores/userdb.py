"""Users as Dovecot's userdb knows them: doveadm-user(1), in the fields of 2.2, 2.3 and 2.4. Needs the running service.

Many users are asked for in one call, since each call costs a start of doveadm and a connection to auth; and in a few
calls at once, since each of them mostly waits for auth's answers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from mailtui.host.errors import HostError, PermissionDenied, line_to_mend
from mailtui.host.tools import ToolResult, Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import literal, tab_rows
from mailtui.services.dovecot.strangers import refuse_strangers
from mailtui.text import clean

BATCH = 1000
_AT_ONCE = 2
TIMEOUT = 120.0
_NO_USER = 67
"""doveadm's exit status for a user that does not exist (EX_NOUSER)."""
_DOWN = ("No such file or directory", "Connection refused")
_NOISE = "stats-writer"
"""What doveadm always complains of to an ordinary user: the socket of the statistics is root's."""
_NO_ITERATION = ("iteration", "not supported", "user listing failed")

Answer = tuple[str, Mapping[str, str] | HostError]
"""A user, and what userdb says of them or why it says nothing."""


class NoSuchUser(HostError):
    """Dovecot's userdb has no user of that name."""


class UserDb:
    """userdb of one instance. Every method raises PermissionDenied or HostError where Dovecot could not be asked."""

    def __init__(self, tools: Tools, config: DovecotConfig) -> None:
        self._tools = tools
        self._config = config

    def users(self) -> tuple[str, ...]:
        """Every user, by name. Raises HostError for a userdb without iteration, such as static."""
        refuse_strangers(self._config)
        result = self._run(("*",))
        if result.code != 0 or result.stderr.strip():
            raise _refused(result)
        # A name with a pattern's letters in it can be asked for by nobody.
        return tuple(sorted({name for name in result.text.split("\n") if name and not set(name) & set("*?\0")}))

    def fields(self, user: str) -> Mapping[str, str]:
        """What userdb says of one user, by Dovecot's names. Raises NoSuchUser; UsageError for a pattern."""
        result = self._ask((literal(user),))
        found = [*_records(result.text)]
        if result.code == _NO_USER:
            raise NoSuchUser(f"Dovecot knows no user {clean(user)}", unlock="mailtui mailbox list shows those it knows")
        if result.code != 0 or len(found) != 1:
            raise _refused(result)
        return found[0]

    def fields_of(self, users: Sequence[str]) -> Iterator[Answer]:
        """The same for many, in their order; what went wrong with one stands in its place.

        Dovecot is asked from now on, while the answers are taken.
        """
        pool = ThreadPoolExecutor(_AT_ONCE, "userdb")
        asked = [pool.submit(self._some, users[start : start + BATCH]) for start in range(0, len(users), BATCH)]
        return _answers(pool, asked)

    def _some(self, users: Sequence[str]) -> list[Answer]:
        """In halves where one of them fails: doveadm does not say which record is whose."""
        if len(users) == 1:
            return [(users[0], self._one(users[0]))]
        with suppress(PermissionDenied):
            result = self._ask([literal(user) for user in users])
            found = [*_records(result.text)]
            if result.code == 0 and len(found) == len(users):
                return [*zip(users, found, strict=True)]
        half = len(users) // 2
        return self._some(users[:half]) + self._some(users[half:])

    def _one(self, user: str) -> Mapping[str, str] | HostError:
        try:
            return self.fields(user)
        except HostError as error:
            return error

    def _ask(self, users: Sequence[str]) -> ToolResult:
        """Nothing that Dovecot would refuse: raises PermissionDenied."""
        for user in users:
            refuse_strangers(self._config, user)
        return self._run(users)

    def _run(self, users: Sequence[str]) -> ToolResult:
        argv = ["doveadm", *self._config.where, "user", "--", *users]
        return self._tools.run(argv, timeout=TIMEOUT, check=False)


def _answers(pool: ThreadPoolExecutor, asked: Sequence[Future[list[Answer]]]) -> Iterator[Answer]:
    """Those of every call, in the order of the calls; who wants no more of them has none begun."""
    try:
        for some in asked:
            yield from some.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _records(text: str) -> Iterator[Mapping[str, str]]:
    """One mapping a user; doveadm writes the fields of all one after the other, each beginning with ``uid``."""
    record: dict[str, str] = {}
    for row in tab_rows(text):
        if row.get("field") == "uid" and "uid" in record:
            yield record
            record = {}
        if "field" in row:
            record[row["field"]] = row["value"]
    if "uid" in record:
        yield record


def _refused(result: ToolResult) -> HostError:
    """What a failure of doveadm-user means."""
    lines = [clean(line) for line in result.error_text.splitlines() if line.strip() and _NOISE not in line]
    said = lines[0] if lines else f"exit status {result.code}"
    # Dovecot 2.4 lets everybody connect, and then tells an ordinary user nothing.
    if "ermission denied" in said or (os.geteuid() != 0 and "lookup failed" in said):
        return PermissionDenied(f"this user may not ask Dovecot's userdb: {said}", unlock="run mailtui with sudo")
    if step := line_to_mend(said):
        return HostError(f"doveadm user: {said}", unlock=step)
    if any(word in said for word in _DOWN):
        return HostError(
            "Dovecot is stopped, and only Dovecot knows where its users' mail is",
            unlock="start Dovecot, or name the mail's folder: --path DIR",
        )
    if any(word in " ".join(lines) for word in _NO_ITERATION):
        return HostError(f"Dovecot cannot list its users: {said}", unlock="name a user")
    return HostError(f"doveadm user: {said}")
