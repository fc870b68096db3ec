"""The one dialog of everything that changes the machine: the plan, a yes, its progress, and what became of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from mailtui.changes.plan import Plan, Receipt
from mailtui.changes.telling import receipt_lines
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.dialogs.proposal import Proposal, Then
from mailtui.screens.plan_text import told
from mailtui.screens.ports import ChangesPort
from mailtui.screens.words import counted
from mailtui.text import clean


class PlanDialog(ModalScreen[Receipt | None]):
    """Answers the receipt of what was done first, None where nothing was; ``u`` undoes it on the spot."""

    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Do it"),
        Binding("n,escape,q", "refuse", "Cancel"),
        Binding("u", "undo", "Undo"),
        Binding("F", "follow", "What comes next"),
        Binding("left,right", "app.focus_next", "Other answer", show=False),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown,ctrl+f", "scroll(10)", "Page down", show=False),
        Binding("pageup,ctrl+b", "scroll(-10)", "Page up", show=False),
    ]

    @dataclass
    class Progressed(Message):
        """A step was begun."""

        what: str

    def __init__(self, proposal: Proposal, changes: ChangesPort) -> None:
        super().__init__()
        self._proposal = proposal
        self._changes = changes
        self._phase: Literal["asking", "doing", "told"] = "asking"
        self._stopped = False
        self._first: Receipt | None = None
        self._last: Receipt | None = None
        self._next: Plan | None = None

    def compose(self) -> ComposeResult:
        """The plan above its two answers."""
        with Vertical(classes="dialog plan"):
            yield Static(classes="dialog-title", id="title")
            with VerticalScroll(classes="dialog-scroll", id="body", can_focus=False):
                yield Static(id="lines")
            yield Static(id="state")
            yield Input(id="count", select_on_focus=False, type="integer", compact=True)
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content("y Do it"), id="yes", compact=True)
                yield Button(Content("esc Cancel"), id="no", compact=True)

    def on_mount(self) -> None:
        """Ask."""
        self._ask()

    def _ask(self) -> None:
        plan = self._proposal.plan
        count = len(plan.targets)
        self._phase, self._next = "asking", None
        self._title(plan.title, counted(count, "target") if count else "")
        self.query_one("#lines", Static).update(told(self._proposal.lines()))
        self.query_one("#body").scroll_home(animate=False)
        typed = f"Type {count} and press enter to do it." if self._proposal.must_be_typed else ""
        self._say(typed, "$text-warning")
        self.query_one("#count").display = self._proposal.must_be_typed
        self.query_one("#yes").display = not self._proposal.must_be_typed
        self._offer("esc Cancel")

    def _title(self, text: str, beside: str) -> None:
        parts = [Content(clean(text)), Content.styled(f"  {beside}", "not bold $text-muted")]
        self.query_one("#title", Static).update(Content.assemble(*parts))

    def _say(self, text: str, style: str = "") -> None:
        state = self.query_one("#state", Static)
        state.display = bool(text)
        state.update(Content.styled(clean(text), style))

    def _offer(self, label: str) -> None:
        """What the remaining button says; it has the focus."""
        button = self.query_one("#no", Button)
        button.label = Content(label)
        button.focus()

    # answers

    def on_key(self, event: Key) -> None:
        """Digits are for the count, wherever the focus stands."""
        field = self.query_one("#count", Input)
        if field.display and not field.has_focus and event.character and event.character.isdigit():
            event.stop()
            field.focus()
            field.insert_text_at_cursor(event.character)

    @on(Button.Pressed)
    def press(self, event: Button.Pressed) -> None:
        """The button's answer."""
        if event.button.id == "yes":
            self.action_agree()
        else:
            self.action_refuse()

    @on(Input.Submitted)
    def count_typed(self, event: Input.Submitted) -> None:
        """Do it if the operator knows how many it hits."""
        count = str(len(self._proposal.plan.targets))
        if self._phase == "asking" and event.value.strip() == count:
            self._start()
        else:
            self._say(f"That is not {count}: nothing was done.", "$text-error")

    def action_agree(self) -> None:
        """Do it, or go to where the count is typed."""
        if self._phase != "asking":
            return
        if self._proposal.must_be_typed:
            self.query_one("#count").focus()
        else:
            self._start()

    def action_refuse(self) -> None:
        """Close; while it is being done, stop after what is being touched."""
        if self._phase == "doing":
            self._stopped = True
            self._say("stopping after what is being done now …", "$text-warning")
        else:
            self.dismiss(self._first)

    def action_undo(self) -> None:
        """Ask whether to undo what was just done."""
        if self._phase == "told" and self._last is not None and self._last.done:
            self._plan_undo(self._last.change)

    def action_follow(self) -> None:
        """Ask whether to do what comes next."""
        if self._phase == "told" and self._next is not None:
            self._proposal = Proposal.of(self._next, self._changes)
            self._ask()

    def action_scroll(self, lines: int) -> None:
        """Move the plan."""
        self.query_one("#body").scroll_relative(y=lines, animate=False)

    # doing

    def _start(self) -> None:
        self._phase, self._stopped = "doing", False
        self.query_one("#count").display = False
        self.query_one("#yes").display = False
        self._offer("esc Stop")
        self._say("starting …")
        self._do()

    @work(group="change")
    async def _do(self) -> None:
        deed = partial(self._proposal.deed, self._progress, lambda: self._stopped)
        try:
            receipt = await in_thread(deed, "change", daemon=False)
        except MailtuiError as error:
            self._tell_error(error)
        except Exception as error:  # the operator must hear of it, whatever it was
            self._tell_error(MailtuiError(f"{type(error).__name__}: {error}"))
        else:
            self._tell(receipt)

    def _progress(self, what: str) -> None:
        self.post_message(self.Progressed(what))

    @on(Progressed)
    def say_progress(self, message: Progressed) -> None:
        """What is being done now."""
        if self._phase == "doing" and not self._stopped:
            self._say(f"{message.what} …")

    def on_unmount(self) -> None:
        """The console ends: so does the change, between two targets, and the program waits for that."""
        self._stopped = True

    def _tell(self, receipt: Receipt) -> None:
        self._phase, self._last = "told", receipt
        self._first = self._first or receipt
        self._title(receipt.plan.title, receipt.change)
        self.query_one("#lines", Static).update(told(receipt_lines(receipt)))
        self._end(undo=receipt.undo.startswith("mailtui undo"))
        if self._proposal.then is not None and receipt.done:
            self._look_ahead(self._proposal.then)

    def _tell_error(self, error: MailtuiError) -> None:
        self._phase, self._last = "told", None
        self._say(error.told, "$text-error")
        self._offer("esc Close")

    @work(group="next")
    async def _look_ahead(self, then: Then) -> None:
        """Find what comes next, and offer it unless the operator has gone on."""
        with suppress(MailtuiError, OSError):
            plan, told = await in_thread(then, "plan"), self._last
            if plan is not None and self._phase == "told" and self._last is told:
                self._next = plan
                undo = "u undoes it   " if told is not None and told.undo.startswith("mailtui undo") else ""
                self._say(f"{undo}F next: {plan.title}", "$text-accent")

    def _end(self, *, undo: bool) -> None:
        self._say("u undoes it" if undo else "", "$text-muted")
        self.query_one("#body").scroll_home(animate=False)
        self._offer("esc Close")

    @work(group="change")
    async def _plan_undo(self, change_id: str) -> None:
        try:
            plan = await in_thread(partial(self._changes.undo_plan, change_id), "change")
        except MailtuiError as error:
            self._say(error.message, "$text-error")
            return
        self._proposal = Proposal(
            plan, lambda progress, stop: self._changes.undo(change_id, progress=progress, stop=stop)
        )
        self._ask()
