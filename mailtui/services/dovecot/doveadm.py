"""doveadm(1), asked so that its answer can be believed: exit status 0 means nothing while it complains on stderr."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailtui.host.errors import HostError, PermissionDenied, UsageError
from mailtui.host.tools import Tools
from mailtui.services.dovecot import direct
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.model import Store
from mailtui.services.dovecot.strangers import refuse_strangers
from mailtui.text import clean

TIMEOUT = 120.0
MOST = 512 * 2**20
"""Bytes of an answer: some million messages."""
_STATUS = "messages unseen uidnext uidvalidity highestmodseq"
_TAB_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "0": "\0", "1": "\x01"}


@dataclass(frozen=True, slots=True)
class MailboxStatus:
    """What Dovecot says of a mailbox, as of IMAP's STATUS."""

    messages: int
    unseen: int
    uidnext: int
    uidvalidity: int
    highestmodseq: int


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as Dovecot lists it."""

    uid: int
    guid: str
    flags: frozenset[str]
    """IMAP's system flags, with their backslash, and keywords."""


class DoveadmFailed(HostError):
    """doveadm, or Dovecot behind it, could not do what was asked; the message is its own."""


class Doveadm:
    """doveadm of one instance, for one user at a time.

    Every method raises DoveadmFailed where doveadm failed or complained, UsageError for a name that doveadm would take
    for a pattern, and what ``Tools.run`` raises.
    """

    def __init__(self, tools: Tools, config: DovecotConfig, store: Store | None = None) -> None:
        """With ``store``, mail is reached by its folder, as the mail user: without userdb, without the service."""
        self._tools = tools
        self._config = config
        self._store = store

    def reaching(self, store: Store) -> Doveadm:
        """What reaches this mail: the service where it answers and knows the user, else its folder."""
        if store.user:
            with contextlib.suppress(DoveadmFailed):
                self.require(store.user)
                return self
        return Doveadm(self._tools, self._config, store)

    def command(
        self, words: Sequence[str], user: str, arguments: Sequence[str], options: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """The argv of a mail command for ``user``."""
        if self._store is not None:
            return direct.command(self._config, self._store, (*words, *options), arguments)
        # The socket is root's, and doveadm would complain of it.
        quiet = ("-o", "stats_writer_socket_path=") if os.geteuid() != 0 else ()
        where = (*self._config.where, *quiet)
        return ("doveadm", *where, "-f", "tab", *words, *options, "-u", literal(user), "--", *arguments)

    def require(self, user: str) -> None:
        """Make sure that Dovecot answers and knows the user; opens no mailbox."""
        try:
            refuse_strangers(self._config, user)
        except PermissionDenied as error:
            raise DoveadmFailed(error.message, unlock=error.unlock) from error
        result = self._tools.run(
            ["doveadm", *self._config.where, "user", "-f", "home", "--", literal(user)], timeout=TIMEOUT, check=False
        )
        if result.code != 0:
            raise DoveadmFailed(_complaint(result.code, result.error_text))

    def status(self, user: str, mailbox: str) -> MailboxStatus:
        """Counters of a mailbox; opens it, so that Dovecot heals what it can."""
        row = next(self._rows(self.status_command(user, mailbox)), None)
        if row is None:
            raise DoveadmFailed(
                f"{clean(user)} has no mailbox {clean(mailbox)}",
                unlock=f"mailtui mailbox list {shlex.quote(clean(user))}",
            )
        return MailboxStatus(*(int(row[name]) for name in _STATUS.split()))

    def status_command(self, user: str, mailbox: str) -> tuple[str, ...]:
        """The argv of ``status``."""
        return self.command(("mailbox", "status"), user, (_STATUS, literal(mailbox)))

    def mails(self, user: str, mailbox: str) -> list[Mail]:
        """Every message of a mailbox, by UID."""
        rows = self._rows(self.command(("fetch",), user, ("uid guid flags", "mailbox", literal(mailbox), "all")))
        return [Mail(int(row["uid"]), row["guid"], frozenset(row["flags"].split())) for row in rows]

    def force_resync(self, user: str, mailbox: str) -> None:
        """Rescan a mailbox (of mdbox: the whole user); tried twice, since the first may only find out."""
        argv = self.resync_command(user, mailbox)
        result = self._tools.run(argv, timeout=TIMEOUT, check=False)
        if result.code == 75:
            result = self._tools.run(argv, timeout=TIMEOUT, check=False)
        if result.code != 0:
            raise DoveadmFailed(_complaint(result.code, result.error_text))

    def resync_command(self, user: str, mailbox: str) -> tuple[str, ...]:
        """The argv of ``force_resync``."""
        return self.command(("force-resync",), user, (literal(mailbox),))

    def _rows(self, argv: Sequence[str]) -> Iterator[dict[str, str]]:
        result = self._tools.run(argv, timeout=TIMEOUT, max_output=MOST, check=False)
        if result.code != 0 or result.stderr.strip():
            raise DoveadmFailed(_complaint(result.code, result.error_text))
        if result.truncated:
            raise DoveadmFailed(f"doveadm answered with more than {MOST} bytes")
        return tab_rows(result.text)


def tab_rows(text: str) -> Iterator[dict[str, str]]:
    """The rows of doveadm's ``-f tab`` output, by column."""
    lines = text.split("\n")
    names = lines[0].split("\t")
    for line in lines[1:]:
        values = [tab_unescaped(value) for value in line.split("\t")]
        if line and len(values) == len(names):
            yield dict(zip(names, values, strict=True))


def tab_unescaped(value: str) -> str:
    """A value out of Dovecot's tab-separated text (``str_tabunescape`` of src/lib/strescape.c)."""
    head, *rest = value.split("\x01")
    return head + "".join(_TAB_ESCAPES.get(part[:1], part[:1]) + part[1:] for part in rest)


def literal(name: str) -> str:
    """A user or mailbox name that doveadm will not take for a pattern. Raises UsageError where it would."""
    if not name or any(character in "*?%\0\n" for character in name):
        raise UsageError(f"doveadm would take {clean(name)!r} for a pattern, not for one name")
    return name


def _complaint(code: int, stderr: str) -> str:
    """What doveadm complained of first: what follows repeats it."""
    lines = [clean(line) for line in stderr.splitlines() if ": Info:" not in line and line.strip()]
    if code < 0:
        return f"doveadm was ended by signal {-code}: {lines[-1] if lines else 'no word'}"
    lines.sort(key=lambda line: ": Warning:" in line)
    return lines[0] if lines else f"doveadm ended with exit status {code}"
