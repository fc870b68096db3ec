"""Plans and outcomes as the JSON of the journal, and back.

What a step needs is written whole; what is only told to people is cut to a length that keeps the journal readable.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from mailtui.changes.plan import Json, Missed, Outcome, Plan, Step, Target
from mailtui.host.errors import MailtuiError, UsageError

MAX_RECORD = 64 * 2**20
"""Bytes; a larger plan is refused before anything is done."""
MAX_TOLD = 4_000
"""Characters of a sentence for people, such as why a target failed."""
MAX_DIFF = 256_000

Record = dict[str, Any]

# What holds itself meets a RecursionError; looking out for it takes a third of the time.
_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":"), check_circular=False).encode


def encoded(record: Mapping[str, Json]) -> bytes:
    """One line; every character that could drive a terminal is escaped. Raises UsageError."""
    try:
        line = _encode(record).replace("\x7f", "\\u007f")
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"this change cannot be written to the journal: {error}") from error
    if len(line) > MAX_RECORD:
        raise UsageError(f"this change is larger than {MAX_RECORD} bytes", unlock="make it in several parts")
    return line.encode("ascii") + b"\n"


def decoded(line: bytes) -> Record | None:
    """What a line says; None for a torn one."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def told(text: str, limit: int = MAX_TOLD) -> str:
    """``text``, cut where it is too long."""
    return text if len(text) <= limit else text[:limit] + " …"


def plan_json(plan: Plan) -> Record:
    """All of a plan but the steps' content."""
    return {
        "title": told(plan.title),
        "all_or_nothing": plan.all_or_nothing,
        "until": plan.until,
        "steps": [_step_json(step) for step in plan.steps],
    }


def _step_json(step: Step) -> Record:
    return {
        "action": step.action,
        "arguments": step.arguments,
        "why": told(step.why),
        "commands": step.commands,
        "diff": told(step.diff, MAX_DIFF),
        "risk": told(step.risk),
        "undo": told(step.undo),
        "reversible": step.reversible,
        "undo_commands": step.undo_commands,
        "targets": [{"name": one.name, "identity": one.identity, "label": told(one.label)} for one in step.targets],
    }


def read_plan(value: Mapping[str, Any]) -> Plan:
    """The plan of a journal's record. Raises MailtuiError where it is none."""
    try:
        steps = tuple(_read_step(step) for step in value["steps"])
        until = value.get("until")
        return Plan(str(value["title"]), steps, bool(value["all_or_nothing"]), None if until is None else float(until))
    except (KeyError, TypeError, ValueError) as error:
        raise MailtuiError(f"the journal holds a plan that cannot be read: {error!r}") from error


def _read_step(value: Mapping[str, Any]) -> Step:
    targets = tuple(Target(_name(one["name"]), one["identity"], str(one["label"])) for one in value["targets"])
    return Step(
        action=str(value["action"]),
        arguments=value["arguments"],
        why=str(value["why"]),
        commands=tuple(tuple(map(str, argv)) for argv in value["commands"]),
        diff=str(value["diff"]),
        risk=str(value["risk"]),
        undo=str(value["undo"]),
        reversible=bool(value["reversible"]),
        targets=targets,
        undo_commands=tuple(tuple(map(str, argv)) for argv in value["undo_commands"]),
    )


def _name(value: object) -> str:
    """A target's name, kept once: it stands among the targets, in the outcome, and in those of the undo."""
    return sys.intern(str(value))


def outcome_json(outcome: Outcome) -> Record:
    """An outcome as it stands in a record."""
    return {
        "done": outcome.done,
        "skipped": [_missed_json(one) for one in outcome.skipped],
        "failed": [_missed_json(one) for one in outcome.failed],
        "memory": outcome.memory,
        "now": outcome.now,
    }


def _missed_json(missed: Missed) -> Record:
    return {"target": missed.target, "why": told(missed.why)}


def read_outcome(value: Mapping[str, Any]) -> Outcome:
    """The outcome in a record; what is not there is empty."""
    return Outcome(
        tuple(map(_name, value.get("done") or ())),
        tuple(_read_missed(one) for one in value.get("skipped") or ()),
        tuple(_read_missed(one) for one in value.get("failed") or ()),
        value.get("memory") or {},
        {str(name): str(new) for name, new in (value.get("now") or {}).items()},
    )


def _read_missed(value: Mapping[str, Any]) -> Missed:
    return Missed(str(value.get("target", "")), str(value.get("why", "")))
