"""The action ``map-save``: new text for a table, compiled and asked before it counts, and put back the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailtui.changes.backups import Backups
from mailtui.changes.plan import Json, Missed, Note, Outcome, Step
from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.files import atomic_replace, read_file
from mailtui.host.presence import sweep as sweep_folder
from mailtui.host.tools import Tools
from mailtui.services.postfix.maps.build import Builder, Target, sweep
from mailtui.services.postfix.maps.check import LARGEST

NAME = "map-save"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be saved, as it stands in the journal."""

    file: str
    old: str
    """Digest of the text before."""
    new: str
    """Digest of the text after; equal to ``old`` where the table is only to be built."""
    targets: tuple[tuple[str, tuple[str, ...]], ...]
    """Type and tool of each table made of the file."""
    answers: Mapping[str, str | None]
    """What the changed keys must answer afterwards; None for none."""
    reload: tuple[str, ...] = ()
    """The command that makes Postfix read it; empty where it notices by itself."""
    secret: bool = False
    """Whether the values are passwords; ``answers`` then has ``""`` in their place."""

    on_undo: bool = False
    """Whether it is built when this is undone, and not before."""

    def arguments(self) -> dict[str, Json]:
        """As a step's arguments."""
        return {
            "file": self.file,
            "old": self.old,
            "new": self.new,
            "targets": [[kind, list(tool)] for kind, tool in self.targets],
            "answers": dict(self.answers),
            "reload": list(self.reload),
            "secret": self.secret,
            "on_undo": self.on_undo,
        }

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Order:
        """Out of a step's arguments."""
        targets = tuple((kind, tuple(tool)) for kind, tool in told["targets"])
        reload, secret, on_undo = tuple(told["reload"]), bool(told.get("secret")), bool(told.get("on_undo"))
        return cls(told["file"], told["old"], told["new"], targets, told["answers"], reload, secret, on_undo)

    def tables(self) -> list[Target]:
        """The tables made of the file."""
        return [Target(kind, Path(self.file), tool, self.secret) for kind, tool in self.targets]


class Save:
    """Saves a table's text; see ``mailtui.changes.plan.Action``."""

    def __init__(self, tools: Tools, backups: Backups) -> None:
        self._tools = tools
        self._builder = Builder(tools)
        self._backups = backups

    def apply(self, step: Step, note: Note) -> Outcome:
        """Build beside, ask, replace, rename, ask again, reload where needed."""
        order = Order.read(step.arguments)
        if order.on_undo:
            return Outcome(done=(order.file,))
        data = self._backups.content(order.new) if step.content is None else step.content
        return self._put(order, order.old, data, order.answers, note)

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Put the old text back and build it, unless somebody has edited the file since; or build what is there."""
        order = Order.read(step.arguments)
        if order.on_undo:
            now = read_file(Path(order.file), limit=LARGEST)
            return self._put(order, now.digest, now.data, {}, note)
        is_back = read_file(Path(order.file), limit=LARGEST).digest == order.old  # by an undoing that was killed
        return self._put(order, order.old if is_back else order.new, self._backups.content(order.old), {}, note)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """The text says what was done; an index that was not renamed any more is built now."""
        order = Order.read(step.arguments)
        _swept(order)
        now = read_file(Path(order.file), limit=LARGEST)
        if now.digest != order.new or order.new == order.old:
            return Outcome()
        try:
            with ExitStack() as stack:
                self._install(self._tried(stack, order, now.data))
            self._reload(order)
        except (MailtuiError, OSError) as error:
            return Outcome((order.file,), failed=(Missed(order.file, f"its index could not be built: {error}"),))
        return Outcome(done=(order.file,))

    def _put(self, order: Order, old: str, data: bytes, answers: Mapping[str, str | None], note: Note) -> Outcome:
        _swept(order)
        now = read_file(Path(order.file), limit=LARGEST)
        if now.digest != old:
            return Outcome(skipped=(Missed(order.file, "it was edited since, and is left as it is"),))
        with ExitStack() as stack:
            trials = self._tried(stack, order, data)
            self._require(trials[0][0] if trials else None, answers)
            note({"replacing": order.file, "from": self._backups.keep(now.data), "to": self._backups.keep(data)})
            if data != now.data:
                atomic_replace(Path(order.file), data, expected=old, follow=True)
            self._install(trials)
        note({"built": [str(target.index) for target in order.tables() if target.compiled]})
        self._require(order.tables()[0] if order.targets else None, answers)
        self._reload(order)
        return Outcome(done=(order.file,))

    def _tried(self, stack: ExitStack, order: Order, data: bytes) -> list[tuple[Target, Target]]:
        """The tables as they will be, and those there are."""
        return [(stack.enter_context(self._builder.tried(one, data)), one) for one in order.tables()]

    def _install(self, trials: Sequence[tuple[Target, Target]]) -> None:
        for trial, target in trials:
            self._builder.install(trial, target)

    def _reload(self, order: Order) -> None:
        """A Postfix that does not run reads the table when it starts."""
        if order.reload and self._tools.run([*order.reload[:-1], "status"], check=False).code == 0:
            self._tools.run(order.reload)

    def _require(self, table: Target | None, answers: Mapping[str, str | None]) -> None:
        """Raises HostError where a table does not answer as it should."""
        wrong = self._builder.ask(table, answers) if table and answers else ()
        if wrong:
            raise HostError(f"the built table does not answer as it should to {', '.join(wrong[:5])}")


def _swept(order: Order) -> None:
    """Remove what a killed one left beside the text."""
    file = Path(order.file)
    sweep_folder(file.resolve().parent)
    sweep(file)
