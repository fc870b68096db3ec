"""A port in words: how TLS begins there, who has it open, what it shows, what it offers in clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from mailtui.screens.certificates.telling import VERDICTS, day
from mailtui.screens.words import MUTED, clock, counted

if TYPE_CHECKING:
    from mailtui.services.tls.listeners import Row
    from mailtui.services.tls.serving import Shown
    from mailtui.services.tls.visitors import Visits

_STATES = {
    "listening": ("", ""),
    "missing": ("nobody listens", "bold $text-error"),
    "taken": ("another program", "bold $text-error"),
    "unset": ("set nowhere", "$text-warning"),
}
_WRONG = {"stale": "not its files", "table": "an old SNI table", "broken": "no TLS", "down": "no answer"}
_MOST_NAMED = 15
_ROLES = {
    "mx": "other servers",
    "submission": "users, to send",
    "mailbox": "users, to read",
    "delivery": "delivery",
    "other": "",
}


def begins(row: Row) -> str:
    """How TLS begins."""
    if row.listener is None:
        return ""
    if row.listener.implicit:
        return "at once"
    return "STARTTLS" if row.listener.tls else "none"


def process(row: Row) -> Content:
    """Who has the port open."""
    if row.socket is None:
        return Content.styled(*_STATES["missing"])
    words, style = _STATES[row.state]
    name = row.socket.process or "not yours to see"
    return Content.styled(f"{words}: {name}" if words else f"{name} {row.socket.pid or ''}".strip(), style or MUTED)


def comes(row: Row) -> str:
    """Who comes there."""
    return _ROLES[row.listener.role] if row.listener else ""


def shows(row: Row, shown: Sequence[Shown]) -> Content:
    """What a port shows to those who ask for no name; that it does not as it should, or is not there to show it."""
    if row.state != "listening":
        return Content.styled(*_STATES[row.state])
    if not shown:
        return Content("")
    first = next((one for one in shown if not one.name), shown[0])
    wrong = next((one for one in shown if one.verdict not in ("same", "unknown")), None)
    if wrong is not None:
        return Content.styled(_WRONG[wrong.verdict], VERDICTS[wrong.verdict][1])
    leaf = first.leaf
    return Content(f"{leaf.names[0] if leaf and leaf.names else 'no name'}  ") + Content.styled(
        first.answer.version, MUTED
    )


def lines(row: Row, shown: Sequence[Shown]) -> Iterator[str]:
    """Everything that is known of a port."""
    if row.listener is not None:
        listener = row.listener
        yield f"set      {listener.service} of {listener.program}, {listener.protocol}, TLS {begins(row)}"
    if row.socket is not None:
        yield f"open     {row.socket.process or 'a process of another user'} {row.socket.pid or ''}".rstrip()
    for one in shown:
        answer = one.answer
        yield " "
        yield f"asked    {f'for {one.name}' if one.name else 'for no name'}"
        yield f"greeting {answer.greeting}"
        if answer.problem:
            yield f"no TLS   {answer.problem}: {answer.detail}"
            continue
        yield f"TLS      {answer.version}, {answer.cipher}, {answer.seconds * 1000:.0f} ms"
        if one.leaf is not None:
            yield f"shows    {', '.join(one.leaf.names) or one.leaf.subject}, until {day(one.leaf.ends)}"
            yield f"SHA-256  {one.leaf.sha256.replace(':', '')}"
        yield f"         {VERDICTS[one.verdict][0]}; {counted(len(answer.chain_der), 'certificate')} sent"
        if answer.ask.starttls:
            yield f"in clear {', '.join(answer.auth_before_tls) or 'no login'}"


def visits(found: Visits, now: float) -> Iterator[str]:
    """Who came by a port, and what that means for closing it."""
    if found.since is None:
        yield "No line of the log tells of a login."
        return
    since = clock(found.since, now)
    users = [way for way in found.ways if way.is_user]
    people = len({way.who for way in users})
    yield (
        f"{counted(people, 'user')} by {found.door} since {since}"
        if people
        else f"Nobody by {found.door} since {since}."
    )
    if found.shared:
        yield f"Other ports are {found.door} in the log, too: some may have come by those."
    yield " "
    for way in found.ways[:_MOST_NAMED]:
        who = way.who if way.is_user else f"{way.who} (a mail server)"
        yield f"{way.count:>6} times  {way.tls or 'no TLS':<8}  {who}, last {clock(way.last, now)} from {way.client}"
    if len(found.ways) > _MOST_NAMED:
        yield f"and {len(found.ways) - _MOST_NAMED} more: mailtui tls who --door {found.door}"
