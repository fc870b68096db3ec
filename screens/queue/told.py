"""What stands above the list of the queue: the states with their counts, and what is shown of how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from mailtui.screens.queue.arranged import ALL, TABS, Arranged, Wanted
from mailtui.screens.words import MUTED, SEVERITY_STYLE, count, counted
from mailtui.text import clean

ORDERS = {
    "age": ("youngest first", "oldest first"),
    "arrival_time": ("oldest first", "youngest first"),
    "message_size": ("smallest first", "largest first"),
}
"""An order in words, and its reverse."""
CORRUPT = (
    "postqueue does not list corrupt files. They lie in the directory corrupt of the queue, one file each; "
    "postcat reads what can be read of them."
)
"""Why the tab of corrupt files has a number and no rows."""


def tabs(counts: Mapping[str, int], shown: str) -> Content:
    """Every state and how many messages are in it; the one that is shown stands out."""
    parts = [
        Content.styled(
            f" {name} {count(counts[name])} " if name in counts else f" {name} ", _style(name, shown, counts)
        )
        for name in TABS
    ]
    return Content("").join(parts)


def _style(name: str, shown: str, counts: Mapping[str, int]) -> str:
    if name == shown:
        return "bold reverse"
    if name == "corrupt" and counts.get(name):
        return SEVERITY_STYLE["error"]
    return "" if counts.get(name) else MUTED


def summary(arranged: Arranged, wanted: Wanted, problems: tuple[str, ...], error: str) -> Content:
    """How many are shown of how many, in which order; what has changed since; what went wrong."""
    if error:
        return Content.styled(f"✖ {clean(error)}", SEVERITY_STYLE["error"])
    shown, of = len(arranged.rows), arranged.counts.get(wanted.tab, 0)
    parts = [(f"{count(shown)} of {counted(of, 'message')}" if shown != of else counted(of, "message"), MUTED)]
    parts.append((f"by {_order(wanted)}", MUTED))
    news = changes(arranged)
    if news:
        parts.append((f"{news}; r puts the list in order", "bold $text-accent"))
    parts += [(clean(problem), SEVERITY_STYLE["warning"]) for problem in problems]
    return Content("   ").join(Content.styled(text, style) for text, style in parts)


def changes(arranged: Arranged) -> str:
    """``+3 new, 2 gone``: what a list that keeps its places does not show."""
    words = []
    if arranged.new:
        words.append(f"+{count(arranged.new)} new")
    if arranged.gone:
        words.append(f"{count(len(arranged.gone))} gone")
    return ", ".join(words)


def nothing(arranged: Arranged, wanted: Wanted) -> str:
    """Why there is no row."""
    if wanted.tab == "corrupt":
        return CORRUPT
    if wanted.where and arranged.counts.get(wanted.tab):
        return "No message matches the filter; / changes it."
    return "The queue is empty." if wanted.tab == ALL else f"No message is in the {wanted.tab} queue."


def corrupt(counts: Sequence[tuple[str, int]]) -> dict[str, int]:
    """What no listing tells, only a look into the directory."""
    return {name: number for name, number in counts if name == "corrupt"}


def _order(wanted: Wanted) -> str:
    name = wanted.column.replace("_", " ")
    words = ORDERS.get(wanted.column)
    return f"{name}, {words[wanted.reverse]}" if words else f"{name}, reversed" if wanted.reverse else name
