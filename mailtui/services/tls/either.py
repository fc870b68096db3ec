"""Asking both programs, of which one may not be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from mailtui.host.errors import MailtuiError, ToolMissing
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig

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


def left_out(postfix: PostfixConfig, dovecot: DovecotConfig) -> tuple[str, ...]:
    """Whose part is missing in what ``either`` tells, and why; one that is not installed has no part."""
    programs: tuple[tuple[str, Callable[[], object]], ...] = (
        ("Postfix", lambda: postfix.services),
        ("Dovecot", lambda: dovecot.get("protocols")),
    )
    return tuple(f"without {name}'s: {why}" for name, ask in programs if (why := _silent(ask)))


def _silent(ask: Callable[[], object]) -> str:
    try:
        ask()
    except ToolMissing:
        return ""
    except MailtuiError as error:
        return error.told
    return ""
