"""Questions to the DNS: any resolver, many at once, each asked once, and an end to all waiting.

Built on dnspython's messages; its own resolver tells apart less than an operator needs (RFC 1035, 7; RFC 6891).
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from mailtui.host.errors import HostError, UsageError
from mailtui.services.dns.answers import Answer, State
from mailtui.services.dns.names import version_of

if TYPE_CHECKING:
    import dns.message
    import dns.rrset

T = TypeVar("T")
PATIENCE = 3.0
"""Seconds for one name server and one question."""
TOTAL = 20.0
"""Seconds for everything that is asked of one ``Resolver``; after them every question has timed out."""
_AT_ONCE = 16
_PAYLOAD = 1232
_PORT = 53


class Resolver:
    """Asks name servers; every question once. Safe to use from many threads. Nothing here raises for an answer."""

    def __init__(
        self, servers: Sequence[tuple[str, int]] = (), *, patience: float = PATIENCE, total: float = TOTAL
    ) -> None:
        """Ask ``servers``, or those of /etc/resolv.conf. Raises HostError where that names none."""
        self.servers = tuple(servers) or system_servers()
        self._patience = patience
        self._end = time.monotonic() + total
        self._known: dict[tuple[str, str], Future[Answer]] = {}
        self._lock = threading.Lock()

    @property
    def local(self) -> bool:
        """Whether every server is on this machine, so that what it says of DNSSEC can be believed (RFC 4035, 4.9.3)."""
        return all(ipaddress.ip_address(host).is_loopback for host, _ in self.servers)

    @property
    def seconds_left(self) -> float:
        """Until every question times out."""
        return max(0.0, self._end - time.monotonic())

    def ask(self, name: str, record: str) -> Answer:
        """One question, or what was answered when it was asked before."""
        key = (name.rstrip(".").lower(), record)
        with self._lock:
            known = self._known.get(key)
            mine: Future[Answer] = Future()
            if known is None:
                self._known[key] = mine
        if known is not None:
            return known.result()
        try:
            answer = self._ask(key[0], record)
        except BaseException as error:
            mine.set_exception(error)
            raise
        mine.set_result(answer)
        return answer

    def ask_all(self, questions: Iterable[tuple[str, str]]) -> tuple[Answer, ...]:
        """Many questions side by side, answers in their order."""
        return side_by_side([partial(self.ask, name, record) for name, record in questions])

    def _ask(self, name: str, record: str) -> Answer:
        import dns.exception
        import dns.flags
        import dns.message

        try:
            query = dns.message.make_query(name + ".", record, use_edns=0, payload=_PAYLOAD)
        except (dns.exception.DNSException, UnicodeError, ValueError) as error:
            return Answer(name, record, "failed", problem=f"no name for the DNS: {error}")
        query.flags |= dns.flags.AD
        last = Answer(name, record, "timeout")
        for server in self.servers:
            if not self.seconds_left:
                return Answer(name, record, "timeout", problem="no time left")
            last = self._ask_one(server, query, name, record)
            if not last.unknown:
                return last
        return last

    def _ask_one(self, server: tuple[str, int], query: dns.message.QueryMessage, name: str, record: str) -> Answer:
        import dns.exception
        import dns.query

        host, port = server
        patience = min(self._patience, self.seconds_left)
        try:
            reply, _ = dns.query.udp_with_fallback(query, host, timeout=patience, port=port, ignore_unexpected=True)
            return _answer(name, record, reply, trusted=self.local)
        except dns.exception.Timeout:
            return Answer(name, record, "timeout")
        except (dns.exception.DNSException, OSError, EOFError, ValueError) as error:
            return Answer(name, record, "failed", problem=f"{host}: {error or type(error).__name__}")


def system_servers() -> tuple[tuple[str, int], ...]:
    """The name servers of /etc/resolv.conf. Raises HostError where there is none."""
    import dns.exception
    import dns.resolver

    try:
        found = dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError) as error:
        raise HostError(
            f"no name server is known: {error}", unlock="name one in /etc/resolv.conf, or with --resolver"
        ) from error
    return tuple((str(server), _PORT) for server in found.nameservers if version_of(str(server)))


def server_of(text: str) -> tuple[str, int]:
    """``192.0.2.1``, ``192.0.2.1:5353``, ``2001:db8::1`` or ``[2001:db8::1]:5353``. Raises UsageError."""
    host, port = text.strip(), str(_PORT)
    if host.startswith("["):
        host, _, rest = host[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    if not version_of(host) or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f"{text!r} is no name server", unlock="write an address, such as 127.0.0.1 or 127.0.0.1:5353")
    return host, int(port)


def side_by_side(calls: Sequence[Callable[[], T]]) -> tuple[T, ...]:
    """What each call returns, all run at once; each must end by itself."""
    if len(calls) < 2:
        return tuple(call() for call in calls)
    with ThreadPoolExecutor(min(len(calls), _AT_ONCE)) as pool:
        return tuple(pool.map(lambda call: call(), calls))


def _answer(name: str, record: str, reply: dns.message.Message, *, trusted: bool) -> Answer:
    """What a reply means; a name that does not exist is no error."""
    import dns.flags
    import dns.message
    import dns.rcode

    code = reply.rcode()
    secure = trusted and bool(reply.flags & dns.flags.AD)
    if code == dns.rcode.NXDOMAIN:
        return Answer(name, record, "nxdomain", secure=secure)
    if code == dns.rcode.SERVFAIL:
        return Answer(name, record, "servfail")
    if code != dns.rcode.NOERROR or not isinstance(reply, dns.message.QueryMessage):
        return Answer(name, record, "failed", problem=f"the name server said {dns.rcode.to_text(code)}")
    chain = reply.resolve_chaining()
    aliases = tuple(cname[0].target.to_text(omit_final_dot=True) for cname in chain.cnames)
    if chain.answer is None:
        return Answer(name, record, "nodata", aliases=aliases, secure=secure)
    state: State = "found"
    records, strings = _records(chain.answer, record)
    return Answer(name, record, state, records, strings, aliases, secure)


def _records(rrset: dns.rrset.RRset, record: str) -> tuple[tuple[str, ...], tuple[tuple[bytes, ...], ...]]:
    """In an order of their own: name servers turn theirs at each answer."""
    strings = tuple(sorted(tuple(one.strings) for one in rrset)) if record == "TXT" else ()
    return tuple(sorted(one.to_text() for one in rrset)), strings
