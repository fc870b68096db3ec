"""Headers and text of a message, decoded as far as they can be: RFC 5322, RFC 2045 to 2047.

Whatever is wrong with a message must not hide it: what cannot be decoded is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from mailtui.services.postfix.queue.model import Attachment, QueueMessage
from mailtui.text import clean, clean_lines

_MAX_PARTS = 200
_Pairs = tuple[tuple[str, str], ...]


def read_content(message: QueueMessage, data: bytes) -> QueueMessage:
    """``message`` with what its part asks for out of its headers and body ``data``."""
    try:
        return _read(message, message_from_bytes(data))
    except RecursionError:
        problem = "the message is nested too deep to be taken apart: this is its source"
        return replace(message, body=clean_lines(_foreign(data)), problems=(*message.problems, problem))


def _read(message: QueueMessage, parsed: Message) -> QueueMessage:
    raw: _Pairs = ()
    if message.part != "body":
        raw = tuple((clean(name), _shown(_unfolded(str(value)))) for name, value in parsed.raw_items())
    decoded = tuple((name, clean(_decoded(value))) for name, value in raw)
    if message.part == "headers":
        return replace(message, headers=raw, decoded=decoded)
    text, attachments = _body(parsed)
    return replace(message, headers=raw, decoded=decoded, body=clean_lines(text), attachments=attachments)


def _unfolded(value: str) -> str:
    return " ".join(line.strip() for line in value.splitlines())


def _shown(text: str) -> str:
    """Header bytes that are UTF-8 after all (RFC 6532) as such."""
    return clean(text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape"))


def _decoded(value: str) -> str:
    """Encoded words decoded; the value itself where they are broken."""
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value


def _body(parsed: Message) -> tuple[str, tuple[Attachment, ...]]:
    """The text parts one after the other, and all others by name and size."""
    texts: list[str] = []
    attachments: list[Attachment] = []
    leaves = list(_leaves(parsed))
    plain = any(leaf.get_content_type() == "text/plain" for leaf in leaves)
    for leaf in leaves:
        kind = leaf.get_content_type()
        data = _payload(leaf)
        is_text = leaf.get_content_maintype() == "text" and leaf.get_content_disposition() != "attachment"
        if is_text and (kind == "text/plain" or not plain):
            texts.append(_text(leaf, data))
        else:
            attachments.append(Attachment(clean(kind), clean(_decoded(_name(leaf))), len(data)))
    return "\n".join(texts), tuple(attachments)


def _leaves(parsed: Message) -> Iterator[Message]:
    """The parts that have no parts, as many as anybody will look at."""
    found = (part for part in parsed.walk() if not part.is_multipart())
    for _, part in zip(range(_MAX_PARTS), found, strict=False):
        yield part


def _payload(leaf: Message) -> bytes:
    data = leaf.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _name(leaf: Message) -> str:
    try:
        return leaf.get_filename("")
    except (LookupError, ValueError, TypeError):
        return ""


def _text(leaf: Message, data: bytes) -> str:
    """The text in its own character set; where that is none or a wrong one, foreign bytes are shown as such."""
    try:
        return data.decode(str(leaf.get_param("charset", "utf-8")), "replace")
    except (LookupError, ValueError):
        return _foreign(data)


def _foreign(data: bytes) -> str:
    """Text of which nothing is known; bytes that are no UTF-8 are shown as such."""
    return data.decode("utf-8", "surrogateescape")
