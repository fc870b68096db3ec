"""The queue of a lab with the changes and plans that act on it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from mailtui.changes.changes import Changes
from mailtui.changes.plan import Receipt
from mailtui.host.tools import LocalTools, Tools
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import PASSWORD
from mailtui.lab.wait import wait_until
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.actions import actions
from mailtui.services.postfix.queue.listing import read_queue
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.plans import QueuePlans

TOOLS = LocalTools()
USER = "alice@lab.example"


class Machine:
    """The changes and plans of a lab."""

    def __init__(self, lab: Lab, state: Path, tools: Tools = TOOLS) -> None:
        self.lab = lab
        self.state = state
        self.postfix = PostfixConfig(tools, lab.postfix_config)
        dovecot = DovecotConfig(tools, lab.dovecot_config)
        self.actions = actions(tools, self.postfix, dovecot, state)
        self.changes = Changes(state, self.actions)
        self.plans = QueuePlans(tools, self.postfix, dovecot, state)

    def entries(self, sender: str) -> list[QueueEntry]:
        return [entry for entry in read_queue(TOOLS, self.postfix).entries if entry.sender == sender]

    def states(self, sender: str) -> list[str]:
        return [entry.queue_name for entry in self.entries(sender)]

    def queued(
        self, sender: str, *recipients: str, count: int = 1, user: str = USER, size: int = 1
    ) -> list[QueueEntry]:
        """So many messages that wait in ``deferred``; ``#`` in a recipient is the message's number."""
        with clients.submission(self.lab) as session:
            session.login(user, PASSWORD)
            for number in range(count):
                to = [recipient.replace("#", str(number)) for recipient in recipients] or ["x@full.example"]
                session.sendmail(sender, to, b"Subject: x\n\n" + b"x\n" * size)
        assert wait_until(lambda: self.states(sender) == ["deferred"] * count, step=0.05)
        return self.entries(sender)

    def with_short_ids(self) -> None:
        """As they are by default: a message that is put back may get another."""
        self.lab.command("postconf", "-e", "enable_long_queue_ids=no")
        self.lab.command("postfix", "reload")

    def delete_and_put_back(self, entries: list[QueueEntry]) -> Receipt:
        """Put back under other queue IDs: open files keep their inodes, so that these are not handed out again."""
        with ExitStack() as stack:
            for path in (path for entry in entries for path in self.lab.queue.rglob(entry.queue_id)):
                stack.enter_context(path.open("rb"))
            deleted = self.changes.apply(self.plans.delete(entries))
            undone = self.changes.undo(deleted.change)
        assert set(undone.done) == names(entries)
        return undone


def names(entries: list[QueueEntry]) -> set[str]:
    return {entry.queue_id for entry in entries}
