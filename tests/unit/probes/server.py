"""A server that says what a test wrote, whatever it is asked; it may turn to TLS, hang up, or say nothing."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.unit.tls.authority import issue

TLS = "TLS"
"""In a script: the handshake."""
SILENCE = "SILENCE"


class Script:
    """What to say first, then to each line that comes; ``heard`` is what came."""

    def __init__(self, says: Sequence[bytes | str]) -> None:
        self.says = list(says)
        self.heard: list[bytes] = []
        self.port = 0
        self._ended = threading.Event()

    def serve(self, listening: socket.socket, context: ssl.SSLContext) -> None:
        with suppress(OSError):
            sock, _ = listening.accept()
            with sock, ExitStack() as inside:
                self._speak(sock, context, inside)

    def _speak(self, sock: socket.socket, context: ssl.SSLContext, inside: ExitStack) -> None:
        for number, word in enumerate(self.says):
            after = self.says[number + 1 : number + 2]
            if word == TLS:
                sock = inside.enter_context(context.wrap_socket(sock, server_side=True))
            elif word == SILENCE:
                self._ended.wait(5)
            elif isinstance(word, bytes):
                sock.sendall(word)
                if after != [TLS]:
                    self._hear(sock)

    def _hear(self, sock: socket.socket) -> None:
        data = b""
        while not data.endswith(b"\n"):
            more = sock.recv(4096)
            if not more:
                return
            data += more
        self.heard += data.splitlines()

    def end(self) -> None:
        self._ended.set()


@contextmanager
def script(folder: Path, *says: bytes | str) -> Iterator[Script]:
    """A server on loopback with a certificate nobody trusts."""
    pair = issue("mx.test.example", names=("mx.test.example",), days=(-10, 4000))
    (folder / "pair.pem").write_bytes(pair.pem + pair.key_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pair.pem")
    server = Script(says)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        server.port = listening.getsockname()[1]
        thread = threading.Thread(target=server.serve, args=(listening, context), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.end()
            thread.join(5)
