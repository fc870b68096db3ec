"""Put deleted queue files back: into ``hold`` first, then on to ``deferred`` where they were not on hold before.

That is how a queue is restored from a backup (postsuper(1), -s): the file says sender, recipients, arrival and content,
and which recipients have had it; nothing is rewritten or filtered again. A long queue ID stays. A short one names the
file's inode, so that the message gets a new one. As cleanup(8) does, the file is complete before its owner's x bit
says so.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import cast

from mailtui.changes.plan import Json, Missed, Note, Outcome
from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.files import errors_named, opened
from mailtui.services.postfix.queue.copies import Copies, Copy
from mailtui.services.postfix.queue.ids import checked_id
from mailtui.services.postfix.queue.postsuper import BATCH, Postsuper
from mailtui.services.postfix.queue.spool import HOLD, Spool
from mailtui.services.postfix.queue.verbs import RELEASE
from mailtui.services.postfix.queue.work import TIMEOUT

_HIDDEN, _COMPLETE = 0o600, 0o700
_SECONDS = 5
"""Digits of a short queue ID before the inode's (microseconds of its arrival)."""
_SHORT = frozenset("0123456789ABCDEF")


def restore(postsuper: Postsuper, copies: Copies, outcome: Outcome, note: Note) -> Outcome:
    """Put back those in ``outcome.done``; may be called again after a crash. Raises what its parts raise."""
    known = cast(Mapping[str, Json], outcome.memory.get("copies") or {})
    was_held = set(cast(Sequence[str], outcome.memory.get("was_held") or ()))
    restorer = _Restorer(postsuper, copies)
    names_now: dict[str, str] = {}
    skipped: list[Missed] = []
    for start in range(0, len(outcome.done), BATCH):
        names = [checked_id(name) for name in outcome.done[start : start + BATCH]]
        note({"restoring": names})
        back, missed = restorer.restore(names, known)
        restorer.release([new for old, new in back.items() if old not in was_held])
        names_now |= back
        skipped += missed
    renamed = {old: new for old, new in names_now.items() if new != old}
    return Outcome(tuple(names_now), tuple(skipped), now=renamed)


class _Restorer:
    """Makes hidden files, writes down that they are put back, and shows them to Postfix."""

    def __init__(self, postsuper: Postsuper, copies: Copies) -> None:
        self._tools = postsuper.tools
        self._postfix = postsuper.postfix
        self._copies = copies
        self._spool = Spool.of(self._postfix)
        self._hold = self._spool.folder / HOLD

    def restore(self, names: Sequence[str], known: Mapping[str, Json]) -> tuple[dict[str, str], list[Missed]]:
        """Old and new queue IDs of those that are on hold now, or were before a crash; and why the others are not."""
        packs: dict[str, dict[str, str]] = {}
        missed: list[Missed] = []
        taken = {name for name, place in self._spool.find(names).items() if not _is_hidden(Path(place.path))}
        for name in names:
            try:
                copy = Copy.read(known.get(name))
                new = self._copies.put_back(copy.pack).get(name) or self._hidden(name, copy, taken)
                packs.setdefault(copy.pack, {})[name] = checked_id(new)
            except MailtuiError as error:
                missed.append(Missed(name, error.message))
        for pack, back in packs.items():
            self._copies.mark(pack, back)
        self._show([new for back in packs.values() for new in back.values()])
        return {old: new for back in packs.values() for old, new in back.items()}, missed

    def release(self, names: Sequence[str]) -> None:
        """Let these go on; one that is no longer on hold has gone on."""
        held = [name for name, place in self._spool.find(names).items() if place.queue_name == HOLD]
        if held:
            lines = "\n".join(map(checked_id, held)) + "\n"
            self._tools.run(RELEASE.argv(self._postfix), stdin=lines.encode("ascii"), timeout=TIMEOUT)

    def _hidden(self, name: str, copy: Copy, taken: Collection[str]) -> str:
        """A file in ``hold`` that Postfix does not see yet; its name, which is the new queue ID."""
        if name in taken:
            raise HostError("another message has this ID now")
        data = self._copies.content(copy)
        path = self._hold / name
        owner = pwd.getpwnam(self._postfix.get("mail_owner"))
        with errors_named(path):
            if _is_hidden(path):  # a crash left it
                path.unlink()
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _HIDDEN)
            try:
                with os.fdopen(fd, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fchown(fd, owner.pw_uid, owner.pw_gid)
                    os.fsync(fd)
                    inode = os.fstat(fd).st_ino
                new = f"{name[:_SECONDS]}{inode:X}" if set(name) <= _SHORT else name
                return path.rename(self._hold / new).name
            except BaseException:
                path.unlink(missing_ok=True)
                raise

    def _show(self, names: Sequence[str]) -> None:
        """Say that the files are complete, where that has not been said before."""
        for name in names:
            path = self._hold / name
            if _is_hidden(path):
                with errors_named(path):
                    path.chmod(_COMPLETE)
        with opened(self._hold, os.O_RDONLY | os.O_DIRECTORY) as folder:
            os.fsync(folder)
        if HOLD in self._postfix.get("hash_queue_names"):
            self._tools.run(["postsuper", *self._postfix.where, "-s", HOLD], timeout=TIMEOUT)


def _is_hidden(path: Path) -> bool:
    """Whether it is there and said to be incomplete."""
    try:
        return stat.S_IMODE(path.lstat().st_mode) == _HIDDEN
    except FileNotFoundError:
        return False
