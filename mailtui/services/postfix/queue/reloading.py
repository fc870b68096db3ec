"""Make the running Postfix read its files again.

A plan that replaces files has this twice: behind them, where it reloads when they were replaced, and before them, where
it reloads when they were put back, since undoing goes the other way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailtui.changes.plan import Json, Note, Outcome, Step
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig

TIMEOUT = 60.0


class Reload:
    """``postfix reload``, first ``postfix check``-ed by Postfix itself; a stopped Postfix needs none."""

    name = "postfix-reload"

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self._tools = tools
        self._postfix = postfix

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises ToolFailed where Postfix refuses."""
        return self._reload(step) if step.arguments.get("when") == "after" else Outcome(done=(step.why,))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Raises ToolFailed where Postfix refuses."""
        return self._reload(step) if step.arguments.get("when") == "before" else Outcome(done=(step.why,))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Once more does no harm."""
        return self.apply(step, lambda _: None)

    def _reload(self, step: Step) -> Outcome:
        running = self._tools.run(["postfix", *self._postfix.where, "status"], timeout=TIMEOUT, check=False)
        if running.code == 0:
            self._tools.run(["postfix", *self._postfix.where, "reload"], timeout=TIMEOUT)
        return Outcome(done=(step.why,))


def reload_steps(postfix: PostfixConfig) -> tuple[Step, Step]:
    """The one before the files and the one behind them."""
    command = (("postfix", *postfix.where, "reload"),)
    before = Step(
        Reload.name,
        {"when": "before"},
        "when this is undone, Postfix reads the files again",
        undo="Postfix reads the files again",
        undo_commands=command,
    )
    after = Step(Reload.name, {"when": "after"}, "Postfix reads the files", command, undo="nothing more")
    return before, after
