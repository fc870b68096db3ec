"""What the screens ask of the services: as little as they call, so that a test can play it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mailtui.host.tools import Tools
from mailtui.maillog.model import Event, Recipient, Story
from mailtui.screens.identity import Identity
from mailtui.services.live.model import LiveSnapshot
from mailtui.services.logs.source import LogSource
from mailtui.services.pulse_model import PulseSnapshot

if TYPE_CHECKING:
    from mailtui.services.explain import Explanation


class LivePort(Protocol):
    """The log as it is being written."""

    def start(self) -> None:
        """Begin to read; returns at once."""

    def stop(self) -> None:
        """End reading."""

    def snapshot(self) -> LiveSnapshot:
        """What is known now."""

    def story(self, name: str) -> Story | None:
        """The message with this story key or queue ID, as far as it is in memory."""

    def incident_events(self, incident_id: str) -> Sequence[Event]:
        """The latest lines of one incident, oldest first."""


class PulsePort(Protocol):
    """Services, queue, disk, load, certificates, resolver."""

    def read(self) -> PulseSnapshot:
        """Look at the machine; may take seconds."""


class SourcesPort(Protocol):
    """The logs of the machine."""

    def discover(self) -> Sequence[LogSource]:
        """All that are known of, those included that cannot be read; may run tools."""


class TracePort(Protocol):
    """Messages out of the whole log."""

    def trace(self, query: str, files: Sequence[Path] | None = None) -> list[Story]:
        """The messages of a queue ID, message-id or address, oldest first."""


class ExplainPort(Protocol):
    """A failure in the words of this machine's configuration."""

    def cause(self, recipient: Recipient, story: Story) -> Explanation:
        """The cause, naming the table or parameter; may run tools."""


class ToolsPort(Protocol):
    """Programs of the machine."""

    def run(self, argv: Sequence[str], *, stdin: bytes = b"") -> object:
        """Run one, or raise of the error family."""


class SettingsPort(Protocol):
    """The settings that concern the console."""

    @property
    def read_only(self) -> bool:
        """Whether actions that change anything are switched off."""

    @property
    def keymap(self) -> Mapping[str, str]:
        """Keys by command id, where the operator wants others."""

    @property
    def theme(self) -> str:
        """Name of a theme; ``""`` chooses by terminal."""


class ConsoleServices(Protocol):
    """Everything the console needs from outside."""

    @property
    def settings(self) -> SettingsPort:
        """The operator's settings."""

    @property
    def tools(self) -> Tools:
        """Programs of the machine."""

    @property
    def sources(self) -> SourcesPort:
        """Where logs are."""

    @property
    def live(self) -> LivePort:
        """The log."""

    @property
    def pulse(self) -> PulsePort:
        """The machine."""

    @property
    def trace(self) -> TracePort:
        """The history."""

    @property
    def explain(self) -> ExplainPort:
        """The causes."""


class ConsoleState(Protocol):
    """What the App knows and every view may show; the reactives among it can be watched."""

    identity: Identity
    live: LiveSnapshot | None
    pulse: PulseSnapshot | None
    pulse_error: str
    paused: bool

    @property
    def services(self) -> ConsoleServices:
        """What to ask for more."""
