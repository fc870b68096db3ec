"""A user in PostfixAdmin's tables: ``domain``, ``mailbox`` and ``alias``, as its schema has them since version 2.

Which database that is, the tables of Postfix say that ask it. Nothing is ever written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.people.database import Database, Row, of_table
from mailtui.services.people.model import Place, State
from mailtui.services.people.telling import say
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.used import Tables
from mailtui.text import clean, human_size

NAME = "PostfixAdmin"
_TRUE = frozenset({"1", "t", "true"})
_MAILBOX = "SELECT username, maildir, quota, active FROM mailbox WHERE username = :address"
_ALIAS = "SELECT address, goto, active FROM alias WHERE address = :address"
_DOMAIN = "SELECT domain, active, backupmx FROM domain WHERE domain = :domain"


class PostfixAdmin:
    """The PostfixAdmin that feeds one Postfix."""

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self._tools = tools
        self._postfix = postfix

    def of(self, user: str) -> Iterator[tuple[Place, tuple[Finding, ...]]]:
        """A user in it; nothing where Postfix asks no database, or one that is not PostfixAdmin's."""
        for database in dict.fromkeys(self._databases()):
            try:
                found = self._look(database, user)
            except MailtuiError as error:
                if _is_other(error.message):
                    continue
                yield Place(NAME, clean(user), "unknown", clean(error.message)), ()
                return
            yield found
            return

    def _databases(self) -> Iterator[Database]:
        for table in Tables(self._tools, self._postfix).used:
            if table.kind in ("pgsql", "sqlite") and table.file is not None:
                try:
                    text = read_file(table.file).data.decode("utf-8", "replace")
                except MailtuiError:
                    continue
                if database := of_table(table.kind, text):
                    yield database

    def _look(self, database: Database, user: str) -> tuple[Place, tuple[Finding, ...]]:
        domain = user.rpartition("@")[2]
        mailbox, alias, above = (
            database.ask(self._tools, sql, values)
            for sql, values in (
                (_MAILBOX, {"address": user}),
                (_ALIAS, {"address": user}),
                (_DOMAIN, {"domain": domain}),
            )
        )
        findings = tuple(_wrong(user, mailbox, alias, above))
        if not mailbox:
            told = "it has an alias, but no mailbox" if alias else "it has no mailbox"
            return Place(NAME, clean(user), "missing", told, tuple(_facts(mailbox, alias))), ()
        state: State = "wrong" if findings else "there"
        told = findings[0].title if findings else "its mailbox, its alias and its domain are there"
        return Place(NAME, clean(user), state, told, tuple(_facts(mailbox, alias))), findings


def _wrong(user: str, mailbox: Sequence[Row], alias: Sequence[Row], domain: Sequence[Row]) -> Iterator[Finding]:
    if not mailbox:
        return
    if not _active(mailbox):
        yield say("inactive", user, "mailbox.active = 0")
    targets = {target.strip().lower() for row in alias for target in row["goto"].split(",")}
    if not _active(alias) or user.lower() not in targets:
        yield say("noalias", user, f"alias.goto = {', '.join(sorted(targets)) or '(no row)'}")
    if not _active(domain):
        yield say("domainoff", user, "domain.active = 0" if domain else "domain has no row for it")


def _active(rows: Sequence[Row]) -> bool:
    return any(row["active"].lower() in _TRUE for row in rows)


def _facts(mailbox: Sequence[Row], alias: Sequence[Row]) -> Iterator[str]:
    for row in mailbox:
        limit = human_size(int(row["quota"])) if row["quota"].isdecimal() and int(row["quota"]) > 0 else "none"
        yield clean(f"maildir {row['maildir']}, quota {limit}")
    for row in alias:
        yield clean(f"alias to {row['goto']}")


def _is_other(message: str) -> bool:
    """Whether it is a database without PostfixAdmin's tables."""
    return "does not exist" in message or "no such table" in message or "no such column" in message
