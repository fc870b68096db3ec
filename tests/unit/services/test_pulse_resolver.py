"""The resolver check against a name server of our own that answers as told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from mailtui.services.pulse import resolver
from mailtui.services.pulse.resolver import ask


class NameServer:
    """Answers each name by its first label; ``silent`` not at all."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        while (packet := self.socket.recvfrom(4096))[0] != b"stop":
            query = dns.message.from_wire(packet[0])
            name = query.question[0].name
            label = name.labels[0].decode()
            if label == "silent":
                continue
            answer = dns.message.make_response(query, recursion_available=True)
            codes = {"nxdomain": dns.rcode.NXDOMAIN, "servfail": dns.rcode.SERVFAIL}
            answer.set_rcode(codes.get(label, dns.rcode.NOERROR))
            if label == "good":
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", "10 mx.example.org."))
            self.socket.sendto(answer.to_wire(), packet[1])

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"stop", self.socket.getsockname())
        self.thread.join()
        self.socket.close()

    def resolver(self) -> dns.resolver.Resolver:
        asking = dns.resolver.Resolver(configure=False)
        asking.nameservers = ["127.0.0.1"]
        asking.port = self.socket.getsockname()[1]
        return asking


@pytest.fixture
def server() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("name", "state", "problem"),
    [
        ("good.example.org", "ok", ""),
        ("nodata.example.org", "ok", "nodata.example.org has no MX record"),
        ("nxdomain.example.org", "nxdomain", "nxdomain.example.org does not exist in the DNS"),
        ("servfail.example.org", "servfail", "no name server could answer"),
        ("silent.example.org", "timeout", "no answer within 0.3 s"),
        ("x" * 64 + ".example.org", "failed", "label"),
    ],
)
def test_answers_and_faults_are_told_apart(
    server: NameServer, monkeypatch: pytest.MonkeyPatch, name: str, state: str, problem: str
) -> None:
    monkeypatch.setattr(resolver, "LIFETIME", 0.3)
    seen = ask(name, "MX", server.resolver())
    assert (seen.state, seen.question) == (state, f"{name} MX")
    assert problem in seen.problem
    assert seen.seconds >= (0.3 if state == "timeout" else 0.0)
