"""Asking both programs, of which one may not be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from mailtui.host.errors import MailtuiError

T = TypeVar("T")


def either(*readers: Callable[[], Iterable[T]]) -> list[T]:
    """What all of them tell; raises the first one's error where none can be read."""
    errors: list[MailtuiError] = []
    found: list[T] = []
    for read in readers:
        try:
            found += read()
        except MailtuiError as error:
            errors.append(error)
    if len(errors) == len(readers):
        raise errors[0]
    return found
