"""The rules of a service in lines: as they stand, or with what each answers to a client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from mailtui.screens.widgets import Column, TableRow
from mailtui.screens.words import MUTED
from mailtui.services.postfix.restrictions.judging.model import Step, Verdict
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.model import Order, Rule, Stage
from mailtui.services.postfix.restrictions.replaying.model import Replay
from mailtui.services.postfix.tables import TABLE
from mailtui.text import clean, local

COLUMNS = (
    Column("list", "List", 11),
    Column("at", "Asked at", 11, only_from=110),
    Column("source", "Set in", 9, only_from=110),
    Column("rule", "Rule", 30, grow=2),
    Column("answer", "Answer", 6),
    Column("why", "What it does", 24, grow=3),
)
_STYLES = {"permit": "$text-success", "reject": "$text-error", "dunno": MUTED}
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as it is shown."""

    at: str
    parameter: str
    source: str
    """Where the list is set; ``""`` where that is not asked."""
    rule: str
    depth: int
    answer: str
    why: str
    table: str = ""
    """The lookup table it asks."""


def order_lines(order: Order) -> list[Line]:
    """The rules as they stand."""
    return [line for stage in order.stages for rule in stage.rules for line in _rule_lines(rule, stage, 0)]


def step_lines(verdict: Verdict) -> list[Line]:
    """The rules that were asked, with their answers."""
    return [_step_line(step) for step in verdict.steps]


def rows(lines: list[Line]) -> list[TableRow]:
    """One row a rule; the list is told where it changes."""
    told: list[TableRow] = []
    before = ""
    for number, line in enumerate(lines):
        named = line.parameter.removeprefix("smtpd_").removesuffix("_restrictions").replace("_", " ")
        cells = (named, line.at, line.source) if line.parameter != before else ("", "", "")
        style = _STYLES.get(line.answer, "")
        told.append(
            TableRow(
                str(number),
                (
                    *(Content.styled(clean(cell), MUTED) for cell in cells),
                    Content.styled(f"{'  ' * line.depth}{clean(line.rule)}", ""),
                    Content.styled(line.answer, style),
                    Content.styled(clean(line.why), MUTED if line.answer in ("", "dunno") else style),
                ),
            )
        )
        before = line.parameter
    return told


def head(order: Order, place: int, count: int, verdict: Verdict | None, session: Session | None) -> Content:
    """The service, and how the client fares there."""
    number = f"   {place} of {count}: ] and [ show the others" if count > 1 else ""
    first = Content.assemble((clean(order.name), "bold"), (number, MUTED))
    if verdict is None or session is None:
        return Content("\n").join(
            [first, Content.styled("K tries a client on them; f3 tries an entry on the last day.", MUTED)]
        )
    mark, style = ("✔", "") if verdict.accepted else ("✖", "$text-error")
    at = f"   to {verdict.at}" if verdict.at else ""
    about = f"{clean(session.client)} from <{clean(session.sender)}> to <{clean(session.recipient)}>"
    lines = [
        first,
        Content.styled(about, MUTED),
        Content.assemble((f"{mark} {clean(verdict.reply)}", style), (at, MUTED)),
        *(Content.styled(f"  and then: {clean(effect)}", "$text-warning") for effect in verdict.effects),
        *(
            Content.styled(f"  unless {clean(rule)} says otherwise: not asked", "$text-warning")
            for rule in verdict.left_out
        ),
    ]
    return Content("\n").join(lines)


def replay_lines(found: Replay) -> Iterator[str]:
    """What an entry would have met."""
    yield found.summary
    yield ""
    for one in found.met[-_SHOWN:]:
        user = f", logged in as {clean(one.user)}" if one.user else ""
        yield f"{local(one.time)}  {one.status:<9} <{clean(one.sender)}> → <{clean(one.recipient)}>"
        yield f"          {clean(one.client)}{user}  {clean(one.reason)}"
    if len(found.met) > _SHOWN:
        yield f"and {len(found.met) - _SHOWN} before them"


def text(order: Order, lines: list[Line], verdict: Verdict | None) -> str:
    """All of it, to be saved."""
    told = [order.name, *([verdict.reply] if verdict else ())]
    told += ["\t".join((line.at, line.parameter, line.rule, line.answer, line.why)) for line in lines]
    return "\n".join(map(clean, told))


def _rule_lines(rule: Rule, stage: Stage, depth: int) -> Iterator[Line]:
    unknown = "a restriction class" if rule.rules else "✖ smtpd knows no such restriction"
    says = rule.known.says if rule.known else unknown
    if rule.implied:
        says = f"{says}, as {rule.implied} asks"
    yield Line(stage.at, stage.parameter, stage.source, str(rule), depth, "", says, _table(rule.argument))
    for one in rule.rules:
        yield from _rule_lines(one, stage, depth + 1)


def _step_line(step: Step) -> Line:
    why = "   ".join(filter(None, (step.reply, step.why)))
    table = _table(step.rule.rpartition(" ")[2])
    return Line(step.at, step.parameter, "", step.rule, step.depth, step.answer, why, table)


def _table(argument: str) -> str:
    return argument if TABLE.match(argument) and not argument.startswith(("unix:", "inet:")) else ""
