"""Why a message was refused or waits, short enough to count: what differs from line to line is taken out.

After pflogsumm's ``said_string_trimmer`` and ``proc_smtpd_reject``, but without cutting at the first ``)``.
"""

from __future__ import annotations

import re

_ADDRESS = re.compile(r":? ?[^\s:]+@[^\s:]+")
_ANGLES = re.compile(r"<[^<>\s]*>:? ?")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)+|[0-9]{2,}")
_LONGEST = 120


def remote_reason(text: str) -> str:
    """The text of a deferral or bounce without host, codes and addresses."""
    if text.startswith("host "):
        _, _, said = text.partition(" said: ")
        text = said or text
    elif text.startswith("connect to "):
        return f"connect: {shorten(text.rpartition(': ')[2])}"
    text = _without_codes(text.partition(" (in reply to ")[0])
    return shorten(_without_codes(_without_addresses(text)))


def _without_addresses(text: str) -> str:
    if "<" in text:
        text = _ANGLES.sub("", text)
    return _ADDRESS.sub("", text) if "@" in text else text


def _without_codes(text: str) -> str:
    """``550-5.1.1 text`` → ``text``."""
    if text[:3].isdigit():
        text = text[4:]
    if text[1:2] == "." and text[:1].isdigit():
        text = text.partition(" ")[2]
    return text


def reject_reason(text: str) -> str:
    """The text of a reject without codes, addresses and what follows a semicolon."""
    text = _without_codes(text.partition("; from=<")[0])
    if text.startswith("<"):
        text = text.partition(">: ")[2] or text
    _, blocked, zone = text.partition("blocked using ")
    if blocked:
        return f"blocked using {zone.partition(';')[0]}"
    text = text.partition(";")[0].partition(", [")[0]
    return shorten(_without_addresses(text))


def warning_text(text: str) -> str:
    """A warning without the client, the address and the number it is about."""
    start = text.find("[")
    if start >= 0:
        word = text.rfind(" ", 0, start) + 1
        text = f"{text[:word]}H[IP]{text[text.find(']', start) + 1 :]}"
    elif text.startswith("hostname "):
        _, _, text = text[9:].partition(" ")
        text = f"hostname H {text}"
    return shorten(_NUMBER.sub("N", text))


def shorten(text: str) -> str:
    """At most a line and a half of an 80 column terminal."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
