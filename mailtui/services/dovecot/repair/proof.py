"""Proof that a repair lost nothing: what a mailbox held before and holds after, compared.

Before, it is read from the disk without Dovecot, which might destroy what it opens; after, Dovecot itself is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailtui.services.dovecot.doveadm import Doveadm

_OF_A_SESSION = "\\Recent"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a mailbox holds. A field that could not be read is None or empty, and then nothing is proven about it."""

    uidvalidity: int | None = None
    uidnext: int | None = None
    mails: Mapping[int, str] = field(default_factory=dict)
    """GUID or, of Maildir, base file name by UID; ``""`` where only the UID is known."""
    flags: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """System flags and keywords by UID."""
    files: int | None = None
    """Messages there are on disk, known to the index or not."""
    subscriptions: frozenset[str] = frozenset()
    """The user's, as they stand on disk."""
    destroyed: int = 0
    """Messages the index knows and whose file holds nothing of them any more; not among ``mails``."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the before and after table."""

    what: str
    before: str
    after: str
    lost: bool
    """Whether ``after`` is worse than ``before``."""


def asked_of_dovecot(doveadm: Doveadm, user: str, mailbox: str) -> Certificate:
    """What Dovecot says the mailbox holds; opens it. Raises what Doveadm raises."""
    status = doveadm.status(user, mailbox)
    mails = doveadm.mails(user, mailbox)
    return Certificate(
        status.uidvalidity,
        status.uidnext,
        {mail.uid: mail.guid for mail in mails},
        {mail.uid: mail.flags - {_OF_A_SESSION} for mail in mails},
        status.messages,
    )


def compare(before: Certificate, after: Certificate) -> tuple[Comparison, ...]:
    """The table of a proof; only what was known before is compared."""
    rows = [_same("UIDVALIDITY", before.uidvalidity, after.uidvalidity), _not_lower(before.uidnext, after.uidnext)]
    if before.files is not None:
        rows.append(_number("messages", before.files, after.files or 0))
    if before.mails:
        kept = sum(_is_same_mail(guid, after.mails.get(uid)) for uid, guid in before.mails.items())
        rows.append(_number("messages under their UID", len(before.mails), kept))
    if before.flags:
        flags = {(uid, flag) for uid, names in before.flags.items() for flag in names}
        kept = sum(flag in after.flags.get(uid, ()) for uid, flag in flags)
        rows.append(_number("flags and keywords", len(flags), kept))
    if before.destroyed:
        rows.append(Comparison("messages the damage destroyed", str(before.destroyed), "", lost=False))
    if before.subscriptions:
        kept = len(before.subscriptions & after.subscriptions)
        rows.append(_number("subscriptions", len(before.subscriptions), kept))
    return tuple(row for row in rows if row is not None)


def _same(what: str, before: int | None, after: int | None) -> Comparison | None:
    return None if before is None else Comparison(what, str(before), str(after), before != after)


def _not_lower(before: int | None, after: int | None) -> Comparison | None:
    return None if before is None else Comparison("UIDNEXT", str(before), str(after), (after or 0) < before)


def _number(what: str, before: int, after: int) -> Comparison:
    return Comparison(what, str(before), str(after), after < before)


def _is_same_mail(before: str, after: str | None) -> bool:
    """Maildir's file name may have its size fields before the repair and not after, or the other way round."""
    return after is not None and (not before or before.split(",S=")[0] == after.split(",S=")[0])
