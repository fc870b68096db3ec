"""Files of ``mailtui cert``: read with the passphrase they need, written new and never over another."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mailtui.host.errors import PermissionDenied, UsageError
from mailtui.host.presence import create

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.tls.pile import Item
    from mailtui.services.tls.toolbox.forms import Made

T = TypeVar("T")
_MOST_PASSPHRASE = 1024


def read_all(files: Sequence[Path], args: argparse.Namespace) -> tuple[Item, ...]:
    """Everything in the files. Raises UsageError for none, and what reading raises."""
    if not files:
        raise UsageError(f"cert {args.verb} needs a file")
    return tuple(item for file in files for item in read(file, args))


def read(file: Path, args: argparse.Namespace) -> Sequence[Item]:
    """A file's items; a passphrase is asked for when one is needed, and never stands in the arguments."""
    from mailtui.services.tls.pile import read_pile

    return with_passphrase(read_pile, file, args)


def with_passphrase(look: Callable[[Path, bytes | None], T], file: Path, args: argparse.Namespace) -> T:
    """What ``look`` finds in a file, asked again with a passphrase where it needs one."""
    from mailtui.services.tls.pile import PassphraseNeeded

    try:
        return look(file, None)
    except PassphraseNeeded:
        return look(file, _passphrase(file, args))


def _passphrase(file: Path, args: argparse.Namespace) -> bytes:
    if args.passphrase_fd is not None:
        if not hasattr(args, "passphrase"):
            args.passphrase = _line(args.passphrase_fd)
        return bytes(args.passphrase)
    if not sys.stdin.isatty():
        raise UsageError(f"{file} is encrypted", unlock="give its passphrase by --passphrase-fd N")
    return getpass.getpass(f"Passphrase of {file}: ").encode()


def new_passphrase(file: Path, args: argparse.Namespace) -> bytes:
    """The one a new file shall have; empty for none. Raises UsageError where nobody can be asked."""
    if args.new_passphrase_fd is not None:
        given = _line(args.new_passphrase_fd)
        if not given:
            raise UsageError("the new passphrase is empty")
        return given
    if not args.encrypt:
        return b""
    if not sys.stdin.isatty():
        raise UsageError("there is nobody to ask for a passphrase", unlock="give it by --new-passphrase-fd N")
    first = getpass.getpass(f"Passphrase for {file}: ")
    if not first or first != getpass.getpass("Once more: "):
        raise UsageError("the two are not the same, or empty: nothing was made")
    return first.encode()


def _line(descriptor: int) -> bytes:
    try:
        with os.fdopen(os.dup(descriptor), "rb") as given:
            return given.readline(_MOST_PASSPHRASE).rstrip(b"\r\n")
    except OSError as error:
        raise UsageError(f"file descriptor {descriptor} cannot be read: {error.strerror}") from error


def out(args: argparse.Namespace) -> Path:
    """The file to make. Raises UsageError where none is named."""
    if args.out is None:
        raise UsageError(f"cert {args.verb} needs -o NEW", unlock="a private key goes into a file, never to a screen")
    return Path(args.out)


def refuse_taken(*files: Path) -> None:
    """Raises UsageError where a file to be made is there: a key written over is a key lost."""
    for file in files:
        if os.path.lexists(file):
            raise UsageError(f"{file} is there already, and is kept", unlock="name another")


def write_new(file: Path, made: Made, context: Context) -> None:
    """Make ``file``; of a private key nobody else reads a byte at any moment. Raises the error family."""
    if context.settings.read_only:
        raise PermissionDenied("mailtui runs read-only: nothing was made", unlock="start it without --read-only")
    refuse_taken(file)
    create(file, made.data, mode=made.mode)
    context.output.note(f"made {file}, mode {made.mode:04o}{', with a private key' if made.secret else ''}")
