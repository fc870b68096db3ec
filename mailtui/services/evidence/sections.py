"""The parts of a ticket's text, each from the service that knows; a part that fails says so and spares the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mailtui import __version__
from mailtui.changes.history import Change
from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.maillog.model import Incident, Story
from mailtui.services.explain import Explainer
from mailtui.services.postfix.addresses.model import Resolution
from mailtui.services.postfix.queue.ids import is_queue_id
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.service import Queue
from mailtui.text import human_size, local

RECENT = 7 * 86_400.0
"""Seconds of changes made here that may have to do with it."""
MOST = 10
"""Recipients and messages that are told in full."""
Section = tuple[str, Iterable[str]]


def written(sections: Iterable[tuple[str, Callable[[], Iterable[str]]]]) -> Iterator[str]:
    """Lines of all parts that have any."""
    for title, make in sections:
        try:
            lines = list(make())
        except MailtuiError as error:
            lines = [f"not available: {error.message}"]
        if lines:
            yield from ("", title, "-" * len(title), *lines)


def heading(now: float, hosts: Iterable[str], redacted: bool) -> Iterator[str]:
    """Where and when this was made, and what is not in it."""
    yield f"Made {local(now)} by mailtui {__version__}" + "".join(f", log of {host}" for host in hosts if host)
    yield (
        "Names of people are aliases (user-1, …), the same throughout; subjects and passwords are left out."
        if redacted
        else "Not redacted: names of people stand in it."
    )


def incident(one: Incident) -> Iterator[str]:
    """What failed, how often, since when."""
    yield f"{one.severity}: {one.title} ({one.cause})"
    yield f"{one.count} times, {local(one.first)} to {local(one.last)}; {one.messages} messages"
    yield f"to be done by {one.who}: {one.action}"
    yield from (f"  {line.text}" for line in one.samples)


def story(one: Story) -> Iterator[str]:
    """The message, what became of it for whom, and its lines."""
    yield f"{' '.join(one.queue_ids) or one.key}  {one.outcome}"
    yield from (f"message-id=<{name.strip('<>')}>" for name in one.message_ids)
    size = "" if one.size is None else f", {human_size(one.size)}"
    yield f"from=<{one.sender or ''}>{size}, client {one.client or 'unknown'}"
    for recipient in one.recipients[:MOST]:
        yield f"to=<{recipient.to}> {recipient.status} {recipient.dsn} by {recipient.relay}: {recipient.reason}"
    yield from (f"  {line.text}" for line in one.lines)


def explained(explainer: Explainer, one: Story) -> Iterator[str]:
    """Why each recipient failed, on this machine's own evidence."""
    for recipient in one.failed[:MOST]:
        cause = explainer.cause(recipient, one)
        yield f"to=<{recipient.to}>: {cause.verdict.meaning}"
        yield from (f"  {sentence}" for sentence in cause.evidence)
        yield from (f"  next: {step}" for step in cause.next_steps or (cause.verdict.action,))


def waiting(queue: Queue, stories: Iterable[Story]) -> Iterator[str]:
    """What of it is still in the queue, and why."""
    names = {name for one in stories for name in one.queue_ids if is_queue_id(name)}
    found: list[QueueEntry] = [entry for entry in queue.read().entries if entry.queue_id in names] if names else []
    for entry in found[:MOST]:
        yield f"{entry.queue_id} in {entry.queue_name}, {human_size(entry.message_size)}: {queue.why(entry)}"


def looked_up(resolution: Resolution) -> Iterator[str]:
    """Every table that was asked for an address, and what it said."""
    yield f"<{resolution.address}>: {resolution.address_class}; {resolution.reply}"
    for step in resolution.steps:
        place = f"  ({step.file}:{step.line})" if step.line else ""
        yield f"  {step.parameter} {step.table} {step.key} -> {step.result or 'no entry'}{place}"
    for final in resolution.final:
        yield f"  ends at {final.address} by {final.transport} {final.nexthop} {final.mailbox} {final.problem}".rstrip()
    if resolution.problem:
        yield f"  {resolution.problem}"


def found_wrong(findings: Iterable[Finding]) -> Iterator[str]:
    """Errors and warnings of this machine."""
    for one in findings:
        if one.severity in ("error", "warning"):
            yield f"{one.severity}: {one.subject}: {one.title}"
            yield from (f"  {line}" for line in one.evidence)


def changed(changes: Iterable[Change], now: float) -> Iterator[str]:
    """What mailtui changed here lately."""
    for one in changes:
        if one.time >= now - RECENT:
            yield f"{one.id} {local(one.time)} {one.plan.title}: {one.state}"
