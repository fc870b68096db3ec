r"""The mailboxes a user has subscribed to, as the file ``subscriptions`` has them.

Its two forms are those of Dovecot's src/lib-storage/list/subscription-file.c: a name a line and, with ``V\t2`` at the
top, the parts of a name with tabs between them.
"""

from __future__ import annotations

from contextlib import ExitStack

from mailtui.services.dovecot.doveadm import tab_unescaped
from mailtui.services.dovecot.index.reading import open_folder, read
from mailtui.services.dovecot.stores.model import Store

_SECOND = "V\t2"
_MOST = 2**20
"""Bytes of the file that are read; Dovecot takes no name of more than 4 kB."""


def subscriptions(store: Store) -> frozenset[str]:
    """Names as they stand on disk, their parts joined by ``/`` where the file tells them apart; none without a file.

    Raises OSError, ValueError where the folder of the file cannot be opened.
    """
    name = ".subscriptions" if store.format == "mbox" else "subscriptions"
    with ExitStack() as stack:
        try:
            raw = read(open_folder(stack, store, store.control_root or store.root), name, _MOST)
        except FileNotFoundError:
            return frozenset()
    return parse(raw.data) if raw is not None and not raw.instead else frozenset()


def parse(data: bytes) -> frozenset[str]:
    """The names in such a file, raw."""
    first, *rest = data.decode("utf-8", "surrogateescape").split("\n")
    if first != _SECOND:
        return frozenset(filter(None, (first, *rest)))
    return frozenset("/".join(map(tab_unescaped, line.split("\t"))) for line in rest if line)
