"""Dovecot's variables in the places of a user's mail: ``%u``, ``%2.256Nu``, ``%{sha1:user}`` of 2.3; of 2.4 filters.

Sources: doc/configuration_manual/config_file/config_variables and src/lib/var-expand.c of 2.3;
src/lib-var-expand/expansion-filter.c of 2.4. A value is bytes there, and so it is here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from mailtui.host.errors import HostError
from mailtui.text import clean

_VARIABLE = re.compile(
    r"%(?P<from_end>-)?(?P<zeros>0)?(?P<number>\d{0,4})(?:\.(?P<width_zeros>0)?(?P<width>-?\d{0,4}))?"
    r"(?P<modifiers>[A-Z]*)"
    r"(?:\{(?P<long>[^}]*)\}|(?P<letter>.)|$)",
    re.DOTALL | re.ASCII,
)
_LETTERS = {"u": "user", "n": "username", "d": "domain", "h": "home"}
_HASHES = frozenset({"md5", "sha1", "sha256", "sha384", "sha512"})
_CALL = re.compile(r"(\w+)(?:\(\s*(-?\d{1,4}(?:\s*,\s*-?\d{1,4})?)\s*\))?", re.ASCII)
_UINT32 = 0xFFFFFFFF
_BY_PATH = "mailtui mailbox check --path DIR looks at it where it lies"


class _Unknown(Exception):
    """What mailtui cannot know, or Dovecot would refuse."""


def expanded(text: str, user: str, home: Path | None) -> str:
    """``text`` with Dovecot's variables for a user. Raises HostError for one whose value mailtui cannot know."""
    name, _, domain = user.partition("@")
    values = {"user": user, "username": name, "domain": domain, "home": str(home) if home else ""}
    known = {key: value.encode("utf-8", "surrogateescape") for key, value in values.items()}

    def value(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        try:
            return _value(match, known).decode("utf-8", "surrogateescape")
        except (_Unknown, KeyError, ValueError) as error:
            raise HostError(
                f"where the mail of {clean(user)} is depends on {clean(match[0])}, which is not known here",
                unlock=_BY_PATH,
            ) from error

    return _VARIABLE.sub(value, text)


def _value(match: re.Match[str], known: Mapping[str, bytes]) -> bytes:
    """What a variable stands for. Raises _Unknown, KeyError or ValueError."""
    if match["long"] is not None:
        algorithm, colon, field = match["long"].partition(":")
        said = _digest(algorithm, known[field]).hex().encode() if colon else _filtered(match["long"], known)
    else:
        said = known[_LETTERS[match["letter"] or ""]]
    return _modified(said, match)


class _Piece(NamedTuple):
    """What is left to be said of where a value begins, how long it is, and whether zeros stand before it."""

    offset: int
    width: int
    zeros: bool

    @classmethod
    def of(cls, match: re.Match[str]) -> _Piece:
        number = int(match["number"] or 0)
        if match["width"] is None:
            return cls(0, number, bool(match["zeros"]))
        width = match["width"]
        return cls(
            -number if match["from_end"] else number, int(width) if width.strip("-") else 0, bool(match["width_zeros"])
        )

    def cut(self, said: bytes) -> bytes:
        if self.offset >= 0 or len(said) > -self.offset:
            said = said[self.offset :]
        if self.zeros:
            return said.rjust(self.width, b"0")
        width = self.width + len(said) if self.width < 0 else self.width
        return said[:width] if width > 0 else said


def _modified(said: bytes, match: re.Match[str]) -> bytes:
    """A value changed as the letters before it tell (2.3); a hash takes the width for its modulus."""
    piece = _Piece.of(match)
    for letter in match["modifiers"]:
        if letter in _NUMBERS:
            number = _NUMBERS[letter](said)
            if piece.width:
                number %= piece.width & (2**64 - 1 if letter == "N" else _UINT32)
            said = b"%x" % (number & _UINT32)
            said = said.rjust(piece.offset, b"0")
            piece = piece._replace(offset=0, width=0)
        else:
            said = _MODIFIERS[letter](said)
    return piece.cut(said)


def _old_hash(said: bytes) -> int:
    """``str_hash`` of src/lib/hash.c."""
    found = 0
    for byte in said:
        found = ((found << 4) + byte) & _UINT32
        high = found & 0xF0000000
        found ^= (high >> 24) ^ high
    return found


_NUMBERS: Mapping[str, Callable[[bytes], int]] = {
    "H": _old_hash,
    "N": lambda said: int.from_bytes(_digest("md5", said)[:8], "big"),
}
_MODIFIERS: Mapping[str, Callable[[bytes], bytes]] = {
    "L": bytes.lower,
    "U": bytes.upper,
    "R": lambda said: said[::-1],
    "M": lambda said: _digest("md5", said).hex().encode(),
    "T": lambda said: said.rstrip(b" \t\n\v\f\r"),
}


def _digest(algorithm: str, said: bytes) -> bytes:
    if algorithm not in _HASHES:
        raise _Unknown(algorithm)
    return hashlib.new(algorithm, said, usedforsecurity=False).digest()


def _filtered(written: str, known: Mapping[str, bytes]) -> bytes:
    """``user | domain | md5 | substr(0, 2)`` of 2.4; bytes that no filter has written out are so at the end."""
    first, *filters = (part.strip() for part in written.split("|"))
    said, is_binary = known[first], False
    for one in filters:
        call = _CALL.fullmatch(one)
        if call is None:
            raise _Unknown(one)
        name, numbers = call[1], [int(word) for word in call[2].split(",")] if call[2] else []
        said = _called(name, said, numbers)
        is_binary = (is_binary or name in _HASHES) and name != "hexlify"
    return said.hex().encode() if is_binary else said


def _called(name: str, said: bytes, numbers: list[int]) -> bytes:
    """Filters whose outcome needs nothing but the value; those without a number take none."""
    match name, numbers:
        case "substr", [offset, *length] if len(length) < 2:
            return _substr(said, offset, *length)
        case "truncate", [length] if length >= 0:
            return said[:length]
        case "hexlify", [width] if width >= 0:
            return _hexlified(said, width)
        case "hexlify", []:
            return _hexlified(said)
        case _, [] if name in _HASHES:
            return _digest(name, said)
        case _, []:
            return _FILTERS[name](said)
    raise _Unknown(name)


_FILTERS: Mapping[str, Callable[[bytes], bytes]] = {
    "username": lambda said: said.partition(b"@")[0],
    "domain": lambda said: said.partition(b"@")[2],
    "lower": bytes.lower,
    "upper": bytes.upper,
    "reverse": lambda said: said[::-1],
}


def _substr(said: bytes, offset: int, length: int | None = None) -> bytes:
    """Of a negative offset or length: counted from the end. Raises _Unknown for what Dovecot refuses."""
    start = offset + len(said) if offset < 0 else offset
    end = len(said) if length is None else length + (start if length >= 0 else len(said))
    if not 0 <= start <= len(said) or not start <= end <= len(said):
        raise _Unknown("out of bounds")
    return said[start:end]


def _hexlified(said: bytes, width: int = 0) -> bytes:
    """With so many digits: zeros before it, or its beginning."""
    digits = said.hex().encode()
    return digits.rjust(width, b"0")[:width] if width else digits
