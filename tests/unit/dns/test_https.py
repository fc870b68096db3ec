"""Fetching a policy from a real web server: no redirect is followed, no bad certificate taken, no endless answer awaited."""

from __future__ import annotations

import http.server
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailtui.services.dns.policy.https import LARGEST, fetch
from tests.unit.tls.authority import Pair, issue

HOST = "mta-sts.d.example"
ROOT = issue("Root", ca=True, days=(-9000, 9000))
GOOD = issue(HOST, ROOT, names=(HOST,), days=(-9000, 9000))
OTHER = issue("other", ROOT, names=("other.example",), days=(-9000, 9000))
PAST = issue(HOST, ROOT, names=(HOST,), days=(-9000, -8000))
SELF = issue(HOST, names=(HOST,), days=(-9000, 9000))


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/slow":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            while not self.server.shutting.wait(0.05):  # type: ignore[attr-defined]
                self.wfile.write(b"x")
            return
        code, kind, body = {
            "/good": (200, "text/plain; charset=utf-8", b"version: STSv1\n"),
            "/html": (200, "text/html", b"<html>"),
            "/moved": (302, "text/plain", b""),
            "/large": (200, "text/plain", b"x" * (LARGEST + 1)),
        }.get(self.path, (404, "text/plain", b"no"))
        self.send_response(code)
        self.send_header("Content-Type", kind)
        if code == 302:
            self.send_header("Location", "https://elsewhere.example/")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: object = None, size: object = None) -> None:
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Pages)
        self.shutting = threading.Event()
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what the tests want."""


@contextmanager
def web(folder: Path, pair: Pair | None) -> Iterator[int]:
    context = None
    if pair:
        file = folder / "web.pem"
        file.write_bytes(pair.key_pem() + pair.pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
    with Server(context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutting.set()
            server.shutdown()
            thread.join()


def got(port: int, path: str, timeout: float = 5.0) -> tuple[str, str, str]:
    trust = ssl.create_default_context(cadata=ROOT.pem.decode())
    trust.verify_flags &= ~ssl.VERIFY_X509_STRICT  # Python 3.13 wants extensions that the tests' authority leaves out
    found = fetch(HOST, path, ("127.0.0.1",), port=port, trust=trust, timeout=timeout)
    return found.trouble, found.why, found.body


def test_pages_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    with web(tmp_path, GOOD) as port:
        assert got(port, "/good") == ("", "Content-Type: text/plain", "version: STSv1\n")
        assert got(port, "/html")[:2] == ("type", "Content-Type: text/html")
        assert got(port, "/moved")[:2] == ("status", "302 Found to https://elsewhere.example/")
        assert got(port, "/none")[:2] == ("status", "404 Not Found")
        assert got(port, "/large")[0] == "size"


def test_an_answer_without_an_end_is_ended(tmp_path: Path) -> None:
    with web(tmp_path, GOOD) as port:
        started = time.monotonic()
        assert got(port, "/slow", timeout=0.3)[0] == "timeout"
        assert time.monotonic() - started < 3


@pytest.mark.parametrize(("pair", "why"), [(OTHER, "mismatch"), (PAST, "expired"), (SELF, "self"), (None, "")])
def test_a_certificate_that_senders_refuse(tmp_path: Path, pair: Pair | None, why: str) -> None:
    with web(tmp_path, pair) as port:
        trouble, said, body = got(port, "/good")
    assert trouble == ("certificate" if pair else "tls")
    assert why in said.lower()
    assert body == ""


def test_nobody_there() -> None:
    assert got(9, "/good")[0] == "unreachable"
    assert fetch(HOST, "/good", ()).why == f"{HOST} has no address"
