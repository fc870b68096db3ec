"""Every key of every view, as docs/keys.md: ``python docs/keys.py`` writes it anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from textual.keys import format_key

from mailtui.screens import commands as shared
from mailtui.screens.addresses import commands as addresses
from mailtui.screens.certificates import commands as certificates
from mailtui.screens.commands import Command
from mailtui.screens.configuration import commands as configuration
from mailtui.screens.deliverability import commands as deliverability
from mailtui.screens.findings import commands as findings
from mailtui.screens.listeners import commands as listeners
from mailtui.screens.mailboxes import commands as mailboxes
from mailtui.screens.maps import commands as maps
from mailtui.screens.probes import commands as probes
from mailtui.screens.queue import commands as queue
from mailtui.screens.widgets import LineTable
from mailtui.screens.widgets.line_view import LineView

PAGE = Path(__file__).with_name("keys.md")
SECTIONS: tuple[Any, ...] = (
    ("Everywhere", shared.EVERYWHERE),
    ("Every list", shared.LISTS, LineTable),
    ("Overview", (*shared.OVERVIEW, *shared.FAILURE)),
    ("Findings", findings.FINDINGS),
    ("Incidents", (*shared.INCIDENTS, *shared.FAILURE)),
    ("An incident", (shared.ENTRY, *shared.INCIDENT)),
    ("A message", (*shared.MESSAGE, *shared.MEND)),
    ("Log", shared.LOG),
    ("Queue", (*queue.ACTING, *queue.NEARBY, *queue.QUEUE)),
    ("A queued message", queue.QUEUED),
    ("The queue's shape", queue.SHAPE),
    ("Changes", shared.CHANGES),
    ("Maps", (*maps.TABLES, *maps.ENTRIES)),
    ("A table's text", maps.EDITOR),
    ("Mailboxes", (*mailboxes.USERS, *mailboxes.USER, *mailboxes.FILES)),
    ("Certificates", certificates.INVENTORY),
    ("Ports", listeners.ACTIONS),
    ("Probes", (*probes.PROBES, *probes.RESULT)),
    ("Configuration", configuration.CONFIGURATION),
    ("A how-to", configuration.HOWTO),
    ("Deliverability", deliverability.DELIVERABILITY),
    ("Addresses", (maps.EDIT, *addresses.ADDRESSES, *addresses.RULES)),
)


def page() -> str:
    """The whole page."""
    return "\n".join(chain(_head(), *(_section(*section) for section in SECTIONS)))


def _head() -> Iterator[str]:
    yield "# Every key"
    yield ""
    yield "`?` shows those of the view you are on, `:` finds an action by its name. The id is what `[keymap]`"
    yield "in the settings takes. ⚠ marks what changes the machine, by a plan first; gone with `--read-only`."


def _section(title: str, commands: Iterable[Command], *widgets: type[LineView]) -> Iterator[str]:
    yield from ("", f"## {title}", "", "| key | what it does | id |", "|---|---|---|")
    for command in dict.fromkeys(commands):
        mark = " ⚠" if command.dangerous else ""
        yield _row(command.keys, f"{command.title.removesuffix(' …')}{mark} — {command.doc}", command.id)
    for widget in chain.from_iterable(one.__mro__ for one in widgets):
        for binding in vars(widget).get("BINDINGS", ()) if issubclass(widget, LineView) else ():
            yield _row(binding.key, " — ".join(filter(None, (binding.description, binding.tooltip))), binding.id)


def _row(keys: str, told: str, command: str) -> str:
    shown = " ".join(f"`{format_key(key)}`" for key in keys.split(","))
    return f"| {shown} | {told} | `{command}` |"


if __name__ == "__main__":
    PAGE.write_text(page() + "\n", encoding="utf-8")
