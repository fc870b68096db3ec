"""A connection with one deadline for all that is done on it: a server that drips bytes holds nobody up."""

from __future__ import annotations

import socket
import time
from re import Pattern

_LONGEST = 2**16
_MOST_LINES = 200


class TooMuch(OSError):
    """The server says more than any server has to say."""


class Wire:
    """Lines over a socket; every wait ends at the deadline. Raises OSError, TimeoutError and EOFError among them."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock = sock
        self._deadline = deadline
        self._rest = b""

    @property
    def pending(self) -> bytes:
        """What was received and not yet read."""
        return self._rest

    def hasten(self, seconds: float) -> None:
        """Bring the deadline nearer: no more than so many seconds from now."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)

    def arm(self) -> None:
        """Give the next operation on the socket what is left of the time."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        self.sock.settimeout(left)

    def send(self, line: bytes) -> None:
        """Send one line."""
        self.arm()
        self.sock.sendall(line + b"\r\n")

    def lines(self, last: Pattern[bytes]) -> list[bytes]:
        """Read lines up to the one that matches ``last``."""
        found: list[bytes] = []
        while not found or not last.match(found[-1]):
            found.append(self._line())
            if len(found) > _MOST_LINES:
                raise TooMuch(f"more than {_MOST_LINES} lines in one reply")
        return found

    def _line(self) -> bytes:
        while b"\n" not in self._rest:
            if len(self._rest) > _LONGEST:
                raise TooMuch(f"a line of more than {_LONGEST} bytes")
            self.arm()
            more = self.sock.recv(_LONGEST)
            if not more:
                raise ConnectionResetError("the server closed the connection")
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line.rstrip(b"\r")
