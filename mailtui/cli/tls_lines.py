"""``mailtui tls`` in lines and in JSON: ports, what they serve, who comes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mailtui.text import clean, human_duration, local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtui.cli.output import Output
    from mailtui.services.tls.listeners import Row
    from mailtui.services.tls.logins import Way
    from mailtui.services.tls.probe import Served

_STATES = {"listening": "green", "missing": "red", "taken": "red", "unset": "yellow"}


def row_json(row: Row) -> dict[str, object]:
    """A port, what is set and what is."""
    listener, socket = row.listener, row.socket
    return {
        "port": row.port,
        "address": row.address,
        "state": row.state,
        "program": listener.program if listener else None,
        "service": listener.service if listener else None,
        "role": listener.role if listener else None,
        "protocol": listener.protocol if listener else None,
        "implicit_tls": listener.implicit if listener else None,
        "starttls": bool(listener.tls and listener.starttls) if listener else None,
        "process": socket.process if socket else None,
        "pid": socket.pid if socket else None,
    }


def row_line(row: Row, output: Output) -> str:
    """The same for reading."""
    listener, socket = row.listener, row.socket
    place = (listener or row).address
    who = f"{socket.process or 'a process of another user'} {socket.pid or ''}".strip() if socket else "nobody"
    what = "" if listener is None else f"{listener.protocol} {_way(listener.tls, implicit=listener.implicit)}"
    state = output.styled(f"{row.state:<9}", _STATES[row.state])
    return f"{row.port:>5}  {place:<15}  {state}  {who:<20}  {listener.service if listener else '–':<28}  {what}"


def _way(tls: bool, *, implicit: bool) -> str:
    return "no TLS" if not tls else "TLS" if implicit else "STARTTLS"


def served_json(first: Served, versions: Sequence[Served]) -> dict[str, object]:
    """What a port serves, and which versions it takes."""
    return {
        "host": first.ask.host,
        "port": first.ask.port,
        "starttls": first.ask.starttls or None,
        "name": first.ask.sni,
        "problem": first.problem or None,
        "detail": first.detail,
        "version": first.version or None,
        "cipher": first.cipher or None,
        "versions": {one.ask.versions[0]: _taken(one) for one in versions},
        "auth_before_tls": first.auth_before_tls,
        "greeting": first.greeting,
        "sha256": first.sha256 or None,
        "chain": _chain_json(first),
        "seconds": round(first.seconds, 4),
    }


def _taken(one: Served) -> bool | None:
    """None where this machine's OpenSSL cannot ask that."""
    return None if one.problem == "unable" else one.tls


def _chain_json(first: Served) -> list[dict[str, object]]:
    from mailtui.services.tls.versions import chain_facts

    return [
        {"subject": one.subject, "issuer": one.issuer, "names": one.names, "key": one.key, "ends": one.ends,
         "sha256": one.sha256}
        for one in chain_facts(first)
    ]  # fmt: skip


def served_lines(first: Served, versions: Sequence[Served], output: Output) -> Iterator[str]:
    """The same for reading."""
    from mailtui.services.tls.versions import chain_facts

    yield output.styled(f"{clean(first.ask.host)}:{first.ask.port}", "bold") + f"  {first.greeting}"
    if first.problem:
        yield output.styled(f"no TLS: {first.problem}: {first.detail}", "red")
    else:
        yield f"{first.version}  {first.cipher}  {first.seconds * 1000:.0f} ms"
    taken = [one.ask.versions[0] for one in versions if one.tls]
    yield f"takes      {', '.join(taken) or 'no version'}"
    clear = ", ".join(first.auth_before_tls)
    if first.ask.starttls:
        yield f"in clear   {output.styled(clear, 'red') if first.password_in_clear else clear or 'no login'}"
    now = time.time()
    for number, one in enumerate(chain_facts(first), 1):
        left = (
            human_duration(one.ends - now) if one.ends > now else output.styled(f"over since {local(one.ends)}", "red")
        )
        yield f"{number:>2}  {one.subject}  {', '.join(one.names)}"
        yield output.styled(f"    by {one.issuer}, {one.key}, {left}, SHA-256 {one.sha256}", "dim")


def way_line(way: Way, output: Output) -> str:
    """One way of coming in."""
    style = "red" if way.is_user and way.is_clear else "yellow" if way.is_old else "dim"
    tls = output.styled(f"{way.tls or 'clear':<9}", style)
    kind = "" if way.is_user else "a mail server, "
    told = output.styled(f"  {kind}last {local(way.last)} from {way.client}", "dim")
    return f"{way.count:>7}  {way.door:<11} {tls} {way.who}{told}"


def way_json(way: Way) -> dict[str, object]:
    """The same as JSON."""
    return {"who": way.who, "user": way.is_user, "door": way.door, "tls": way.tls or None, "count": way.count,
            "last": way.last, "client": way.client}  # fmt: skip
