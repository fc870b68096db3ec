"""Tables whose values are passwords (``smtp_sasl_password_maps``): what of them may be shown."""

from __future__ import annotations

import re

HIDDEN = "********"
_VALUE = re.compile(rb"^([^\s#]\S*\s+|\s+)\S.*", re.DOTALL)


def masked(line: bytes) -> bytes:
    """A line of the text with its key alone; comments stay, since no daemon logs in with them."""
    if line.lstrip()[:1] in (b"#", b""):
        return line
    end = b"\n" if line.endswith(b"\n") else b""
    return _VALUE.sub(lambda match: match[1] + HIDDEN.encode() + end, line)
