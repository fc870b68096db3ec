"""Acting on queued mail: what is chosen becomes a plan, which the one dialog shows before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual import work

from mailtui.changes.plan import Plan
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.dialogs import Choice, ChooseDialog, PromptDialog
from mailtui.screens.messages import Open
from mailtui.screens.queue.choices import Option, flush_options, rule_options, rule_terms
from mailtui.screens.queue.commands import ACTING, NEARBY
from mailtui.screens.queue.port import QueuePlansPort
from mailtui.screens.queue.watching import QueueView
from mailtui.screens.targets import OpenLog, OpenStory
from mailtui.screens.words import READ_ONLY
from mailtui.services.postfix.queue.joining import with_envelope
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.privilege import sudo_rule

Make = Callable[[], Plan]
ACTS = (
    ("Compromised account", "hold their mail, end login and sessions"),
    ("Hold from now on", "new mail of a sender, to a domain or of a user"),
    ("Return to the sender", "at the next attempt that fails"),
)
"""What is done more rarely, and what that is."""
_CHANGES_MAIL = frozenset(command.action.removeprefix("screen.") for command in ACTING)
_NEEDS_A_MESSAGE = _CHANGES_MAIL - {"flush", "act"} | {c.action.removeprefix("screen.") for c in NEARBY}


class ActingScreen(QueueView):
    """A view of queued messages, some of which are chosen."""

    @property
    def chosen(self) -> Sequence[QueueEntry]:
        """The messages an action is meant for."""
        raise NotImplementedError

    @property
    def current(self) -> QueueEntry | None:
        """The one message that is looked at."""
        raise NotImplementedError

    def why_not(self, action: str) -> str:
        """Mail is changed by those who may, and only what is there."""
        if action in _CHANGES_MAIL and (refusal := self._refusal()):
            return refusal
        if action in _NEEDS_A_MESSAGE and not self.chosen:
            return "There is no message here."
        if action == "release" and not any(entry.queue_name == "hold" for entry in self.chosen):
            return "Nothing of this is held."
        held = action == "hold" and all(entry.queue_name == "hold" for entry in self.chosen)
        return "All of this is held already." if held else ""

    @property
    def _plans(self) -> QueuePlansPort:
        return self.console.services.queue_plans

    def _refusal(self) -> str:
        if self.console.services.settings.read_only:
            return READ_ONLY
        if not self.console.identity.privileged:
            return f"Only root may change the queue; sudo by the rule: {sudo_rule()}"
        return ""

    # where else the message is told of

    def action_story(self) -> None:
        """The story of the message."""
        if self.current is not None:
            self.post_message(Open(OpenStory(self.current.queue_id)))

    def action_log(self) -> None:
        """The log, only this message."""
        if self.current is not None:
            self.post_message(Open(OpenLog(where=f"queue_id={self.current.queue_id}")))

    # what is done to the chosen

    def action_hold(self) -> None:
        """Keep them from being delivered."""
        self.propose(partial(self._plans.hold, self.chosen))

    def action_release(self) -> None:
        """Let them go on."""
        self.propose(partial(self._plans.release, self.chosen))

    def action_requeue(self) -> None:
        """Put them through cleanup again."""
        self.propose(partial(self._plans.requeue, self.chosen))

    @work(group="dialog", exclusive=True)
    async def action_act(self) -> None:
        """Choose what is done more rarely."""
        menu = [Choice(title, about) for title, about in ACTS]
        index = await self.app.push_screen_wait(ChooseDialog("Act", menu))
        if index is None:
            return
        if index and not self.chosen:
            self.notify("There is no message here.", markup=False)
        else:
            (self.stop_account, self.hold_new, self.expire)[index]()

    def expire(self) -> None:
        """Return them to their senders."""
        self.propose(partial(self._plans.expire, self.chosen))

    def action_delete(self) -> None:
        """Take them out of the queue."""
        self.propose(partial(self._plans.delete, self.chosen))

    @work(group="dialog", exclusive=True)
    async def action_flush(self) -> None:
        """Try these, a site, or everything now."""
        option = await self._choose("Try now", flush_options(self._plans, self.chosen, self.current))
        if option is not None:
            self.propose(option.make)

    @work(group="dialog", exclusive=True)
    async def hold_new(self) -> None:
        """Hold what comes from now on."""
        entry = await self._known()
        if entry is None:
            return
        what = await self._choose("Hold new mail", rule_options(self._plans, entry))
        if what is None:
            return
        term = await self._choose(f"Hold new mail {what.label}, for how long?", rule_terms(what))
        if term is not None:
            self.propose(term.make)

    @work(group="dialog", exclusive=True)
    async def stop_account(self) -> None:
        """Stop an account that somebody else uses."""
        entry = await self._known()
        user = entry.sasl_username if entry else ""
        dialog = PromptDialog("Compromised account", value=user, hint="The user name it logs in with (SASL)")
        name = await self.app.push_screen_wait(dialog)
        queue = self.console.queue
        if name and queue is not None:
            self.propose(partial(self._plans.compromised, name, queue.entries))

    async def _known(self) -> QueueEntry | None:
        """The message that is looked at, with who submitted it; its queue file knows where the log does not."""
        entry = self.current
        if entry is None or entry.sasl_username:
            return entry
        try:
            show = partial(self.console.services.queue.show, entry.queue_id, "envelope")
            return with_envelope(entry, await in_thread(show, "postcat"))
        except MailtuiError:  # it has just left the queue, or its file is not this user's to read
            return entry

    async def _choose(self, title: str, options: Sequence[Option]) -> Option | None:
        menu = [Choice(option.label, option.detail) for option in options]
        index = await self.app.push_screen_wait(ChooseDialog(title, menu))
        return None if index is None else options[index]
