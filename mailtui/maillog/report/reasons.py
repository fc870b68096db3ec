"""Why a message was refused or waits, short enough to count: what differs from line to line is taken out.

After pflogsumm's ``said_string_trimmer`` and ``proc_smtpd_reject``, but without cutting at the first ``)``.
"""

from __future__ import annotations

import re

_ADDRESS = re.compile(r":? ?[^\s:]+@[^\s:]+")
_ANGLES = re.compile(r"<[^<>\s]*>:? ?")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_REJECT = re.compile(r"[0-9]{3} (?:[0-9]\.[0-9.]++ )?+(?:<[^>]*+>: )?+([^;<@\[]{1,100}+); from=<")
"""Most rejects: nothing in their reason but words."""
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
"""Bytes, because ``bytes.translate`` takes a quarter of the time of ``str.translate``."""

_MOST_FORMS = 10_000
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
    plain = _REJECT.match(text)
    if plain is not None and "blocked using " not in plain[1]:
        return plain[1]
    text = _without_codes(text.partition("; from=<")[0])
    if text.startswith("<"):
        text = text.partition(">: ")[2] or text
    _, blocked, zone = text.partition("blocked using ")
    if blocked:
        return f"blocked using {zone.partition(';')[0]}"
    text = text.partition(";")[0].partition(", [")[0]
    return shorten(_without_addresses(text))


class WarningTexts:
    """Warnings without the client, the address and the number they are about; each is made out only once."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._forms: dict[bytes, str] = {}

    def condensed(self, text: str) -> str:
        """``x[192.0.2.1]: SASL failed 3 times`` → ``H[IP]: SASL failed N times``."""
        known = self._texts.get(text)
        if known is None:
            if len(self._texts) >= _MOST_FORMS:
                self._texts.clear()
            known = self._texts[text] = self._condense(text)
        return known

    def _condense(self, text: str) -> str:
        start = text.find("[")
        if start >= 0:
            word = text.rfind(" ", 0, start) + 1
            text = f"{text[:word]}H[IP]{text[text.find(']', start) + 1 :]}"
        elif text.startswith("hostname "):
            text = f"hostname H {text[9:].partition(' ')[2]}"
        form = text.encode("utf-8", "surrogatepass").translate(_DIGITS_ALIKE)
        known = self._forms.get(form)
        if known is None:
            if len(self._forms) >= _MOST_FORMS:
                self._forms.clear()
            known = self._forms[form] = shorten(_NUMBER.sub("N", text))
        return known


def shorten(text: str) -> str:
    """At most a line and a half of an 80 column terminal."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
