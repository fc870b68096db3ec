"""What the DNS says, as far as smtpd(8) asks it: DNS lists, names that exist, names of clients.

A name server that does not answer is no answer: ``unsure``, which smtpd(8) mostly turns into a refusal for now.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from mailtui.host.errors import HostError
from mailtui.services.dns.answers import Answer
from mailtui.services.dns.resolver import Resolver
from mailtui.services.postfix.restrictions.judging.session import UNKNOWN

Fate = Literal["found", "missing", "unsure"]
T = TypeVar("T")
_PATIENCE = 10.0
_NO_NAME: tuple[Fate, str] = ("unsure", UNKNOWN)
_NO_ADDRESSES: tuple[Fate, frozenset[str]] = ("unsure", frozenset())


@dataclass(frozen=True, slots=True)
class Peer:
    """The names of a client."""

    name: str
    fate: Fate
    reverse_name: str
    reverse_fate: Fate


class Zone:
    """The DNS, asked only when a rule wants it."""

    def __init__(self, resolver: Callable[[], Resolver] = Resolver) -> None:
        self._make = resolver
        self._made: Resolver | None = None

    def records(self, name: str, kind: str) -> tuple[Fate, tuple[str, ...]]:
        """The records of one name, sorted."""
        try:
            answer = self._ask(name, kind)
        except HostError:
            return "unsure", ()
        if answer.unknown:
            return "unsure", ()
        return ("found" if answer.records else "missing"), answer.records

    def has(self, name: str, *kinds: str) -> Fate:
        """Whether a name has a record of one of these kinds."""
        fates = [self.records(name, kind)[0] for kind in kinds]
        return "found" if "found" in fates else "unsure" if "unsure" in fates else "missing"

    def addresses(self, name: str) -> frozenset[str]:
        """The IP addresses of a host by this machine's own resolver."""
        return _within(lambda: _forward(name), _NO_ADDRESSES)[1]

    def text(self, name: str, *, whole: bool = False) -> str:
        """The first TXT record of a name; unless ``whole``, its first string alone, as older smtpd(8) tell it."""
        try:
            strings = self._ask(name, "TXT").strings
        except HostError:
            return ""
        told = strings[0] if strings else ()
        return b"".join(told if whole else told[:1]).decode("utf-8", "replace")

    def peer(self, address: str) -> Peer:
        """The names of a client by this machine's own resolver, as smtpd(8) finds them: ``/etc/hosts``, too."""
        fate, name = _within(lambda: _reverse(address), _NO_NAME)
        if fate != "found":
            return Peer(UNKNOWN, fate, UNKNOWN, fate)
        forward, addresses = _within(lambda: _forward(name), _NO_ADDRESSES)
        if forward == "found" and address in addresses:
            return Peer(name, "found", name, "found")
        return Peer(UNKNOWN, "unsure" if forward == "unsure" else "missing", name, "found")

    def _ask(self, name: str, kind: str) -> Answer:
        if self._made is None:
            self._made = self._make()
        return self._made.ask(name, kind)


def _reverse(address: str) -> tuple[Fate, str]:
    try:
        return "found", socket.getnameinfo((address, 0), socket.NI_NAMEREQD)[0]
    except socket.gaierror as error:
        return ("unsure" if error.errno == socket.EAI_AGAIN else "missing"), UNKNOWN
    except OSError:
        return "missing", UNKNOWN


def _forward(name: str) -> tuple[Fate, frozenset[str]]:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return ("unsure" if error.errno == socket.EAI_AGAIN else "missing"), frozenset()
    except (OSError, UnicodeError):
        return "missing", frozenset()
    return "found", frozenset(str(entry[4][0]).partition("%")[0] for entry in found)


def _within(call: Callable[[], T], otherwise: T) -> T:
    """What ``call`` returns, unless it takes too long: the system's resolver knows no time limit."""
    found: list[T] = []
    worker = threading.Thread(target=lambda: found.append(call()), daemon=True)
    worker.start()
    worker.join(_PATIENCE)
    return found[0] if found else otherwise
