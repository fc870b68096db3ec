"""Where the lines of a file start, known from a count of newlines per block.

Blocks are counted from the end of the file backwards, because the end is looked at first. Lines are therefore numbered
from the base, which is where the file's last whole line ended when counting began: the line before it is -1, the one
after it is 0. These numbers stay true while the file grows and while older blocks are still to be counted.

Reads go through pread: a mapping of a file that ``copytruncate`` shortens would end the program.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left, bisect_right

BLOCK = 2**18
_WITNESS = 64


class Newlines:
    """The counts of one open file."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.base = last_line_end(fd)
        self._top = self.base // BLOCK * BLOCK  # the block border at or below the base
        self._back = array("Q")  # newlines from the start of a block to the base; block 0 ends at the base
        self.low = self.base
        """Offset down to which blocks are counted."""
        self.size = self.base
        """Offset up to which the file is known."""
        self.after = 0
        """Newlines since the base."""
        self._marks = array("Q", [self.base])  # offsets since the base, and the newlines up to each
        self._ahead = array("Q", [0])
        self._last_start = self.base
        length = min(self.base, _WITNESS)
        self._witness = self.read(self.base - length, length)
        self.extend()

    @property
    def counted(self) -> bool:
        """Whether every block down to the start of the file has been counted."""
        return self.low == 0

    @property
    def before(self) -> int:
        """Newlines counted so far before the base."""
        return self._back[-1] if self._back else 0

    @property
    def first(self) -> int:
        """The lowest line number whose start is known."""
        return -self.before if self.counted else min(0, 1 - self.before)

    @property
    def end(self) -> int:
        """One more than the highest line number; the last line may still lack its newline."""
        return self.after + (self.size > self._last_start)

    def count_block(self) -> None:
        """Count the newlines of the next older block."""
        low = self._top - len(self._back) * BLOCK
        self._back.append(self.before + self.read(low, self.low - low).count(b"\n"))
        self.low = low

    def extend(self) -> bool:
        """Count the newlines of what was appended; whether anything was."""
        size, known = os.fstat(self._fd).st_size, self.size
        while self.size < size and (chunk := self.read(self.size, min(BLOCK, size - self.size))):
            newlines = chunk.count(b"\n")
            if newlines:
                self._last_start = self.size + chunk.rfind(b"\n") + 1
            self.after += newlines
            self.size += len(chunk)
            if self.size - self._marks[-1] >= BLOCK:
                self._marks.append(self.size)
                self._ahead.append(self.after)
        # If it was truncated while we read, the old witness stays, does not fit, and the next look tells.
        if self.size > known and self._holds_witness(known):
            length = min(self.size, _WITNESS)
            self._witness = self.read(self.size - length, length)
        return self.size > known

    def truncated(self) -> bool:
        """Whether the bytes before the known end are not what they were: the file was emptied, and maybe refilled."""
        return not self._holds_witness(self.size)

    def _holds_witness(self, end: int) -> bool:
        length = len(self._witness)
        return self.read(end - length, length) == self._witness

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a byte of the counted part."""
        if offset >= self.base:
            mark = bisect_right(self._marks, offset) - 1
            start = self._marks[mark]
            return self._ahead[mark] + self.read(start, offset - start).count(b"\n")
        block = -(-(self._top - offset) // BLOCK) if offset < self._top else 0
        high = self._top - (block - 1) * BLOCK if block else self.base
        later = self._back[block - 1] if block else 0
        return -(later + self.read(offset, high - offset).count(b"\n"))

    def offset_of(self, number: int) -> int:
        """Where a line between ``first`` and ``end`` starts."""
        return self._start_before(-number) if number <= 0 else self._start_after(number)

    def line_start(self, offset: int) -> int:
        """The start of the first line that starts at an offset or after it; the end of the file if none does."""
        position = offset - 1
        while 0 <= position < self.size and (chunk := self.read(position, min(2**16, self.size - position))):
            at = chunk.find(b"\n")
            if at >= 0:
                return position + at + 1
            position += len(chunk)
        return 0 if offset <= 0 else self.size

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of the file; fewer when it has become shorter."""
        return os.pread(self._fd, length, offset)

    def _start_before(self, back: int) -> int:
        if back == 0:
            return self.base
        if self.counted and back >= self.before:
            return 0
        block = bisect_left(self._back, back + 1)
        low = self._top - block * BLOCK
        data = self.read(low, (low + BLOCK if block else self.base) - low)
        at = len(data)
        for _ in range(back + 1 - (self._back[block - 1] if block else 0)):
            at = data.rfind(b"\n", 0, at)
        return low + at + 1

    def _start_after(self, number: int) -> int:
        mark = bisect_left(self._ahead, number) - 1
        start = self._marks[mark]
        stop = self._marks[mark + 1] if mark + 1 < len(self._marks) else self.size
        data = self.read(start, stop - start)
        at = -1
        for _ in range(number - self._ahead[mark]):
            at = data.find(b"\n", at + 1)
        return start + at + 1


def last_line_end(fd: int) -> int:
    """The offset after the last newline of a file."""
    size = os.fstat(fd).st_size
    while size > 0:
        start = max(0, size - BLOCK)
        at = os.pread(fd, size - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        size = start
    return 0
