"""What the operator asks of the rules: a client with a message, or an entry to try on the last day."""

from __future__ import annotations

from ipaddress import ip_address

from mailtui.services.postfix.restrictions.judging.session import Session, usual_helo
from mailtui.services.postfix.restrictions.replaying.model import KINDS, Entry

CLIENT_HINT = "A client's IP address; then, if it matters: name HOST helo HOST from SENDER to RECIPIENT user LOGIN"
ENTRY_HINT = "client, helo, sender or recipient; a key; an action: sender b.example REJECT"
_WORDS = ("name", "helo", "from", "to", "user")


def read_session(text: str) -> Session:
    """A client in an operator's words; raises ValueError with a sentence."""
    client, *rest = text.split() or [""]
    try:
        ip_address(client)
    except ValueError:
        raise ValueError(f"{client} is no IP address." if client else CLIENT_HINT) from None
    if len(rest) % 2 or not set(rest[::2]) <= set(_WORDS):
        raise ValueError(CLIENT_HINT)
    told = dict(zip(rest[::2], rest[1::2], strict=True))
    if "to" not in told:
        raise ValueError("To whom? Add: to RECIPIENT")
    return Session(
        client,
        told.get("name"),
        None,
        told.get("helo") or usual_helo(client),
        told.get("from", "").strip("<>"),
        told["to"].strip("<>"),
        told.get("user", ""),
    )


def written(session: Session | None) -> str:
    """The question as ``read_session`` takes it; ``""`` for none."""
    if session is None:
        return ""
    told = (
        ("name", session.name or ""),
        ("helo", session.helo if session.helo != usual_helo(session.client) else ""),
        ("from", session.sender),
        ("to", session.recipient),
        ("user", session.user),
    )
    return " ".join((session.client, *(f"{word} {value}" for word, value in told if value)))


def read_entry(text: str) -> Entry:
    """An entry in an operator's words; raises ValueError with a sentence."""
    words = text.split(None, 2)
    kind = next((kind for kind in KINDS if words and kind == words[0]), None)
    if kind is None or len(words) < 3:
        raise ValueError(ENTRY_HINT)
    return Entry(kind, words[1], words[2])


def session_objection(text: str) -> str:
    """What is wrong with a question about a client; ``""`` where nothing is."""
    try:
        read_session(text)
    except ValueError as error:
        return str(error)
    return ""


def entry_objection(text: str) -> str:
    """What is wrong with an entry; ``""`` where nothing is."""
    try:
        read_entry(text)
    except ValueError as error:
        return str(error)
    return ""
