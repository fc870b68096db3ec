"""Mailboxes, as findings: index files of everybody, and the folders their mail is in; looked at without Dovecot."""

from __future__ import annotations

import time
from pathlib import Path

from mailtui.findings import Finding
from mailtui.host.errors import HostError
from mailtui.services.dovecot import health
from mailtui.services.dovecot.findings import findings
from mailtui.services.dovecot.index.many import check_many
from mailtui.services.dovecot.index.remembered import Remembered
from mailtui.services.dovecot.stores.model import Store
from mailtui.services.dovecot.stores.service import Stores
from mailtui.text import clean

PATIENCE = 12.0
"""Seconds after which no further mailbox is looked at; 5,000 take 3 to 6, and one where nothing has changed."""


def mailboxes(stores: Stores, state: Path) -> tuple[Finding, ...]:
    """What is wrong with any mailbox, as far as the time allows; says where it did not.

    ``state`` is where it is remembered which mailboxes were whole.
    """
    until = time.monotonic() + PATIENCE
    known = [*stores.stores(stores.users())]
    listed = [*stores.mailboxes_of(known)]
    found = [_unknown(one) for one in listed if isinstance(one, HostError)]
    boxes = [mailbox for some in listed if not isinstance(some, HostError) for mailbox in some]
    looks = check_many(boxes, thorough=False, remembered=Remembered(state), stop=lambda: time.monotonic() > until)
    found += [finding for look in looks for finding in findings(look)]
    found += [finding for store in known if isinstance(store, Store) for finding in health.of_store(store)]
    found += [finding for look in looks for finding in look.folders]
    if len(looks) < len(boxes):
        found.append(_unseen(len(boxes) - len(looks)))
    return tuple(found)


def _unknown(error: HostError) -> Finding:
    return Finding(
        f"mailboxes.unknown:{clean(error.message)}",
        "warning",
        "mailboxes",
        "a user's mail",
        "could not be found",
        (clean(error.message),),
        clean(error.unlock),
    )


def _unseen(count: int) -> Finding:
    return Finding(
        "mailboxes.unseen",
        "notice",
        "mailboxes",
        "1 mailbox" if count == 1 else f"{count} mailboxes",
        "not looked at for want of time",
        advice="Look at all of them without a time limit.",
        fix=("mailtui", "mailbox", "check", "--all"),
    )
