"""Changes: carries plans out, knows every one that was, and undoes them."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from mailtui.changes.encoding import Record, plan_json
from mailtui.changes.files import NAME as FILE_REPLACE
from mailtui.changes.files import FileReplace
from mailtui.changes.history import Change, add_record, read_history
from mailtui.changes.journal import Journal, Records, Writer
from mailtui.changes.operator import operator
from mailtui.changes.plan import Action, Json, Plan, Receipt
from mailtui.changes.running import Progress, Run, Stop
from mailtui.changes.sifting import begun, concerning, kin, latest
from mailtui.changes.undoing import undo_plan
from mailtui.host.collector import collector_resting
from mailtui.host.errors import HostError, MailtuiError, PermissionDenied, UsageError

RECENT = 8 * 2**20
"""Bytes of the journal: some thousand changes, or some in which ten thousand messages were touched."""
_UNTIL = re.compile(rb'"until":\d')
"""In the first record of a change for a time only; within a text its quotes would be escaped."""


class Changes:
    """The one way in which mailtui changes the machine."""

    def __init__(
        self, state: Path, actions: Mapping[str, Action], *, read_only: bool = False, who: str | None = None
    ) -> None:
        self._journal = Journal(state)
        self._actions: dict[str, Action] = {FILE_REPLACE: FileReplace(state), **actions}
        self._read_only = read_only
        self._who = who or operator()
        self._latest: tuple[tuple[int, ...], tuple[Change, ...]] = ((-1,), ())

    @property
    def why_not(self) -> str:
        """Why nothing may be changed here; ``""`` when it may."""
        return "mailtui runs read-only" if self._read_only else ""

    def apply(self, plan: Plan, *, progress: Progress | None = None, stop: Stop | None = None) -> Receipt:
        """Carry ``plan`` out. ``progress`` is told each step; ``stop`` is asked before each step and each part of one.

        Raises PermissionDenied, HostError or UsageError when nothing was begun; HostError when it was interrupted and
        is to be recovered, as where the disk with the journal is full: its message says so.
        """
        self.check(plan)
        with collector_resting(), self._journal.writing() as writer:
            return self._begin({}, writer, plan, {}, progress, stop)

    def check(self, plan: Plan) -> None:
        """Refuse what ``apply`` would not even begin. Raises PermissionDenied or UsageError."""
        self._require_writable()
        if not plan.steps:
            raise UsageError("there is nothing to do")

    def undo(self, change_id: str, *, progress: Progress | None = None, stop: Stop | None = None) -> Receipt:
        """Undo what stands of a change; undoing an undo does it again.

        Raises UsageError when there is no such change or nothing of it to be undone, and what ``apply`` raises.
        """
        self._require_writable()
        with collector_resting(), self._journal.writing() as writer:
            change, changes = self._kin(change_id)
            plan, of = undo_plan(change)
            about: dict[str, Json] = {"undoes": change.id, "of": of, "is_undo": not change.is_undo}
            return self._begin(changes, writer, plan, about, progress, stop)

    def undo_plan(self, change_id: str) -> Plan:
        """What ``undo`` would do. Raises UsageError when there is nothing to be undone."""
        return undo_plan(self.change(change_id))[0]

    def changes(self) -> tuple[Change, ...]:
        """All of them, newest first. Raises PermissionDenied or HostError when the journal cannot be read."""
        return _newest_first(self._journal.read())

    def recent(self) -> tuple[Change, ...]:
        """Those in the newest part of the journal, as people are told of them: read in a moment however long it is."""
        return _newest_first(self._journal.read(RECENT), told=True)

    def latest(self, most: int) -> tuple[Change, ...]:
        """At most so many of the recent ones, newest first, without what undoing them needs.

        The same tuple as last time where nothing has been added since.
        """
        with self._journal.lines(RECENT) as lines:
            version = (*lines.version, most)
            found = None if version == self._latest[0] else Records(latest(lines, most), lines.busy)
        if found is not None:
            self._latest = version, _newest_first(found, told=True)
        return self._latest[1]

    def change(self, change_id: str) -> Change:
        """One, by its name or the beginning of it. Raises UsageError when there is none or more than one."""
        return self._kin(change_id, idle=False)[0]

    def interrupted(self) -> tuple[Change, ...]:
        """Recent ones that were begun and nobody ends any more, newest first."""
        return tuple(change for change in self.recent() if change.interrupted)

    def temporary(self) -> tuple[Change, ...]:
        """Recent ones that stand for a time only, the one that ends first before the others."""
        with self._journal.lines(RECENT) as lines:
            if not any(map(_UNTIL.search, lines)):
                return ()  # nearly always; this is asked again and again
        found = [change for change in self.recent() if change.temporary]
        return tuple(sorted(found, key=lambda change: change.plan.until or 0.0))

    def torn(self) -> int:
        """Lines of the journal that were cut off while being written."""
        return self._journal.read().torn

    def recover(self, change_id: str, *, progress: Progress | None = None) -> Receipt:
        """Find out what an interrupted change did, put back what must be all or nothing, and end it.

        Raises UsageError when it is not interrupted, and of the error family when its action cannot look now.
        """
        self._require_writable()
        with self._journal.writing() as writer:
            change, changes = self._kin(change_id)
            if change.ended is not None:
                raise UsageError(
                    f"{change.id} was not interrupted",
                    unlock=f"mailtui changes {change.id} shows it; mailtui undo {change.id} undoes it",
                )
            self._run(change, changes, writer, progress, None).settle()
            return change.receipt()

    def _begin(
        self,
        changes: dict[str, Change],
        writer: Writer,
        plan: Plan,
        about: Mapping[str, Json],
        progress: Progress | None,
        stop: Stop | None,
    ) -> Receipt:
        record: Record = {
            "record": "begin",
            "change": f"{time.strftime('%Y%m%d')}-{writer.size:04x}",
            "time": time.time(),
            "who": self._who,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            **about,
            "plan": plan_json(plan),
        }
        writer.begin(record)
        add_record(changes, record)
        change = changes[str(record["change"])]
        change.running = True
        try:
            self._run(change, changes, writer, progress, stop).go_on(plan.steps)
        except MailtuiError as error:
            raise HostError(
                f"{change.id} was begun and could not be ended: {error.message}",
                unlock=f"mend that, then find out what was done: mailtui undo --recover {change.id}",
            ) from error
        return replace(change.receipt(), plan=plan)

    def _run(
        self,
        change: Change,
        changes: dict[str, Change],
        writer: Writer,
        progress: Progress | None,
        stop: Stop | None,
    ) -> Run:
        return Run(change, changes, writer, self._actions, progress or _silent, stop or _never)

    def _kin(self, name: str, *, idle: bool = True) -> tuple[Change, dict[str, Change]]:
        """The change so named, and all that it cannot be told without; ``idle`` where none but us can be making one."""
        with self._journal.lines() as lines:
            all_begun, busy = tuple(begun(lines)), lines.busy and not idle
        names = [one.name for one in all_begun]
        name = _named(names, name)
        related = kin(all_begun, name)
        with self._journal.lines() as lines:
            records = Records(concerning(lines, related), busy and names[-1] in related)
        found = read_history(records, busy=records.busy)
        return found[name], found

    def _require_writable(self) -> None:
        if self._read_only:
            raise PermissionDenied(f"{self.why_not}: nothing was changed", unlock="start it without --read-only")


def _newest_first(found: Records, *, told: bool = False) -> tuple[Change, ...]:
    return tuple(reversed(read_history(found, busy=found.busy, told=told).values()))


def _named(names: Collection[str], name: str) -> str:
    """The one of ``names`` that is called so, or begins so. Raises UsageError when that is none or more than one."""
    found = {name} if name in names else {known for known in names if name and known.startswith(name)}
    if len(found) == 1:
        return found.pop()
    problem = "several changes begin with" if found else "there is no change"
    raise UsageError(f"{problem} {name!r}", unlock="mailtui changes lists them")


def _silent(_what: str) -> None:
    """Tell nobody."""


def _never() -> bool:
    return False
