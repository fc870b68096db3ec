"""The steps of one resolution, as they are taken: which table was asked what by whom, and where its answer stands."""

from __future__ import annotations

from mailtui.services.postfix.addresses.classes import AddressClass
from mailtui.services.postfix.addresses.lookups import Asked
from mailtui.services.postfix.addresses.model import Stage, Step
from mailtui.services.postfix.addresses.places import Place, Places
from mailtui.text import clean


class Trail:
    """Questions in their order. What was not found is told once, what was found by every daemon that finds it."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._steps: dict[tuple[str, ...], Step] = {}
        self.stage: Stage = "recipient"
        """Who asks now."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was asked."""
        return tuple(self._steps.values())

    def note(self, asked: Asked) -> None:
        """A table was asked."""
        name = (asked.parameter, asked.table, asked.key)
        if asked.value is None:
            self._add(name, asked.value, Place())
        else:
            self._add((*name, self.stage), asked.value, self._places.of(asked.table, asked.key))

    def note_class(self, domain: str, found: AddressClass) -> None:
        """A domain was found to be of a class."""
        if found.parameter:
            self._add((found.parameter, found.pattern, domain, self.stage), found.name, Place())

    def _add(self, name: tuple[str, ...], result: str | None, place: Place) -> None:
        if name not in self._steps:
            parameter, table, key = map(clean, name[:3])
            value = None if result is None else clean(result)
            self._steps[name] = Step(self.stage, parameter, table, key, value, clean(place.file), place.line)
