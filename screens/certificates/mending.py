"""What the views of TLS share: telling what is wrong with the row under the cursor, and mending it by a plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mailtui.changes.plan import Receipt
from mailtui.findings import SEVERITIES, Finding
from mailtui.screens.finding_lines import finding_lines
from mailtui.screens.listing import ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenNote
from mailtui.screens.words import READ_ONLY

FRESH = 30.0
"""Seconds for which what ports showed is not asked again by itself."""


class MendingView(ListScreen):
    """A view in which findings belong to what is under the cursor."""

    @property
    def about(self) -> str:
        """What that is called."""
        raise NotImplementedError

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with it."""
        raise NotImplementedError

    def look(self) -> None:
        """Read everything again."""
        raise NotImplementedError

    @property
    def mendable(self) -> Finding | None:
        """The gravest finding that a plan mends."""
        able = [one for one in self.findings if self.console.services.mending.can(one.fix)]
        return min(able, key=lambda one: SEVERITIES.index(one.severity), default=None)

    def why_not(self, action: str) -> str:
        """Nothing to tell or to mend."""
        if action == "problems" and not self.findings:
            return "Nothing is wrong with it."
        if action == "mend":
            if self.console.services.settings.read_only:
                return READ_ONLY
            if not self.findings:
                return "Nothing is wrong with it."
            if self.mendable is None:
                return "No plan mends this by itself; ! says what to do."
        return ""

    def action_problems(self) -> None:
        """What is wrong, on what evidence, and what to do."""
        self.post_message(Open(OpenNote(self.about, finding_lines(self.findings))))

    def action_mend(self) -> None:
        """Show the plan, carry it out on a yes."""
        finding = self.mendable
        if finding is not None:
            self.propose(partial(self.console.services.mending.plan, finding.fix))

    def acted(self, receipt: Receipt) -> None:
        """Something was mended: see what is shown now."""
        self.look()
