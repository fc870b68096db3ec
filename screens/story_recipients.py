"""What became of a message for one recipient: outcome, reason, cause, who must act, and what next."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.maillog.model import LineRef, Recipient
from mailtui.screens.story_page import INDENT, Page, Row, wrapped
from mailtui.screens.words import MUTED, OUTCOME_SEVERITY, SEVERITY_MARK, SEVERITY_STYLE, who_acts
from mailtui.text import clean


def recipient_rows(recipient: Recipient, page: Page) -> Iterator[Row]:
    """The recipient; where it failed, everything that is known of why."""
    severity = OUTCOME_SEVERITY.get(recipient.status, "unknown")
    line = recipient.attempts[-1].line if recipient.attempts else None
    alias = f"   for {clean(recipient.orig_to)}" if recipient.orig_to not in ("", recipient.to) else ""
    detail = " ".join(filter(None, (clean(recipient.status), clean(recipient.dsn))))
    yield Row(
        (
            (f"{SEVERITY_MARK[severity]} ", SEVERITY_STYLE[severity]),
            (clean(recipient.to), "bold"),
            (alias, MUTED),
            (f"   {detail}", SEVERITY_STYLE[severity]),
            (f"   {_place(recipient)}", MUTED),
        ),
        line,
        failed=severity in ("error", "warning"),
    )
    if severity != "ok":
        yield from _reason(recipient, page, line)
        yield from _cause(recipient, page)


def _place(recipient: Recipient) -> str:
    if recipient.mailbox:
        return f"in {clean(recipient.mailbox)}"
    return f"at {clean(recipient.relay)}" if recipient.relay not in ("", "none") else "no relay reached"


def _reason(recipient: Recipient, page: Page, line: LineRef | None) -> Iterator[Row]:
    for text in wrapped(clean(recipient.reason), page.width):
        yield Row(((INDENT + text, ""),), line)


def _cause(recipient: Recipient, page: Page) -> Iterator[Row]:
    explanation = page.explanations.get(recipient.to)
    verdict = explanation.verdict if explanation else recipient.verdict
    if verdict is not None:
        yield from _labelled("Cause", verdict.meaning or verdict.cause, page, "bold")
        yield from _labelled("Who", f"{who_acts(verdict.who)} must act", page)
        if explanation is None or not explanation.next_steps:
            yield from _labelled("Next", verdict.action, page, "$text-accent")
    if explanation is None:
        if page.explaining:
            yield from _labelled("Here", "… asking this machine's configuration", page, MUTED)
        return
    for text in explanation.evidence:
        yield from _labelled("Here", text, page, "bold")
    for text in explanation.next_steps:
        yield from _labelled("Next", text, page, "$text-accent")
    for argv in explanation.commands:
        yield from _labelled("Run", " ".join(argv), page)


def _labelled(label: str, text: str, page: Page, style: str = "") -> Iterator[Row]:
    for number, part in enumerate(wrapped(clean(text), page.width - 8)):
        yield Row(((f"{INDENT}{label if not number else '':<8}", MUTED), (part, style)))
