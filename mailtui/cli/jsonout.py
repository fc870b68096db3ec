"""JSON any reader accepts: ASCII only, no lone surrogates, no bare DEL."""

from __future__ import annotations

import json

_COMPACT = json.JSONEncoder(separators=(", ", ": "), allow_nan=False)
_PRETTY = json.JSONEncoder(indent=2, allow_nan=False)


def compact(value: object) -> str:
    """``value`` on one line."""
    return _safe(_COMPACT, value)


def pretty(value: object) -> str:
    """``value`` indented for reading."""
    return _safe(_PRETTY, value)


def _safe(encoder: json.JSONEncoder, value: object) -> str:
    text = encoder.encode(value)
    if "\\udc" in text:
        text = encoder.encode(_replaced(value))
    return text.replace("\x7f", "\\u007f")


def _replaced(value: object) -> object:
    """``value`` with U+FFFD for every byte that was no UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_replaced(key): _replaced(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item) for item in value]
    return value
