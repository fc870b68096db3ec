"""What the title bar says: where you are, as whom, what you may, and how fresh it is."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from mailtui.screens.ports import ConsoleState
from mailtui.screens.words import MUTED, zone
from mailtui.text import human_duration


def title(console: ConsoleState, crumbs: tuple[str, ...]) -> tuple[Content, Content]:
    """The left and the right half of the bar."""
    who = console.identity
    mode = "RO" if console.services.settings.read_only or not who.privileged else "RW"
    left = Content.assemble(
        (who.host, "bold"),
        (f" {who.user} ", MUTED),
        (mode, "$text-warning" if mode == "RO" else MUTED),
        "  ",
        (" › ".join(crumbs), "bold $text-primary"),
    )
    return left, Content.assemble(_temporary(console), _freshness(console))


def _temporary(console: ConsoleState) -> Content:
    """A warning while something is switched on for a time, such as debugging."""
    if not console.temporary:
        return Content.empty()
    until = console.temporary[0].plan.until or 0.0
    return Content.assemble((f"DEBUG until {datetime.fromtimestamp(until):%H:%M}", "bold $text-warning"), "  ")


def _freshness(console: ConsoleState) -> Content:
    live = console.live
    if live is None:
        return Content.styled("starting", MUTED)
    time = f"{datetime.fromtimestamp(live.now):%H:%M} {zone(live.now)}"
    age = f"read {human_duration(console.live_age)} ago" if console.live_age else ""
    if console.paused:
        return Content.assemble(("PAUSED", "bold $text-warning"), (f"  {age}".rstrip(), MUTED), (f"  {time}", MUTED))
    if age:
        return Content.assemble(("STALE", "bold $text-warning"), (f"  {age}  {time}", MUTED))
    state = "reading" if live.loading else "live"
    return Content.assemble((state, "$text-success"), (f"  {time}", MUTED))
