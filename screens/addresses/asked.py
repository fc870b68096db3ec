"""What the operator asks: an address, and who sends to it from where."""

from __future__ import annotations

from ipaddress import ip_address

from mailtui.screens.targets import OpenAddress

HINT = "An address; then, if it matters: from SENDER client IP-ADDRESS"


def read(text: str) -> OpenAddress:
    """The question in an operator's words; raises ValueError with a sentence."""
    address, *rest = _words(text) or [""]
    if not address or len(rest) % 2 or not set(rest[::2]) <= {"from", "client"}:
        raise ValueError(HINT)
    told = dict(zip(rest[::2], rest[1::2], strict=True))
    client = told.get("client", "")
    try:
        if client:
            ip_address(client)
    except ValueError:
        raise ValueError(f"{client} is no IP address.") from None
    return OpenAddress(address, told.get("from", "").strip("<>"), client)


def written(asked: OpenAddress | None) -> str:
    """The question as ``read`` takes it; ``""`` for none."""
    if asked is None:
        return ""
    told = (("from", asked.sender), ("client", asked.client))
    return " ".join((asked.address, *(f"{word} {value}" for word, value in told if value)))


def objection(text: str) -> str:
    """What is wrong with a question; ``""`` where nothing is."""
    try:
        read(text)
    except ValueError as error:
        return str(error)
    return ""


def _words(text: str) -> list[str]:
    """Words between blanks that are not within double quotes."""
    words, quoted = [""], False
    for sign in text.strip():
        quoted ^= sign == '"'
        if sign.isspace() and not quoted:
            words.append("")
        else:
            words[-1] += sign
    return [word for word in words if word]
