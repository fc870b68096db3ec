"""What can still be made of a damaged index: out of the one before it, out of the logs, out of itself.

Each of them may know less than the others: a log may be older than its index, or that of another mailbox.
"""

from __future__ import annotations

from mailtui.services.dovecot.index import index_file
from mailtui.services.dovecot.index.damage import Standing
from mailtui.services.dovecot.index.index_file import IndexFile
from mailtui.services.dovecot.index.index_set import IndexSet
from mailtui.services.dovecot.index.reading import read
from mailtui.services.dovecot.index.replay import State, replay
from mailtui.services.dovecot.index.set_reading import position, readable


def backup(folder: int, found: IndexSet) -> IndexFile | None:
    """``.backup``, the index before this one, where it is readable and the logs go on from it."""
    raw = readable(read(folder, f"{found.prefix}.backup"))
    if raw is None or found.log is None or found.log.header is None:
        return None
    index = index_file.parse(raw.data, raw.size)
    if index.flaws or index.header is None or index.header.indexid != found.log.header.indexid:
        return None
    logs = [one for one in (found.log, found.older) if one is not None]
    return index if position(index, index.header, logs) is None else None


def is_behind(index: IndexFile | None, state: State, before: IndexFile | None) -> bool:
    """Whether an index that is fine in itself knows more than what could be made without it.

    ``state`` is that, ``before`` the index before this one, where it belongs to the log.
    """
    if index is None or index.header is None or index.flaws:
        return False
    own = replay(index, [])
    if state.uidvalidity and state.uidvalidity != own.uidvalidity:  # one of them was put here from another mailbox
        return before is None
    gone = {uid for uid in own.flags if uid < (state.next_uid or 1)} - state.flags.keys()
    known, made = ({(uid, name) for uid in one.flags for name in ("", *one.names(uid))} for one in (own, state))
    return sum(uid not in gone for uid, _ in known - made) > len(made - known)


def best_state(folder: int, found: IndexSet) -> State:
    """The mailbox as far as anything on disk still tells: by the index, by the one before it, by the logs alone."""
    damaged = any(name == found.prefix for name, _ in found.found)
    if found.state.complete and not damaged:
        return found.state
    logs = [one for one in (found.older, found.log) if one]
    before = backup(folder, found)
    others = [state for state in (replay(index, logs) for index in (None, before)) if state.complete]
    if any(is_behind(found.index, state, before) for state in others):
        return replay(found.index, [])
    return next(iter(others), found.state)


def standing(folder: int, found: IndexSet) -> Standing:
    """What these files can be mended with."""
    log = found.log
    if log is None or log.header is None:
        return Standing()
    logs = [one for one in (found.older, log) if one]
    before = backup(folder, found)
    lossless = found.lossless and not is_behind(found.index, replay(None, logs), before)
    goes_on = before is not None and not is_behind(found.index, replay(before, logs), before)
    return Standing(lossless, goes_on, log.size, log.end)
