"""A user's own list of where mail goes: ``forward_path``, local(8) "USER-SPECIFIED DELIVERY"."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.addresses.filled import filled, lacks_a_name
from mailtui.services.postfix.tables import words

_LONGEST = 2**16
"""Bytes that are read."""


def own_list(forward_path: str, names: Mapping[str, str]) -> str | None:
    """The text of the first file that is there; None without one, or one to read."""
    for path in words(forward_path):
        if lacks_a_name(path, names):
            continue
        try:
            text = read_file(Path(filled(path, names)), limit=_LONGEST, follow=False).data
        except MailtuiError:
            continue
        return text.decode("utf-8", "surrogateescape")
    return None
