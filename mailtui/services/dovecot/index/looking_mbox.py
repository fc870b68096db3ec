"""An mbox against its index: whether it still is one, and as long as Dovecot left it.

Where the file stood when Dovecot last synchronised it is in the index's extension ``mbox`` (``struct
mbox_index_header`` of Dovecot's src/lib-storage/index/mbox/mbox-storage.h), its UIDVALIDITY in its first message
(``X-IMAP``, ``X-IMAPbase``). Other programs may write to it too: only what none of them would do is told.
"""

from __future__ import annotations

import re
import struct

from mailtui.services.dovecot.index.damage import MAIL
from mailtui.services.dovecot.index.extension import kept
from mailtui.services.dovecot.index.flaws import Flaw, in_the_way
from mailtui.services.dovecot.index.index_set import IndexSet
from mailtui.services.dovecot.index.looking import Looking
from mailtui.services.dovecot.index.reading import read

_HEAD = 2**16
"""Bytes in which the first message's header ends."""
_BEGINNING = b"From "
_SYNC_SIZE = struct.Struct("<Q")
_IDENTITY = re.compile(rb"^X-IMAP(?:base)?: (\d{1,10}) ", re.ASCII | re.IGNORECASE | re.MULTILINE)


def look_at(looking: Looking, found: IndexSet) -> None:
    """The file of messages. Raises OSError, ValueError where its folder cannot be had."""
    path = looking.mailbox.mail
    folder = looking.open(path.parent)
    raw = read(folder, path.name, _HEAD) if folder is not None else None
    state = found.state
    if raw is None:
        if state.complete and state.flags:
            looking.say(Flaw("mbox.lost", f"{len(state.flags)} messages were in it"), path.name, MAIL)
        return
    if raw.instead:
        looking.say(in_the_way(raw), path.name, MAIL)
        return
    looking.rights(raw, MAIL)
    if raw.size and not raw.data.startswith(_BEGINNING):
        looking.say(Flaw("mbox.header", "its first line is no From_ line"), path.name, MAIL)
        return
    identity = _IDENTITY.search(raw.data.partition(b"\n\n")[0])
    if identity and state.complete and state.uidvalidity not in (None, 0, int(identity[1])):
        says = f"UIDVALIDITY {int(identity[1])}, {state.uidvalidity} in the index"
        looking.say(Flaw("mbox.uidvalidity", says), path.name, MAIL)
        return
    header = kept(found, "mbox").header
    (known,) = _SYNC_SIZE.unpack_from(header) if len(header) >= _SYNC_SIZE.size else (0,)
    if state.complete and raw.size < known:
        looking.say(Flaw("mbox.short", f"{raw.size} bytes, {known} when Dovecot last wrote it"), path.name, MAIL)
