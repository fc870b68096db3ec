"""Untrusted text to printable text, and numbers to words an operator reads at a glance.

Logs, queues, maps and mailboxes hold whatever strangers sent. ``clean`` maps every character that could drive
a terminal, turn the reading direction or stay invisible to a visible symbol, so that what is shown is what is
there. Sets: Unicode categories Cc, Zl, Zp, Cs; the bidi controls of UAX 9; the default-ignorable characters
and blank letters of UAX 44.
"""

from __future__ import annotations

import re
import time as clock
from datetime import datetime
from functools import lru_cache

_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls
    "\u2028\u2029"  # line and paragraph separator
    "\u00ad\u034f\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # zero width
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f"  # fillers and variation selectors
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # musical controls, tags
    "\ud800-\udfff"  # surrogates: bytes that were no UTF-8
    "]"
)
_LINE_BREAKS = re.compile("\r\n|\n")

_SIZE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_DURATION_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def _symbol(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xDC80 <= code <= 0xDCFF:
        return f"‹{code - 0xDC00:02X}›"
    return f"‹U+{code:04X}›"


def clean(text: str) -> str:
    """``text`` on one line, everything unprintable made visible; the same object when there is nothing."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_symbol, text) if _UNSAFE.search(text) else text


def clean_lines(text: str) -> str:
    """Like ``clean``, but line breaks stay."""
    return "\n".join(clean(line) for line in _LINE_BREAKS.split(text))


@lru_cache(maxsize=4096)
def human_size(size: float) -> str:
    """``1536`` → ``1.5 kB``; powers of 1024, as Postfix and Dovecot count."""
    value, unit = float(size), 0
    while abs(value) >= 1023.5 and unit < len(_SIZE_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    digits = 1 if unit and abs(value) < 9.95 else 0
    return f"{value:.{digits}f} {_SIZE_UNITS[unit]}"


def human_duration(seconds: float) -> str:
    """``93784`` → ``1d 2h``, ``0.35`` → ``0.35s``: the two largest units."""
    if seconds < 0:
        return "-" + human_duration(-seconds)
    if seconds < 9.95:
        return f"{seconds:.2g}s"
    return _largest_units(round(seconds))


@lru_cache(maxsize=4096)
def _largest_units(seconds: int) -> str:
    rest, words = seconds, list[str]()
    for unit, length in _DURATION_UNITS:
        count, rest = divmod(rest, length)
        if words or count:
            words.append(f"{count}{unit}" if count else "")
        if len(words) == 2:
            break
    return " ".join(filter(None, words))


@lru_cache(maxsize=4096)
def _second(second: int) -> tuple[str, str]:
    """The local date-and-time and the zone of one second; log lines share them."""
    text = datetime.fromtimestamp(second).astimezone().isoformat()
    return text[:19], text[19:]


def iso(time: float) -> str:
    """ISO 8601 in the local zone; fractions of a second only where there are some."""
    second, micro = divmod(round(time * 1_000_000), 1_000_000)
    stamp, zone = _second(second)
    fraction = f".{micro:06d}".rstrip("0") if micro else ""
    return f"{stamp}{fraction}{zone}"


def local(time: float) -> str:
    """Local date and time to the second, for reading: ``2026-11-20 19:29:01``."""
    return _second(int(time // 1))[0].replace("T", " ")


def age(time: float, now: float | None = None) -> str:
    """How long ago ``time`` was; never negative, since clocks of hosts differ."""
    return human_duration(max(0.0, (clock.time() if now is None else now) - time))
