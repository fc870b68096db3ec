"""A resolution in lines: the verdict above, the steps below."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from textual.content import Content

from mailtui.screens.targets import OpenAddress
from mailtui.screens.widgets import Column, TableRow
from mailtui.screens.words import MUTED
from mailtui.services.postfix.addresses.model import Final, Resolution, Step
from mailtui.text import clean

COLUMNS = (
    Column("who", "Who asks", 15),
    Column("parameter", "Parameter", 22, only_from=110),
    Column("key", "Key", 22, grow=2),
    Column("result", "Answer", 20, grow=3),
    Column("place", "Stands in", 18),
    Column("table", "Table", 24, grow=2, only_from=130),
)
MOST_FINAL = 6
"""Ends of the way that are told above the table; all are saved."""
_WHO = {
    "recipient": "smtpd",
    "rewriting": "cleanup",
    "routing": "trivial-rewrite",
    "delivery": "delivery agent",
}


def verdict(found: Resolution, asked: OpenAddress) -> Content:
    """Whether it is taken, and where it ends."""
    about = (
        f"{found.address_class} domain" if found.address_class else "",
        f"from {clean(asked.sender)}" if asked.sender else "",
        f"client {clean(asked.client)}" if asked.client else "",
    )
    lines = [
        Content.assemble((found.address, "bold"), (f"   {'   '.join(filter(None, about))}", MUTED)),
        Content.styled(f"{'✔' if found.accepted else '✖'} {found.reply}", "" if found.accepted else "$text-error"),
        *(_end(final) for final in found.final[:MOST_FINAL]),
    ]
    if len(found.final) > MOST_FINAL:
        lines.append(Content.styled(f"  and {len(found.final) - MOST_FINAL} more: ctrl+s saves all", MUTED))
    if found.problem:
        lines.append(Content.styled(f"✖ {found.problem}", "$text-error"))
    return Content("\n").join(lines)


def rows(steps: Sequence[Step], *, answers_only: bool) -> list[TableRow]:
    """One row a step; ``answers_only`` leaves out keys that no table has."""
    told, before = [], ""
    for number, step in enumerate(steps):
        if answers_only and step.result is None:
            continue
        who = _WHO[step.stage]
        told.append(_row(number, step, "" if who == before else who))
        before = who
    return told


def decisive(found: Resolution) -> int:
    """The number of the step to look at first: where something is wrong, the last entry that stands in a file."""
    with_place = [number for number, step in enumerate(found.steps) if step.result is not None and step.line]
    return with_place[-1] if is_wrong(found) and with_place else 0


def is_wrong(found: Resolution) -> bool:
    """Whether mail does not get to where it is to go."""
    return bool(not found.accepted or found.problem or any(final.problem for final in found.final))


def place(step: Step) -> str:
    """Where the answer stands, or which table was asked."""
    return f"{step.file}:{step.line}" if step.line else step.table


def text(found: Resolution, keys: Container[str]) -> Iterator[str]:
    """All of it, with those of its steps whose rows have these keys, to be saved."""
    yield f"{found.address}\t{found.address_class}\t{found.reply}"
    for number, step in enumerate(found.steps):
        if str(number) not in keys:
            continue
        answer = "no entry" if step.result is None else step.result
        yield "\t".join((_WHO[step.stage], step.parameter, step.key, answer, place(step)))
    for final in found.final:
        yield _end(final).plain.strip()
    if found.problem:
        yield found.problem


def _row(number: int, step: Step, who: str) -> TableRow:
    style = MUTED if step.result is None else ""
    answer = "no entry" if step.result is None else step.result
    cells = (who, step.parameter, step.key, answer, place(step).rpartition("/")[2], place(step))
    return TableRow(str(number), tuple(Content.styled(cell, style) for cell in cells))


def _end(final: Final) -> Content:
    way = " ".join(filter(None, (final.transport, final.nexthop)))
    return Content.assemble(
        (f"  → {final.address}", ""),
        (f" by {way}" if way else "", MUTED),
        (f"  {final.mailbox}", "$text-success") if final.mailbox else "",
        (f"  {final.problem}", "$text-error") if final.problem else "",
    )
