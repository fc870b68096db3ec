"""Are these still the messages that a plan was made for? Asked just before each is touched.

Root reads the queue files themselves; whoever may only list the queue asks postqueue(1).
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

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
        results = [look(target) if is_queue_id(target.name) else Missed(target.name, NO_ID) for target in targets]
        missed = tuple([result for result in results if isinstance(result, Missed)])
        if self._listed is None and any(one.why == GONE for one in missed):
            results = self._elsewhere(targets, {one.target for one in missed if one.why == GONE}, results)
            missed = tuple([result for result in results if isinstance(result, Missed)])
        return Looked(tuple([result for result in results if isinstance(result, Found)]), missed)

    def _read(self, target: Target, place: Place | None = None) -> Found | Missed:
        """As the file says that lies in ``place`` or, without one, where it should."""
        try:
            known = self._spool.read(target.name) if place is None else self._spool.read_at(place)
        except ValueError:
            return Missed(target.name, DAMAGED)
        except OSError as error:
            return Missed(target.name, error.strerror or str(error))
        if known is None:
            return Missed(target.name, GONE)
        queue_name, path, head = known
        if not head.is_(target.identity):
            return Missed(target.name, ANOTHER)
        return Found(target, queue_name, head.expired, path)

    def _asked(self, target: Target) -> Found | Missed:
        """As postqueue said."""
        if self._listed is None or target.name not in self._listed:
            return Missed(target.name, GONE)
        return self._listed[target.name] or Missed(target.name, ANOTHER)

    def _elsewhere(
        self, targets: Sequence[Target], gone: Set[str], results: Sequence[Found | Missed]
    ) -> list[Found | Missed]:
        """The results, with what moved from queue to queue meanwhile or lies where Postfix would not look."""
        places = self._spool.find(gone)
        return [
            self._read(target, places[target.name]) if target.name in places else result
            for target, result in zip(targets, results, strict=True)
        ]


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
        check = f"postfix {shlex.join(postfix.where)} check"
        raise HostError(f"the queue below {spool.folder} cannot be read", unlock=check)
