"""What is known of one failure, and how it is gathered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mailtui.host.errors import MailtuiError
from mailtui.maillog.model import Verdict


@dataclass(frozen=True, slots=True)
class Blamed:
    """An entry of a table that made it, or that is missing."""

    parameter: str
    table: str
    """As main.cf names it, like ``hash:/etc/postfix/virtual``."""
    key: str
    value: str = ""
    """What the table says now; ``""`` where it has no such key."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a recipient did not get a message, on this machine's evidence."""

    verdict: Verdict
    """The rule that knows the text, or one that says that none does."""
    evidence: tuple[str, ...] = ()
    """What was really read: parameters, table entries, files. A sentence each."""
    next_steps: tuple[str, ...] = ()
    """What to do, in order; empty where the verdict's action is all there is to say."""
    commands: tuple[tuple[str, ...], ...] = ()
    """Commands that show the same, or prove the mending. None changes anything."""
    entries: tuple[Blamed, ...] = ()
    """Entries of tables by which it can be mended, the likeliest first."""


@dataclass(slots=True)
class Findings:
    """An explanation in the making."""

    evidence: list[str] = field(default_factory=list)
    next_steps: list[str] = field(default_factory=list)
    commands: list[tuple[str, ...]] = field(default_factory=list)
    entries: list[Blamed] = field(default_factory=list)

    def add(self, *sentences: str) -> None:
        """Note what was read."""
        self.evidence += [sentence for sentence in sentences if sentence not in self.evidence]

    def advise(self, *steps: str) -> None:
        """Note what to do."""
        self.next_steps += [step for step in steps if step not in self.next_steps]

    def offer(self, *argv: str) -> None:
        """Note a command that shows it."""
        if argv not in self.commands:
            self.commands.append(argv)

    def blame(self, parameter: str, table: str, key: str, value: str = "", *, likeliest: bool = False) -> None:
        """Note an entry that decided it, or that is missing; before all others if it is the ``likeliest``."""
        self.entries.insert(0 if likeliest else len(self.entries), Blamed(parameter, table, key, value))

    @contextmanager
    def unless_unreadable(self, what: str) -> Iterator[None]:
        """Look at something that may be missing or forbidden; then say so instead."""
        try:
            yield
        except MailtuiError as error:
            self.add(f"{what} could not be looked at: {error.told}")

    def explanation(self, verdict: Verdict) -> Explanation:
        """What was found, with what it means."""
        return Explanation(
            verdict, tuple(self.evidence), tuple(self.next_steps), tuple(self.commands), tuple(self.entries)
        )
