"""Every action of the console, declared once: its key, footer word, palette entry, help row and danger.

Lower-case keys view or move, upper-case keys act on mail, ``ctrl+`` never destroys; one letter means the
same in every view. Ids are stable: the keymap of the settings file names them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Command:
    """One action."""

    id: str
    keys: str
    """Comma-separated keys of Textual, the first one is shown."""
    action: str
    title: str
    """What it does, as the palette and the help say it."""
    doc: str
    """One sentence more."""
    footer: str = ""
    """Its word in the footer; ``""`` keeps it out."""
    dangerous: bool = False
    """Whether it changes the machine: not there in read-only mode."""

    def binding(self) -> Binding:
        """The command as Textual binds it."""
        return Binding(
            self.keys,
            self.action,
            self.footer or self.title,
            show=bool(self.footer),
            tooltip=self.doc,
            id=self.id,
        )


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """What a class puts into ``BINDINGS``."""
    return [command.binding() for command in commands]


EVERYWHERE = (
    Command("view.overview", "1", "app.view('overview')", "Overview", "Does mail flow, and what fails."),
    Command("view.incidents", "2", "app.view('incidents')", "Incidents", "Failures, grouped by cause."),
    Command("view.log", "3", "app.view('log')", "Log", "The log as it is written."),
    Command("view.queue", "4", "app.view('queue')", "Queue", "What waits to be delivered, and what can be done."),
    Command("view.changes", "5", "app.view('changes')", "Changes", "What was changed here, and how it ended."),
    Command(
        "change.undo-last",
        "u",
        "app.undo_last",
        "Undo …",
        "Put back what was changed last; asks before.",
        dangerous=True,
    ),
    Command("view.maps", "6", "app.view('maps')", "Maps", "Lookup tables: in use, wrong, changed."),
    Command("view.mailboxes", "7", "app.view('mailboxes')", "Mailboxes", "Dovecot's index files: looked at, repaired."),
    Command("view.certificates", "8", "app.view('certificates')", "Certificates", "On disk, and as ports show them."),
    Command("view.ports", "9", "app.view('ports')", "Ports", "Who listens, what it shows, how TLS is set."),
    Command("view.probes", "f4", "app.view('probes')", "Probes", "Live tests: users, logins, recipients, a message."),
    Command("view.addresses", "f8", "app.view('addresses')", "Addresses", "Where mail for an address goes."),
    Command(
        "view.findings",
        "0",
        "app.view('findings')",
        "Findings",
        "Everything that is wrong, in one list.",
        footer="Findings",
    ),
    Command("view.configuration", "f6", "app.view('configuration')", "Configuration", "Parameters, and what is wrong."),
    Command("view.deliverability", "f7", "app.view('deliverability')", "Deliverability", "The DNS: wrong, to publish."),
    Command("view.last", "minus", "app.last_view", "Last view", "Back to the view before this one."),
    Command("go.back", "escape", "app.back", "Back", "One step back.", footer="Back"),
    Command("go.leave", "q", "app.leave", "Leave", "One step back; ends the console where there is none."),
    Command("app.quit", "ctrl+q", "app.quit", "Quit", "End the console. Mail goes on without it."),
    Command("app.interrupt", "ctrl+c", "app.ask_quit", "Ask to quit", "Ends the console after a question."),
    Command("app.help", "question_mark,f1", "app.help", "Help", "Every key of this view.", footer="Help"),
    Command(
        "app.palette",
        "colon,ctrl+p",
        "app.command_palette",
        "Commands",
        "Find any action by its name, or a message by queue ID, message-id or address.",
        footer="Commands",
    ),
    Command(
        "go.trace",
        "t",
        "app.trace",
        "Trace a message …",
        "Go to the story of a queue ID, message-id or address.",
        footer="Trace",
    ),
    Command("live.pause", "p", "app.pause", "Pause", "Freeze what is shown; again to go on."),
    Command("live.refresh", "r,f5", "app.refresh_now", "Refresh", "Look at the machine again now."),
    Command(
        "text.copy",
        "y",
        "screen.copy",
        "Copy …",
        "Copy a line, an address or an ID to your own clipboard, over SSH too (OSC 52).",
    ),
    Command("text.save", "ctrl+s", "screen.save", "Save to a file …", "Write what is shown to a new file."),
    Command("app.suspend", "ctrl+z", "app.suspend_process", "Suspend", "To the shell; fg comes back."),
    Command("app.mouse", "f2", "app.mouse", "Mouse", "The terminal's, to select text; again: the console's."),
    Command("app.theme", "f9", "app.next_theme", "Next theme", "Dark, light, or your terminal's colours."),
)
"""Bound by the App."""

OVERVIEW = (
    Command(
        "overview.plots",
        "z",
        "screen.plots",
        "Plots",
        "The last hour and the last day, drawn large; again for the list.",
        footer="Plots",
    ),
)

INCIDENTS = (
    Command(
        "list.problems",
        "exclamation_mark",
        "screen.problems",
        "Only problems",
        "Leave out what passes by itself; again for everything.",
        footer="Problems",
    ),
    Command("list.sort", "s", "screen.sort", "Sort …", "By severity, time, count or cause.", footer="Sort"),
    Command("list.reverse", "S", "screen.reverse", "Reverse the order", "Last first, first last."),
)

IN_QUEUE = Command("go.queue", "b", "screen.queue", "In the queue", "What of this still waits to be delivered.")

WHERE_TO = Command(
    "go.address", "K", "screen.where_to", "Where it goes …", "Every table that is asked for its recipient.", "Where to"
)

EVIDENCE = Command(
    "message.evidence",
    "x",
    "screen.evidence",
    "Evidence for a ticket …",
    "All that is known of this failure, without people's names, into a new file.",
)

INCIDENT = (
    Command("incident.log", "i", "screen.log", "Its lines in the log", "The log, only these.", footer="Log"),
    IN_QUEUE,
    WHERE_TO,
    EVIDENCE,
    Command(
        "incident.mailbox",
        "M",
        "screen.mailbox",
        "Its mailbox",
        "The mailbox it tells of, looked at.",
        footer="Mailbox",
    ),
)

MESSAGE = (
    Command("message.next", "o", "screen.line(1)", "Next line", "Next line of this message.", footer="Next line"),
    Command("message.previous", "O", "screen.line(-1)", "Previous line", "Previous line of this message."),
    Command("message.next-error", "e", "screen.error(1)", "Next error", "Next line that failed.", footer="Error"),
    Command("message.previous-error", "E", "screen.error(-1)", "Previous error", "Previous line that failed."),
)

ENTRY = Command(
    "message.entry",
    "a",
    "screen.entry",
    "Its entry …",
    "The entry of the table that made it fail, or that is missing: another value, as a plan.",
    footer="Entry",
    dangerous=True,
)
FAILURE = (ENTRY, WHERE_TO)
"""What every list of failures offers for the one under the cursor."""
MEND = (
    ENTRY,
    Command(
        "message.requeue",
        "R",
        "screen.requeue",
        "Requeue",
        "Put it through cleanup and rewriting again, as after a change of maps.",
        footer="Requeue",
        dangerous=True,
    ),
)

LOG = (
    Command("log.follow", "f", "screen.follow", "Follow", "Go with the end of the log, or stay.", footer="Follow"),
    Command("log.search", "slash", "screen.search", "Search …", "Go to where a text stands.", footer="Search"),
    Command("log.search-next", "n", "screen.again(1)", "Search on", "The next line with the text."),
    Command("log.search-previous", "N", "screen.again(-1)", "Search back", "The previous line with the text."),
    Command("log.filter", "ampersand", "screen.filter", "Add a filter", "Keep what matches.", footer="Filter"),
    Command(
        "log.filters-toggle",
        "backslash",
        "screen.toggle_filters",
        "Filters off, on",
        "See what stands around a line, and filter again; the cursor stays.",
    ),
    Command("log.filters", "X", "screen.filters", "Filters …", "Switch or remove single filters."),
    *MESSAGE,
    Command(
        "log.fields", "P", "screen.fields", "Fields", "What is known of this line and what it means.", footer="Fields"
    ),
    Command("log.older", "less_than_sign", "screen.older", "Older file", "The file before this one, packed or not."),
    Command("log.newer", "greater_than_sign", "screen.newer", "Newer file", "The file after this one."),
    Command("log.source", "s", "screen.source", "Source …", "Another log, older file, journal.", footer="Source"),
    Command("log.window", "W", "screen.window", "Last minutes …", "Only the last minutes or hours."),
    Command("log.shorter", "left_square_bracket", "screen.span(-1)", "Shorter time", "A shorter stretch of time."),
    Command("log.longer", "right_square_bracket", "screen.span(1)", "Longer time", "A longer stretch of time."),
    Command("log.time", "at", "screen.time", "Go to a time …", "The first line of a moment."),
    Command("log.mark", "m", "screen.mark", "Mark", "Set a marker on this line, or take it away."),
    Command("log.next-mark", "apostrophe", "screen.next_mark", "Next marker", "The next marked line."),
    Command("log.wrap", "w", "screen.wrap", "Wrap", "Wrap long lines, or let them run to the side."),
    Command("log.stamps", "T", "screen.stamps", "Times", "Leave the times out, or show them again."),
)

LISTS = (Command("list.filter", "slash", "screen.filter", "Filter", "Keep what matches.", footer="Filter"),)
"""Works in every list."""

CHANGES = (
    Command(
        "change.undo",
        "u",
        "screen.undo",
        "Undo …",
        "Put this change back, or end one that was interrupted; shows how, and asks.",
        footer="Undo",
        dangerous=True,
    ),
)

ALL: tuple[Command, ...] = (*EVERYWHERE, *LISTS, *OVERVIEW, *INCIDENTS, *INCIDENT, *MEND, *LOG, *CHANGES)
"""What is declared here; the log has those of a message, too."""
