"""Lines of a real log, and what a broken disk, a hostile stranger or another program may make of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

_PIECES = (
    b"\x00",
    b"\x1b]0;owned\x07",
    b"\x1b[2J",
    b"\xff\xfe",
    b"\xc3",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"\x0b",
    b"\x0c",
    b"\x1c",
    b"\x85",
    b"\xe2\x80\xa8",
    b"\r",
    b"\t",
    b": ",
    b": : ",
    b"=",
    b", ",
    b"<",
    b">",
    b"<>",
    b"(",
    b")",
    b"[",
    b"]",
    b"[/]",
    b"[red]",
    b"from=<",
    b"to=<",
    b", status=sent (",
    b"status=",
    b"reject: RCPT from ",
    b"NOQUEUE: ",
    b"message-id=<",
    b"queued as ",
    b"warning: ",
    b"fatal: ",
    b"panic: ",
    b"message repeated 99999 times: [ ",
    b"last message repeated 7 times",
    b"delays=1/2/3/4",
    b"delay=nan",
    b"delay=1e999",
    b"nrcpt=-1",
    b"size=99999999999999999999",
    b"dsn=5.",
    b"orig_to=<",
    b"[192.0.2.1]",
    b"[IPv6:::1]",
    b"unknown[unknown]",
    b"{",
    b"}",
    b"\\",
    b'"',
    b"%s%n",
    b"\xd9\xa3",
    b"\xef\xbc\x91",
    b"9999-99-99T99:99:99Z ",
    b"Feb 29 00:00:00 ",
    b"@4000000069a40f0a077a9e94 ",
    b"<999>1 - - - - - ",
    b"Z" * 300,
)
"""What has a meaning somewhere: to a terminal, to Unicode, to the grammar."""

Mutation = Callable[["Lines", bytes], bytes]


class Lines:
    """An endless log: most lines as they were, others mutated, a few of nothing but random bytes."""

    def __init__(self, real: Sequence[bytes], seed: int) -> None:
        self._real = real
        self.random = random.Random(seed)

    def take(self, count: int) -> Iterator[bytes]:
        """So many lines without a newline, in the order of a stretch of the real ones: messages stay whole."""
        start = self.random.randrange(len(self._real))
        for number in range(count):
            line = self._real[(start + number) % len(self._real)]
            dice = self.random.random()
            if dice < _AS_IT_WAS:
                yield line
                continue
            for _ in range(1 if dice < _ONCE else 4):
                line = self.random.choice(_MUTATIONS)(self, line)
            yield line.replace(b"\n", b" ")

    def other(self) -> bytes:
        """Any line."""
        return self.random.choice(self._real)


_AS_IT_WAS, _ONCE = 0.45, 0.85


def _cut(lines: Lines, line: bytes) -> bytes:
    return line[: lines.random.randrange(len(line) + 1)]


def _without_its_begin(lines: Lines, line: bytes) -> bytes:
    return line[lines.random.randrange(len(line) + 1) :]


def _spliced(lines: Lines, line: bytes) -> bytes:
    other = lines.other()
    return _cut(lines, line) + _without_its_begin(lines, other)


def _flipped(lines: Lines, line: bytes) -> bytes:
    changed = bytearray(line)
    for _ in range(min(3, len(changed))):
        changed[lines.random.randrange(len(changed))] = lines.random.randrange(256)
    return bytes(changed)


def _with_a_piece(lines: Lines, line: bytes) -> bytes:
    at = lines.random.randrange(len(line) + 1)
    return line[:at] + lines.random.choice(_PIECES) + line[at:]


def _a_word_changed(lines: Lines, line: bytes) -> bytes:
    words, others = line.split(b" "), lines.other().split(b" ")
    words[lines.random.randrange(len(words))] = lines.random.choice(others)
    return b" ".join(words)


def _a_part_twice(lines: Lines, line: bytes) -> bytes:
    at = lines.random.randrange(len(line) + 1)
    return line[:at] + line[max(0, at - 40) : at] * lines.random.choice((1, 2, 5)) + line[at:]


def _noise(lines: Lines, line: bytes) -> bytes:
    return lines.random.randbytes(lines.random.randrange(200))


def _noise_behind_the_program(lines: Lines, line: bytes) -> bytes:
    head, colon, _ = line.partition(b": ")
    return head + colon + lines.random.randbytes(lines.random.randrange(120))


def _nothing(lines: Lines, line: bytes) -> bytes:
    return b""


def _very_long(lines: Lines, line: bytes) -> bytes:
    return line * lines.random.choice((3, 30, 100)) if lines.random.random() < 0.01 else line


_MUTATIONS: tuple[Mutation, ...] = (
    _cut,
    _without_its_begin,
    _spliced,
    _spliced,
    _flipped,
    _flipped,
    _with_a_piece,
    _with_a_piece,
    _with_a_piece,
    _a_word_changed,
    _a_word_changed,
    _a_word_changed,
    _a_part_twice,
    _noise,
    _noise_behind_the_program,
    _nothing,
    _very_long,
)
