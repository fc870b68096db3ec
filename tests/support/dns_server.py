"""A name server for one test, on loopback: it says what the test wrote, and fails as the test wants it to."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from mailtui.services.dns.resolver import Resolver

Zone = Mapping[str, Mapping[str, Sequence[str]] | str]
"""Records by name and type, in presentation format; or what befalls every question for the name:
``SERVFAIL``, ``TIMEOUT``, ``REFUSED``, ``NXDOMAIN``. A type may have ``["TIMEOUT"]``, too. A name that only has others
below it exists. ``*.name`` matches what is not there."""

FAILURES = {"SERVFAIL": dns.rcode.SERVFAIL, "REFUSED": dns.rcode.REFUSED, "NXDOMAIN": dns.rcode.NXDOMAIN}
LARGEST_UDP = 1232


class DnsServer:
    """What it is asked is in ``asked``; ``secure`` names have the AD flag."""

    def __init__(self) -> None:
        self.address = ("127.0.0.1", 0)
        self.serve({}, ())

    def serve(self, zone: Zone, secure: Sequence[str]) -> None:
        """Say this from now on."""
        self.zone = {name.rstrip(".").lower(): records for name, records in zone.items()}
        self.secure = set(secure)
        self.asked: list[tuple[str, str]] = []

    def resolver(self) -> Resolver:
        """One that asks this server, and waits only as long as there is something to wait for."""
        return Resolver([self.address], patience=0.25 if "TIMEOUT" in repr(self.zone) else 5.0)

    def answer(self, wire: bytes, *, stream: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, record = question.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, record))
        reply = dns.message.make_response(query, recursion_available=True)
        fate = self._fill(reply, name, record, 0)
        if fate == "TIMEOUT":
            return None
        if fate:
            reply.set_rcode(FAILURES[fate])
            reply.answer = [] if fate != "NXDOMAIN" else reply.answer
        if name in self.secure or "*" in self.secure:
            reply.flags |= dns.flags.AD
        made = reply.to_wire(max_size=65535)
        if len(made) > LARGEST_UDP and not stream:
            short = dns.message.make_response(query, recursion_available=True)
            short.flags |= dns.flags.TC
            return short.to_wire()
        return made

    def _fill(self, reply: dns.message.Message, name: str, record: str, depth: int) -> str:
        here = self.zone.get(name, self._wildcard(name))
        if here is None:
            below = any(known.endswith("." + name) for known in self.zone)
            return "" if below else "NXDOMAIN"
        if isinstance(here, str):
            return here
        alias = here.get("CNAME")
        texts = here.get(record) or (alias if alias and record != "CNAME" else None)
        if not texts:
            return ""
        if texts[0] in ("TIMEOUT", *FAILURES):
            return texts[0]
        kind = record if here.get(record) else "CNAME"
        reply.answer.append(dns.rrset.from_text(name + ".", 300, "IN", kind, *texts))
        if kind == "CNAME" and record != "CNAME" and depth < 8:
            return self._fill(reply, texts[0].rstrip(".").lower(), record, depth + 1)
        return ""

    def _wildcard(self, name: str) -> Mapping[str, Sequence[str]] | str | None:
        if any(known.endswith("." + name) for known in self.zone if not known.startswith("*")):
            return None
        rest = name.partition(".")[2]
        while rest:
            if f"*.{rest}" in self.zone:
                return self.zone[f"*.{rest}"]
            rest = rest.partition(".")[2]
        return None


_idle: list[DnsServer] = []
"""Servers that run and have nothing to do: starting one takes longer than most tests."""


@contextmanager
def dns_server(zone: Zone, secure: Sequence[str] = ()) -> Iterator[DnsServer]:
    """A server of ``zone`` on UDP and TCP, until the block ends."""
    server = _idle.pop() if _idle else _started()
    server.serve(zone, secure)
    try:
        yield server
    finally:
        _idle.append(server)


@contextmanager
def dns_server_at(address: str, zone: Zone) -> Iterator[DnsServer]:
    """The same on port 53 of an address of loopback, where a resolv.conf can name it."""
    server = DnsServer()
    server.serve(zone, ())
    server.address = (address, 53)
    found = socketserver.ThreadingUDPServer(server.address, _udp(server)), _Stream(server.address, _tcp(server))
    _serve(found)
    try:
        yield server
    finally:
        for one in found:
            one.shutdown()
            one.server_close()


def _started() -> DnsServer:
    server = DnsServer()
    _serve(_sockets(server))
    return server


def _serve(sockets: Sequence[socketserver.BaseServer]) -> None:
    for one in sockets:
        threading.Thread(target=one.serve_forever, daemon=True).start()


def _sockets(server: DnsServer) -> tuple[socketserver.BaseServer, socketserver.BaseServer]:
    """Both on one port, which for TCP may be somebody's just when it is free for UDP."""
    for _ in range(20):
        udp = socketserver.UDPServer(("127.0.0.1", 0), _udp(server))
        server.address = ("127.0.0.1", int(udp.server_address[1]))
        try:
            return udp, _Stream(server.address, _tcp(server))
        except OSError:
            udp.server_close()
    raise OSError("no port is free for both UDP and TCP")


class _Stream(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _udp(server: DnsServer) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, out = self.request
            reply = server.answer(wire, stream=False)
            if reply is not None:
                out.sendto(reply, self.client_address)

    return Handler


def _tcp(server: DnsServer) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            connection: socket.socket = self.request
            size = int.from_bytes(connection.recv(2), "big")
            reply = server.answer(connection.recv(size), stream=True)
            if reply is not None:
                connection.sendall(len(reply).to_bytes(2, "big") + reply)

    return Handler
