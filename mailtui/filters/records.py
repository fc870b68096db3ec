"""Getters for the log engine's values: the fields of an event, and of a message's story."""

from __future__ import annotations

import time as clock

from mailtui.filters.getters import ANYWHERE, Getter, Value
from mailtui.maillog.model import Event, Story

_EVENT_NAMES = frozenset(Event._fields) - {"fields"}
_STORY_NAMES = frozenset({"host", "instance", "outcome", "client", "sasl_username", "size", "arrived", "ended"})
_RECIPIENT_NAMES = frozenset({"to", "orig_to", "status", "dsn", "relay", "reason", "mailbox"})
_VERDICT_NAMES = frozenset({"cause", "who"})


def event_fields(event: Event) -> Getter:
    """The columns of ``event``, then what its daemon logged by name; words search the whole line."""

    def get(name: str) -> Value:
        if name in _EVENT_NAMES:
            value: Value = getattr(event, name)
            return value
        if name == ANYWHERE:
            return _line(event)
        if name == "age":
            return None if event.time is None else clock.time() - event.time
        return event.fields.get(name)

    return get


def _line(event: Event) -> tuple[str, ...]:
    """The parts of the line; Dovecot writes user and session before its text."""
    fields = event.fields
    return (
        event.host,
        event.program,
        event.daemon,
        fields.get("user", ""),
        fields.get("session", ""),
        event.text,
    )


def story_fields(story: Story) -> Getter:
    """Envelope, outcome and every recipient's fields of ``story``; words search its log lines."""

    def get(name: str) -> Value:
        if name in _RECIPIENT_NAMES:
            return [getattr(recipient, name) for recipient in story.recipients]
        if name in _VERDICT_NAMES:
            verdicts = (recipient.verdict for recipient in story.recipients)
            return [getattr(verdict, name) for verdict in verdicts if verdict]
        if name in _STORY_NAMES:
            value: Value = getattr(story, name)
            return value
        return _derived(story, name)

    return get


def _derived(story: Story, name: str) -> Value:
    match name:
        case "from":
            return story.sender
        case "queue_id":
            return story.queue_ids
        case "message_id":
            return story.message_ids
        case "time":
            return story.arrived
        case "age":
            return None if story.arrived is None else clock.time() - story.arrived
        case "nrcpt":
            return len(story.recipients)
        case "attempts":
            return sum(len(recipient.attempts) for recipient in story.recipients)
        case "*" | "text":
            return [line.text for line in story.lines]
    return None
