"""What the mailboxes' views share: findings of what is meant, and the plan that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import work

from mailtui.changes.plan import Receipt
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.finding_lines import finding_lines
from mailtui.screens.listing import ListScreen
from mailtui.screens.mailboxes.port import MailboxesPort
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenNote
from mailtui.screens.words import READ_ONLY
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.repair.telling import proof_lines
from mailtui.text import clean


class MailboxView(ListScreen):
    """A view in which some mailboxes are those that are meant."""

    @property
    def looks(self) -> Sequence[Look]:
        """The mailboxes an action is meant for."""
        raise NotImplementedError

    def look_again(self) -> None:
        """Something was mended."""

    @property
    def mailboxes(self) -> MailboxesPort:
        """The mailboxes of this Dovecot."""
        return self.console.services.mailboxes

    def why_not(self, action: str) -> str:
        """What is whole is not mended."""
        if action == "repair" and self.console.services.settings.read_only:
            return READ_ONLY
        if action in ("repair", "problems", "ladder") and not any(look.damages or look.problem for look in self.looks):
            return "Nothing wrong was found here."
        return ""

    def action_problems(self) -> None:
        """What is wrong, on what evidence, and what to do."""
        found = (finding for look in self.looks for finding in self.mailboxes.findings(look))
        self.post_message(Open(OpenNote("Findings", finding_lines(found))))

    def action_ladder(self) -> None:
        """Every rung, with those marked that would be taken."""
        lines = [
            line for look in self.looks if look.damages for line in (name_of(look), *self.mailboxes.ladder(look), "")
        ]
        self.post_message(Open(OpenNote("The ladder, the gentlest rung first", tuple(lines))))

    def action_repair(self) -> None:
        """Show the plan, carry it out on a yes."""
        self.propose(partial(self.mailboxes.repair, tuple(self.looks)))

    def acted(self, receipt: Receipt) -> None:
        """What a plan has proved is shown."""
        self.look_again()
        self._prove(receipt)

    @work(group="proof", exclusive=True)
    async def _prove(self, receipt: Receipt) -> None:
        """Show the mailboxes before and after."""
        try:
            change = await in_thread(partial(self.console.services.changes.change, receipt.change), "proof")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
            return
        lines = tuple(proof_lines(change))
        if lines:
            self.post_message(Open(OpenNote("Before and after", lines)))


def name_of(look: Look) -> str:
    """A mailbox as people name it."""
    return clean(look.mailbox.name)
