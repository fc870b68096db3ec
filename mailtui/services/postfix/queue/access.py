"""mailtui's own access(5) tables: whom to hold or refuse, and until when.

Texts of the type ``texthash``, which needs no index: Postfix reads them when a daemon starts. Each entry stands behind
a comment that says until when it holds; Postfix does not heed that, mailtui removes what is over.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

from mailtui.host.errors import UsageError
from mailtui.text import clean

Kind = Literal["sender", "recipient_domain", "sasl_username"]
Verdict = Literal["HOLD", "REJECT"]

HEAD = "# Rules of mailtui (mailtui queue hold-rules). Others may be added by hand.\n"
_UNTIL = "# until "
_FOR_EVER = "lifted"
_REFUSAL = "REJECT 5.7.1 This account is blocked, ask your postmaster"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kind of rule goes."""

    file: str
    check: str
    """The restriction that looks into it."""
    parameter: str
    """The restriction list it must stand in to know what it asks for (postconf(5)), with any smtpd_delay_reject."""
    words: str


PLACES: dict[Kind, Place] = {
    "sender": Place("mailtui_senders", "check_sender_access", "smtpd_sender_restrictions", "from"),
    "recipient_domain": Place(
        "mailtui_recipient_domains", "check_recipient_access", "smtpd_recipient_restrictions", "to"
    ),
    "sasl_username": Place("mailtui_users", "check_sasl_access", "smtpd_sender_restrictions", "of the user"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry."""

    kind: Kind
    key: str
    verdict: Verdict
    until: float | None
    """Seconds since the epoch; None for one that holds until it is lifted."""

    def over(self, now: float) -> bool:
        """Whether its time has passed."""
        return self.until is not None and self.until <= now


def new_rule(kind: str, value: str, seconds: float | None, verdict: Verdict = "HOLD") -> Rule:
    """A rule that holds from now on for ``seconds``. Raises UsageError for a value no table can have as its key."""
    known: Kind | None = next((name for name in PLACES if name == kind), None)
    if known is None:
        raise UsageError(f"there are no rules by {clean(kind)}", unlock=f"one of: {', '.join(PLACES)}")
    key = value.lower()
    if not key or not key.isprintable() or any(c in ' "\\#' for c in key) or any(c.isspace() for c in key):
        raise UsageError(f"{clean(value)!r} cannot be the key of a table")
    if known == "recipient_domain" and ("@" in key or "." not in key):
        raise UsageError(f"{clean(value)!r} is no domain", unlock="such as: example.com")
    if known == "sender" and "@" not in key:
        raise UsageError(f"{clean(value)!r} is no address", unlock="such as: user@example.com")
    if seconds is not None and not 0 < seconds < 100 * 366 * 86_400:
        raise UsageError("a rule holds for some time")
    return Rule(known, key, verdict, None if seconds is None else time.time() + seconds)


def read_rules(kind: Kind, text: str) -> tuple[Rule, ...]:
    """The rules of mailtui in a table; what was added by hand is none of them."""
    found = []
    lines = text.splitlines()
    for comment, line in pairwise(lines):
        words = line.split(None, 2)
        if comment.startswith(_UNTIL) and len(words) > 1 and words[1] in ("HOLD", "REJECT"):
            verdict: Verdict = "HOLD" if words[1] == "HOLD" else "REJECT"
            found.append(Rule(kind, words[0], verdict, _time(comment.removeprefix(_UNTIL))))
    return tuple(found)


def with_rule(text: str, rule: Rule) -> str:
    """The table with one rule more, in place of any mailtui has for the key."""
    head = without_rules(text or HEAD, [rule])
    action = _REFUSAL if rule.verdict == "REJECT" else f"HOLD held by a rule of mailtui for {rule.key}"
    until = _FOR_EVER if rule.until is None else datetime.fromtimestamp(rule.until, UTC).isoformat(timespec="seconds")
    return f"{head}{_UNTIL}{until}\n{rule.key} {action}\n"


def without_rules(text: str, rules: Iterable[Rule]) -> str:
    """The table without mailtui's rules for these keys; all else stays byte for byte."""
    keys = {rule.key for rule in rules}
    lines = text.splitlines(keepends=True)
    kept: list[str] = []
    index = 0
    while index < len(lines):
        following = lines[index + 1].split(None, 1)[:1] if index + 1 < len(lines) else []
        if lines[index].startswith(_UNTIL) and following and following[0] in keys:
            index += 2
            while kept and kept[-1].startswith(_UNTIL):  # a mark without its rule would make the next entry one
                kept.pop()
            continue
        kept.append(lines[index])
        index += 1
    result = "".join(kept)
    return result if not result or result.endswith("\n") else result + "\n"


def _time(text: str) -> float | None:
    """None for one without an end, and for what is no time: such a rule is not ours to end."""
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except ValueError:
        return None
