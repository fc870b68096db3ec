"""What screens and widgets ask of the App."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from mailtui.maillog.model import Incident, Story
from mailtui.screens.targets import Target


@dataclass
class Open(Message):
    """Go to what is behind a number or a row."""

    target: Target


@dataclass
class Copy(Message):
    """Put a text on the operator's clipboard."""

    text: str
    what: str
    """As the confirmation calls it: ``queue ID``."""


@dataclass
class Save(Message):
    """Write a text to a new file that the operator names."""

    text: str
    name: str
    """Stem of the suggested file name."""


@dataclass
class Gather(Message):
    """Write everything known of a failure to a new file, without names of people, for a ticket."""

    name: str
    """Stem of the suggested file name."""
    stories: Sequence[Story] = ()
    queue_ids: Sequence[str] = ()
    """Messages that are still to be traced."""
    incident: Incident | None = None
