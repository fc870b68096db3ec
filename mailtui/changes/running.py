"""One change while it is being made: every step between two records of the journal."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mailtui.changes.encoding import Record, outcome_json
from mailtui.changes.history import Change, add_record
from mailtui.changes.journal import Writer
from mailtui.changes.plan import Action, Json, Missed, Outcome, Step
from mailtui.changes.step_record import StepRecord
from mailtui.changes.undoing import standing_outcome
from mailtui.host.errors import MailtuiError

Progress = Callable[[str], None]
Stop = Callable[[], bool]


class Cancelled(MailtuiError):
    """The operator wanted no more of it."""

    exit_code = 130


class Run:
    """Carries a change from its begin to its end; a later process may take it up where it stopped."""

    def __init__(
        self,
        change: Change,
        changes: dict[str, Change],
        writer: Writer,
        actions: Mapping[str, Action],
        progress: Progress,
        stop: Stop,
    ) -> None:
        self.change = change
        self._changes = changes
        self._writer = writer
        self._actions = actions
        self._listener = progress
        self._stop = stop

    def go_on(self, steps: tuple[Step, ...]) -> None:
        """Do every step that is not done, in order, until one fails; then end. ``steps`` hold their content."""
        for index, step in enumerate(steps):
            record = self.change.steps[index]
            if record.outcome is None:
                if self._stop():
                    break
                self._progress(step.why)
                self._do(index, step)
            if record.outcome is None or record.outcome.failed:
                break
        self.finish()

    def settle(self) -> None:
        """After a crash: find out what the step that was cut off did, write it down, and end; an undo is finished.

        Raises MailtuiError when that cannot be found out now.
        """
        if self.change.is_undo:  # the rest still has what it needs, and half undone is neither old nor new
            self.go_on(tuple(record.step for record in self.change.steps))
            return
        for index, record in enumerate(self.change.steps):
            if record.begun and record.outcome is None:
                self._progress(record.step.why)
                self._write_outcome(index, self._found_out(record, "mailtui was stopped before it was done"))
        self.finish()

    def finish(self) -> None:
        """Undo what was done of a change that is all or nothing and was not all; then write the end."""
        whole = not self.change.failed and all(record.outcome is not None for record in self.change.steps)
        if self.change.plan.all_or_nothing and not whole:
            for index in reversed(range(len(self.change.steps))):
                record = self.change.steps[index]
                if record.outcome is not None and record.outcome.done and record.back is None:
                    self._put_back(index, record)
        self._write({"record": "end", "ending": self.change.ending})

    def _progress(self, what: str) -> None:
        """Tell whoever listens; that they have gone is no reason to stop halfway."""
        with contextlib.suppress(Exception):
            self._listener(what)

    def _do(self, index: int, step: Step) -> None:
        """One step, between its intent and its outcome."""
        record = self.change.steps[index]
        if not record.begun:
            self._write({"record": "intent", "step": index})
        began = time.monotonic()
        try:
            action = self._action(step)
            note = self._noting(index, stoppable=not self.change.is_undo)
            if self.change.is_undo:
                was = self._changes[self.change.undoes].steps[self.change.of[index]]
                outcome = action.undo(was.step, standing_outcome(was), note)
            else:
                outcome = action.apply(step, note)
        except Exception as error:  # whatever an action raises, the journal must tell what it did
            outcome = self._after_error(step, record, error)
        self._write_outcome(index, _named(outcome, step), seconds=round(time.monotonic() - began, 3))

    def _after_error(self, step: Step, record: StepRecord, error: Exception) -> Outcome:
        """What a step did that raised; without a note it did nothing."""
        why = _said(error)
        if not record.notes or self.change.is_undo:
            return Outcome(failed=_each(step, why))
        outcome = self._found_out(record, why)
        return outcome if outcome.failed else replace(outcome, failed=(Missed(step.why, why),))

    def _found_out(self, record: StepRecord, why: str) -> Outcome:
        """What a step really did that did not come to its end; ``why`` is said of the rest."""
        step = record.step
        try:
            outcome = self._action(step).recover(step, tuple(record.notes))
        except MailtuiError:
            raise
        except Exception as error:
            raise MailtuiError(f"what became of it could not be found out: {step.why}: {error}") from error
        told = {*outcome.done, *(missed.target for missed in (*outcome.skipped, *outcome.failed))}
        rest = tuple(target for target in step.targets if not {target.name, target.label} & told)
        if told and len(rest) == len(step.targets):
            return outcome
        missed = tuple(Missed(target.name, why) for target in rest) if step.targets else (Missed(step.why, why),)
        return replace(outcome, failed=(*outcome.failed, *missed))

    def _put_back(self, index: int, record: StepRecord) -> None:
        step = record.step
        self._progress(f"put back: {step.why}")
        self._write({"record": "back", "step": index})
        if not step.reversible:
            backed = Outcome(failed=_each(step, step.undo or "there is no undo for it"))
        else:
            try:
                backed = self._action(step).undo(step, record.outcome or Outcome(), self._noting(index))
            except Exception as error:  # the others must be put back all the same
                why = _said(error)
                backed = Outcome(failed=_each(step, why))
        self._write({"record": "backed", "step": index, **outcome_json(backed)})

    def _action(self, step: Step) -> Action:
        action = self._actions.get(step.action)
        if action is None:
            raise MailtuiError(f"this version of mailtui knows no action {step.action!r}")
        return action

    def _noting(self, index: int, *, stoppable: bool = False) -> Callable[[Mapping[str, Json]], None]:
        """What an action notes with. Undoing is stopped only between steps: nothing could tell how far it came."""

        def note(said: Mapping[str, Json]) -> None:
            if stoppable and self._stop():
                raise Cancelled("stopped by the operator")
            self._write({"record": "note", "step": index, "note": said})

        return note

    def _write_outcome(self, index: int, outcome: Outcome, **more: float) -> None:
        """Lasting as soon as anything else is done or the change has ended; until then it can be found out again."""
        self._write({"record": "outcome", "step": index, **outcome_json(outcome), **more}, lasting=False)

    def _write(self, record: Record, *, lasting: bool = True) -> None:
        full: dict[str, Any] = {"change": self.change.id, "time": time.time(), **record}
        self._writer.write(full, lasting=lasting)
        add_record(self._changes, full)


def _named(outcome: Outcome, step: Step) -> Outcome:
    """A step without targets that did not fail is done itself."""
    if outcome.done or outcome.skipped or outcome.failed:
        return outcome
    return replace(outcome, done=(step.why,))


def _each(step: Step, why: str) -> tuple[Missed, ...]:
    return tuple(Missed(target.name, why) for target in step.targets) or (Missed(step.why, why),)


def _said(error: Exception) -> str:
    """What went wrong, and what can be done about it."""
    if isinstance(error, MailtuiError):
        return error.told
    return f"{type(error).__name__}: {error}"
