"""Tools that play back what programs answered, for tests of services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from mailtui.host.errors import MailtuiError, ToolFailed, ToolMissing
from mailtui.host.feed import Feed
from mailtui.host.stream import Stream
from mailtui.host.tools import ToolResult


@dataclass(frozen=True)
class Answer:
    """What a program is to answer."""

    stdout: bytes | str = b""
    stderr: bytes | str = b""
    code: int = 0


class RecordedStream:
    """Lines known beforehand."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = list(lines)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._lines)

    def batches(self) -> Iterator[list[bytes]]:
        if self._lines:
            yield self._lines

    def stop(self) -> None:
        self._lines.clear()


class RecordedFeed:
    """Takes everything; it has answered beforehand."""

    def __init__(self, answer: ToolResult) -> None:
        self.code = answer.code
        self.output = answer.stderr
        self.given: list[bytes] = []

    def give(self, lines: Sequence[bytes]) -> bool:
        self.given += lines
        return True


@dataclass
class RecordedTools:
    """Answers by command line (words joined by spaces); a command that has none fails the test.

    An answer is text, bytes, an ``Answer``, or an error to raise. ``calls`` and ``inputs`` say what was asked.
    """

    answers: Mapping[str, str | bytes | Answer | MailtuiError] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    inputs: list[bytes] = field(default_factory=list)

    def find(self, name: str) -> str | None:
        """A path for every program that has an answer."""
        known = any(command.split(" ", 1)[0] == name for command in self.answers)
        return self.paths.get(name) or (f"/usr/bin/{name}" if known else None)

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = 10.0,
        max_output: int = 2**24,
        check: bool = True,
    ) -> ToolResult:
        self.calls.append(tuple(argv))
        self.inputs.append(stdin)
        if self.find(argv[0]) is None:
            raise ToolMissing(argv[0])
        answer = self.answers.get(" ".join(argv))
        assert answer is not None, f"no recorded answer for {' '.join(argv)!r}"
        if isinstance(answer, MailtuiError):
            raise answer
        if not isinstance(answer, Answer):
            answer = Answer(answer)
        out, err = _bytes(answer.stdout), _bytes(answer.stderr)
        if check and answer.code:
            raise ToolFailed(argv, answer.code, err.decode("utf-8", "surrogateescape"))
        return ToolResult(tuple(argv), answer.code, out[:max_output], err, 0.0, len(out) > max_output)

    @contextmanager
    def stream(self, argv: Sequence[str], *, follow: bool = False) -> Iterator[Stream]:
        yield RecordedStream(self.run(argv).stdout.splitlines())

    @contextmanager
    def feed(self, argv: Sequence[str], *, timeout: float = 10.0, keeps: Sequence[int] = ()) -> Iterator[Feed]:
        yield RecordedFeed(self.run(argv, check=False))


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text
