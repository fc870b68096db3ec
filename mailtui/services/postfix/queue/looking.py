"""Are these still the messages that a plan was made for? Asked just before each is touched.

Root reads the queue files themselves; whoever may only list the queue asks postqueue(1).
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailtui.changes.plan import Missed, Target
from mailtui.host.errors import HostError, PermissionDenied
from mailtui.host.tools import Tools
from mailtui.host.users import user
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.ids import is_queue_id
from mailtui.services.postfix.queue.listing import read_queue
from mailtui.services.postfix.queue.privilege import sudo_rule
from mailtui.services.postfix.queue.spool import Place, Spool, read_head

GONE = "gone"
ANOTHER = "another message has this ID now"
NO_ID = "this is no queue ID"
DAMAGED = "its queue file is damaged; postqueue(1) and qmgr(8) say how"


@dataclass(frozen=True, slots=True)
class Found:
    """One message that is still what it was."""

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
    """One look at the queue for a known set of messages, refreshed where they have moved."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, targets: Iterable[Target]) -> None:
        """Raises what ``PostfixConfig.get`` and, for whoever may not read the spool, ``read_queue`` raises."""
        self._spool = Spool(Path(postfix.get("queue_directory")))
        self._listed: dict[str, Found | None] | None = None
        wanted = {target.name: target for target in targets if is_queue_id(target.name)}
        self._places: dict[str, Place] = {}
        if self._spool.readable:
            self._places = self._spool.find(wanted)
        else:
            self._listed = _listed(tools, postfix, wanted)

    def at(self, targets: Sequence[Target]) -> Looked:
        """How it is with these now."""
        results = [self._one(target) for target in targets]
        again = [target for target, result in zip(targets, results, strict=True) if _why(result) == GONE]
        if again and self._listed is None:
            self._places.update(self._spool.find({target.name for target in again if is_queue_id(target.name)}))
            results = [
                self._one(target) if _why(result) == GONE else result
                for target, result in zip(targets, results, strict=True)
            ]
        return Looked(
            tuple([result for result in results if isinstance(result, Found)]),
            tuple([result for result in results if isinstance(result, Missed)]),
        )

    def _one(self, target: Target) -> Found | Missed:
        place = self._places.get(target.name)
        if place is not None:
            return _read(target, place)
        if not is_queue_id(target.name):
            return Missed(target.name, NO_ID)
        if self._listed is None or target.name not in self._listed:
            return Missed(target.name, GONE)
        return self._listed[target.name] or Missed(target.name, ANOTHER)


def _read(target: Target, place: Place) -> Found | Missed:
    try:
        head = read_head(place.path)
    except ValueError:
        return Missed(target.name, DAMAGED)
    except OSError as error:
        return Missed(target.name, error.strerror or str(error))
    if head is None:
        return Missed(target.name, GONE)
    if not head.is_(target.identity):
        return Missed(target.name, ANOTHER)
    return Found(target, place.queue_name, head.expired, place.path)


def _why(result: Found | Missed) -> str:
    return result.why if isinstance(result, Missed) else ""


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
    folder = Path(postfix.get("queue_directory"))
    if not Spool(folder).readable:
        raise HostError(f"the queue below {folder} cannot be read", unlock=f"postfix {shlex.join(postfix.where)} check")
