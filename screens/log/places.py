"""Where the lines come from: the logs of the machine, and the older files of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.screens.log.journal import JournalLines
from mailtui.screens.log.lines import Lines
from mailtui.screens.log.unpacked import UnpackedLines
from mailtui.services.logs import BlockIndex, LogSource, history
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class Place:
    """One file, or the journal."""

    source: LogSource
    path: Path | None
    packing: str = ""
    older: bool = False
    """Whether nothing is written to it any more."""

    @property
    def title(self) -> str:
        """As the view is called: the file's name."""
        return clean(self.path.name if self.path else self.source.name)

    @property
    def name(self) -> str:
        """What its events carry as source."""
        return str(self.path) if self.path else self.source.name


def places_of(source: LogSource) -> tuple[Place, ...]:
    """The log as it is written, then its older files, newest first."""
    if source.path is None:
        return (Place(source, None),)
    older = (Place(source, file.path, file.packing, older=True) for file in reversed(history(source.path)))
    return (Place(source, source.path), *older)


def place_named(sources: Iterable[LogSource], name: str) -> Place | None:
    """The place that events of a source called so come from."""
    for source in sources:
        for place in places_of(source):
            if name == place.name:
                return place
    return None


def open_place(place: Place, tools: Tools) -> Lines:
    """Its lines; raises of the error family. May take long where the file is packed."""
    if place.path is None:
        if place.source.problem:
            raise HostError(place.source.problem, unlock=place.source.unlock)
        return JournalLines(tools)
    return UnpackedLines(place.path, tools) if place.packing else BlockIndex(place.path)
