"""Are these still the messages that a plan was made for? Asked just before each is touched.

Root reads the queue files themselves; whoever may only list the queue asks postqueue(1).
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailtui.changes.plan import Missed, Target
from mailtui.host.errors import HostError, PermissionDenied
from mailtui.host.tools import Tools
from mailtui.host.users import user
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.ids import is_queue_id
from mailtui.services.postfix.queue.listing import read_queue
from mailtui.services.postfix.queue.privilege import sudo_rule
from mailtui.services.postfix.queue.spool import Place, Spool

GONE = "gone"
ANOTHER = "another message has this ID now"
NO_ID = "this is no queue ID"
DAMAGED = "its queue file is damaged; postqueue(1) and qmgr(8) say how"


class Found(NamedTuple):
    """One message that is still what it was; a tuple, as ``Head`` is."""

    target: Target
    queue_name: str
    expired: bool = False
    path: str = ""
    """Of its queue file; ``""`` where only postqueue was asked."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The targets that can be touched, and why the others cannot."""

    found: tuple[Found, ...]
    missed: tuple[Missed, ...]


class Look:
    """Looks at a known set of messages, wherever they have moved."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, targets: Iterable[Target]) -> None:
        """Raises what ``PostfixConfig.get`` and, for whoever may not read the spool, ``read_queue`` raises."""
        self._spool = Spool.of(postfix)
        self._listed: dict[str, Found | None] | None = None
        if not self._spool.readable:
            wanted = {target.name: target for target in targets if is_queue_id(target.name)}
            self._listed = _listed(tools, postfix, wanted)

    def at(self, targets: Sequence[Target]) -> Looked:
        """How it is with these now."""
        look = self._read if self._listed is None else self._asked
        found: list[Found] = []
        missed: list[Missed] = []
        gone: list[Target] = []
        for target in targets:
            result = look(target) if is_queue_id(target.name) else NO_ID
            if not isinstance(result, str):
                found.append(result)
            elif result == GONE and self._listed is None:
                gone.append(target)
            else:
                missed.append(Missed(target.name, result))
        if gone:
            self._look_elsewhere(gone, found, missed)
        return Looked(tuple(found), tuple(missed))

    def _read(self, target: Target, place: Place | None = None) -> Found | str:
        """As the file says that lies in ``place`` or, without one, where it should; or why it cannot be touched."""
        try:
            known = self._spool.read(target.name) if place is None else self._spool.read_at(place)
        except ValueError:
            return DAMAGED
        except OSError as error:
            return error.strerror or str(error)
        if known is None:
            return GONE
        queue_name, path, head = known
        return Found(target, queue_name, head.expired, path) if head.is_(target.identity) else ANOTHER

    def _asked(self, target: Target) -> Found | str:
        """As postqueue said."""
        if self._listed is None or target.name not in self._listed:
            return GONE
        return self._listed[target.name] or ANOTHER

    def _look_elsewhere(self, gone: Sequence[Target], found: list[Found], missed: list[Missed]) -> None:
        """What moved from queue to queue meanwhile or lies where Postfix would not look."""
        places = self._spool.find(target.name for target in gone)
        for target in gone:
            result = self._read(target, places[target.name]) if target.name in places else GONE
            if isinstance(result, str):
                missed.append(Missed(target.name, result))
            else:
                found.append(result)


def _listed(tools: Tools, postfix: PostfixConfig, wanted: dict[str, Target]) -> dict[str, Found | None]:
    """By postqueue; None for another message with a wanted ID."""
    listed: dict[str, Found | None] = {}
    for entry in read_queue(tools, postfix).entries:
        target = wanted.get(entry.queue_id)
        if target is not None:
            same = entry.target().identity == target.identity
            listed[entry.queue_id] = Found(target, entry.queue_name, entry.forced_expire) if same else None
    return listed


def require_root(postfix: PostfixConfig, what: str) -> None:
    """Raises PermissionDenied where this user may not use postsuper(1), HostError where the queue cannot be read."""
    if os.geteuid() != 0:
        raise PermissionDenied(f"{user()} may not {what}: postsuper(1) is root's", unlock=f"sudo rule: {sudo_rule()}")
    spool = Spool.of(postfix)
    if not spool.readable:
        check = shlex.join(("postfix", *postfix.where, "check"))
        raise HostError(f"the queue below {spool.folder} cannot be read", unlock=check)
