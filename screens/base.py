"""What all views share: title bar, footer, breadcrumb, copy, save, and saying why a key does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.await_remove import AwaitRemove
from textual.events import Key, ScreenResume
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from mailtui.changes.plan import Plan, Receipt
from mailtui.screens.commands import Command
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.messages import Copy, Save
from mailtui.screens.ports import ConsoleState
from mailtui.screens.title import title
from mailtui.screens.widgets import KeyFooter, TitleBar
from mailtui.screens.words import counted
from mailtui.text import clean

READING = "read"
"""Group of the workers that read what a view shows."""


@dataclass(frozen=True, slots=True)
class Copyable:
    """Something the operator may want on the clipboard."""

    what: str
    text: str

    @classmethod
    def each(cls, what: str, texts: Iterable[str]) -> Copyable:
        """One of each a line, said to be several when they are."""
        found = list(dict.fromkeys(filter(None, texts)))
        return cls(counted(len(found), what) if len(found) > 1 else what, "\n".join(found))


class ConsoleScreen(Screen[None]):
    """A view. Its name in the breadcrumb is ``crumb``; ``compose_view`` yields what is between the bars."""

    ACTIONS: ClassVar[tuple[Command, ...]] = ()
    _just_painted = False
    _heard: tuple[str, ...] = ()

    @property
    def crumb(self) -> str:
        """What the breadcrumb calls this view."""
        return self.title or ""

    def compose(self) -> ComposeResult:
        """The view between its two bars."""
        yield TitleBar()
        yield from self.compose_view()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Say where this is, also under a dialog that comes with it; then hear of everything the App learns."""
        self.query_one(TitleBar).show(title(self.console, self._crumbs()))
        self.hear("live", "pulse", "pulse_error", "history", "paused", "temporary")
        self.hear("live_age", tell=self._show_title)

    def render_lines(self, crop: Region) -> list[Strip]:
        """A blank line as often as needed, of which widgets leave little to be seen; Textual paints each one."""
        blank = Strip.blank(crop.width, self.visual_style.rich_style)
        for line_filter in self.get_line_filters():
            blank = blank.apply_filter(line_filter, self.background_colors[1])
        return [blank] * crop.height

    def hear(self, *names: str, tell: Callable[[], None] | None = None) -> None:
        """Bring the view up to date, or do what ``tell`` does, whenever the App learns one of these."""
        for name in names:
            self.watch(self.app, name, tell or self._learned, init=False)
        self._heard = (*self._heard, *names)

    def on_unmount(self) -> None:
        """Textual forgets a closed view that watched when the value changes next, and some never change."""
        if self.app.is_running:
            for name in self._heard:
                self.app.mutate_reactive(getattr(type(self.app), name))

    def remove(self) -> AwaitRemove:
        """Stop reading first: an answer that comes while its widgets go would find none of them."""
        self.workers.cancel_node(self)
        return super().remove()

    def paint_on_return(self) -> None:
        """Let ``switch_mode`` paint all of it, not only what has changed since it was left."""
        self._dirty_widgets.add(self)
        self._just_painted = True

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Catch up with what came while another view was shown. Textual calls those of subclasses before this.

        Its own comes after this and would style and paint once more what has just been painted: twice the time until
        the next key is answered, and twice the bytes on a slow line.
        """
        if self._just_painted and self.focused is not None:
            event.prevent_default()
            self.app._refresh_notifications()
        self._just_painted = False
        self._learned()

    @property
    def console(self) -> ConsoleState:
        """What the App knows."""
        return cast(ConsoleState, self.app)

    def show_state(self) -> None:
        """Bring the view up to what the App knows now."""

    @property
    def intro(self) -> str:
        """What the view is for, above its keys in the help."""
        return self.HELP or ""

    def look(self) -> object:
        """Read again what only this view shows."""

    def look_on_return(self) -> None:
        """Look once this is painted, unless that is under way: leafing through the views starts one reading each."""
        self.call_after_refresh(self._look_unless_looking)

    def _look_unless_looking(self) -> None:
        if not any(one.node is self and one.group == READING and not one.is_finished for one in self.workers):
            self.look()

    def compose_view(self) -> Iterable[Widget]:
        """The widgets of the view."""
        raise NotImplementedError

    def why_not(self, action: str) -> str:
        """Why ``action`` (its name without ``screen.``) makes no sense now; ``""`` when it does."""
        return ""

    def copyables(self) -> Sequence[Copyable]:
        """What can be copied here and now."""
        return ()

    def saveable(self) -> tuple[str, str]:
        """File name stem and text of what is shown; an empty text is nothing to save."""
        return "", ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what makes no sense now."""
        return None if self.why_not(action) else True

    def on_key(self, event: Key) -> None:
        """A key that is greyed says why."""
        active = self.active_bindings.get(event.key)
        if active is None or active.enabled:
            return
        reason = self.why_not(active.binding.action.rpartition(".")[2].partition("(")[0])
        if reason:
            event.stop()
            self.app.notify(reason, title=active.binding.description, markup=False)

    @work(group="change", exclusive=True)
    async def propose(self, make: Callable[[], Plan]) -> None:
        """Make a plan, show it, and carry it out when the operator agrees."""
        receipt = await self.console.carry_out(make)
        if receipt is not None:
            self.acted(receipt)

    def acted(self, receipt: Receipt) -> None:
        """A plan that this view proposed was carried out."""

    @work(group="dialog", exclusive=True)
    async def action_copy(self) -> None:
        """Copy one of what is offered; without asking where there is only one."""
        choices = [copyable for copyable in self.copyables() if copyable.text]
        if not choices:
            self.app.notify("There is nothing to copy here.", markup=False)
            return
        index: int | None = 0
        if len(choices) > 1:
            menu = [Choice(choice.what, clean(choice.text.replace("\n", "  "))) for choice in choices]
            index = await self.app.push_screen_wait(ChooseDialog("Copy", menu))
        if index is not None:
            self.post_message(Copy(choices[index].text, choices[index].what))

    def action_save(self) -> None:
        """Save what is shown."""
        stem, text = self.saveable()
        if text:
            self.post_message(Save(text, stem))
        else:
            self.app.notify("There is nothing to save here.", markup=False)

    def _learned(self) -> None:
        if self.is_active and self.is_mounted:
            self._show_title()
            self.show_state()

    def _show_title(self) -> None:
        if self.is_active and self.is_mounted:
            self.query_one(TitleBar).show(title(self.console, self._crumbs()))

    def _crumbs(self) -> tuple[str, ...]:
        screens = self.app.screen_stack
        return tuple(screen.crumb for screen in screens if isinstance(screen, ConsoleScreen))
