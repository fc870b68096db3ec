"""A password for a command: from a file descriptor or asked for without an echo, never out of the arguments."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from mailtui.host.errors import UsageError

_LONGEST = 2**16
"""Octets: tokens are longer than passwords."""


def add_password(parser: argparse.ArgumentParser) -> None:
    """``--password-fd N``."""
    help_text = "read the password's line from this file descriptor; default: ask for it"
    parser.add_argument("--password-fd", type=int, metavar="N", help=help_text)


def password(args: argparse.Namespace, whose: str) -> str:
    """The password of somebody. Raises UsageError where there is no way to get it."""
    if args.password_fd is not None:
        return _line(args.password_fd)
    if not sys.stdin.isatty():
        raise UsageError("there is nobody to ask for the password", unlock="give it by --password-fd N")
    return getpass.getpass(f"Password of {whose}: ")


def _line(descriptor: int) -> str:
    try:
        with os.fdopen(os.dup(descriptor), "rb") as given:
            line = given.readline(_LONGEST + 1)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"file descriptor {descriptor} cannot be read: {reason}") from error
    if len(line) > _LONGEST:
        raise UsageError(f"file descriptor {descriptor} gives more than {_LONGEST} bytes in one line")
    return line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
