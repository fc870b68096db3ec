"""A certificate in words and signs: how long it lasts, who shows it, its chain as a tree, all of them on one axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.content import Content

from mailtui.screens.words import MUTED, counted

if TYPE_CHECKING:
    from mailtui.services.tls.facts import CertificateFacts
    from mailtui.services.tls.inventory import Held
    from mailtui.services.tls.serving import Shown, Survey

STAGE_STYLE = {
    "fine": "$text-success",
    "soon": "$text-warning",
    "late": "bold $text-error",
    "over": "bold $text-error",
    "early": "bold $text-error",
    "unknown": MUTED,
}
VERDICTS = {
    "same": ("what its files hold", "$text-success"),
    "stale": ("another certificate than its files hold", "bold $text-warning"),
    "table": ("a copy in the SNI table that is older than the files", "bold $text-error"),
    "broken": ("no TLS", "bold $text-error"),
    "down": ("no answer", "bold $text-error"),
    "unknown": ("not known what it should show", MUTED),
}
_DAY = 86400.0
_LONGEST_NAME = 24
_BAR = 10


def day(time: float) -> str:
    """A date, in UTC as certificates have it."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")


def left(leaf: CertificateFacts, now: float) -> str:
    """``89 days``, ``over for 3 days``; hours where there is less than a day."""
    seconds = leaf.ends - now
    if seconds <= 0:
        return f"over for {counted(int(-seconds // _DAY), 'day')}"
    return counted(int(seconds // _DAY), "day") if seconds >= _DAY else counted(int(seconds // 3600), "hour")


def life(held: Held, now: float) -> Content:
    """How much of its life is left, drawn."""
    if held.leaf is None:
        return Content("")
    full = round(max(0.0, min(1.0, held.leaf.part_left(now))) * _BAR)
    return Content.styled("█" * full + "░" * (_BAR - full), STAGE_STYLE[held.stage(now)])


def ports(survey: Survey, held: Held) -> tuple[str, str]:
    """Who shows it, in a few words, with a style."""
    if all(use.side == "client" for use in held.uses):
        return "for sending only", MUTED
    shown = survey.of(held)
    wrong = [one for one in shown if one.verdict not in ("same", "unknown")]
    if not shown:
        return "on no port", "$text-warning"
    if wrong:
        return f"not on {len(wrong)} of {counted(len(shown), 'port')}", "bold $text-error"
    return counted(len(shown), "port"), "$text-success"


def verdict(one: Shown) -> Content:
    """What a port shows, as against what it should."""
    words, style = VERDICTS[one.verdict]
    told = f"{words}: {one.answer.detail}" if one.verdict in ("broken", "down") and one.answer.detail else words
    return Content.styled(told, style)


def tree(chain: Sequence[CertificateFacts], now: float) -> Iterator[Content]:
    """The chain from who signed all the others down to the server's own."""
    if not chain:
        return
    last = chain[-1]
    lines = [] if last.self_signed else [Content.styled(f"{last.issuer}  not sent: clients must know it", MUTED)]
    for one in reversed(chain):
        style = "bold $text-error" if one.ends <= now else "bold" if one is chain[0] else ""
        told = Content.styled(", ".join(one.names[:4]) or one.subject, style)
        lines.append(told + Content.styled(f"  until {day(one.ends)}, {one.key}", MUTED))
    for depth, line in enumerate(lines):
        yield Content("   " * (depth - 1) + "└─ " if depth else "") + line


def timeline(held: Sequence[Held], now: float, width: int, most: int) -> Iterator[Content]:
    """The next to end, each where it ends on one axis from now on."""
    ending = sorted(((one.leaf, one) for one in held if one.leaf is not None), key=lambda pair: pair[0].ends)[:most]
    room = width - _LONGEST_NAME - 36
    if not ending or room < 10:
        return
    furthest = max(now + _DAY, *(leaf.ends for leaf, _ in ending))
    for leaf, one in ending:
        at = max(0, min(room - 1, round((leaf.ends - now) / (furthest - now) * (room - 1))))
        style = STAGE_STYLE[one.stage(now)]
        yield Content.assemble(
            f"{one.name[:_LONGEST_NAME]:<{_LONGEST_NAME}} ",
            ("├" + "─" * at + "●", style),
            " " * (room - at),
            (f"{day(leaf.ends)}  {left(leaf, now)}", style),
        )
