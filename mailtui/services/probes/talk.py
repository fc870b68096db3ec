"""One dialogue with a server: greeting, TLS, what it can, commands and replies, a polite end.

SMTP: RFC 5321, 3207, 4954; IMAP: RFC 9051; POP3: RFC 1939, 2449, 2595; ManageSieve: RFC 5804. A password is only
ever said after TLS, and to a server elsewhere only after its certificate has been verified.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from re import Pattern
from types import TracebackType

from mailtui.services.probes.manner import Manner, Stopped
from mailtui.services.probes.model import Endpoint, Said, Verdict
from mailtui.services.probes.own import is_own
from mailtui.services.tls.probe.contexts import context
from mailtui.services.tls.probe.languages import LANGUAGES, Language
from mailtui.services.tls.probe.wire import Wire
from mailtui.text import clean

_GOODBYE = 2.0
_MOST_SAID = 200


class Talk:
    """A context: the dialogue is open inside, up to where one would log in. Every method raises Stopped."""

    def __init__(self, endpoint: Endpoint, manner: Manner) -> None:
        self.endpoint = endpoint
        self._manner = manner
        self.language: Language = LANGUAGES[endpoint.protocol]
        self.dialogue: list[Said] = []
        self.told: list[bytes] = []
        """What the server said that it can."""
        self.tls = ""
        """Version and cipher; ``""`` for none."""
        self.local: tuple[str, int] = ("", 0)
        """Our own address and port."""
        self._peer = ""
        self._wire: Wire | None = None

    def __enter__(self) -> Talk:
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or (isinstance(error, Stopped) and error.verdict not in ("closed", "silent")):
            self._leave()
        self._close()

    @property
    def offered(self) -> tuple[str, ...]:
        """The mechanisms the server offers now, cleaned."""
        return tuple(map(clean, self.language.mechanisms(self.told)))

    @property
    def may_hear_secrets(self) -> bool:
        """Whether it is this machine, or one that has proven to be who it says; a name may lead elsewhere by now."""
        return bool(self.tls) and (self._manner.verify or is_own(self._peer))

    def say(self, line: str, last: Pattern[bytes] | None = None, *, shown: str | None = None) -> list[str]:
        """Send a line, read the reply up to the line that matches ``last``; ``shown`` stands for a secret one."""
        self._note(line if shown is None else shown, ours=True)
        try:
            self._live.send(line.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise self._broken(error) from error
        return [text.decode("utf-8", "surrogateescape") for text in self.hear(last or self.language.replied)]

    def hear(self, last: Pattern[bytes]) -> list[bytes]:
        """Read a reply."""
        try:
            lines = self._live.lines(last)
        except OSError as error:
            raise self._broken(error) from error
        for line in lines:
            self._note(line.decode("utf-8", "surrogateescape"), ours=False)
        return lines

    def _note(self, text: str, *, ours: bool) -> None:
        if len(self.dialogue) < _MOST_SAID:
            self.dialogue.append(Said(ours, clean(text)))

    @property
    def _live(self) -> Wire:
        assert self._wire is not None
        return self._wire

    def _open(self) -> None:
        deadline = time.monotonic() + self._manner.timeout
        sock = self._connected()
        self._wire = Wire(sock, deadline)
        own = sock.getsockname()
        self._peer = str(sock.getpeername()[0])
        self.local = (str(own[0]).partition("%")[0], int(own[1]))
        if self.endpoint.implicit:
            self._shake_hands()
        self._greet()
        if not self.tls and self._manner.tls != "none":
            self._ask_for_tls()

    def _connected(self) -> socket.socket:
        target, manner = self.endpoint, self._manner
        try:
            return socket.create_connection(
                (target.host, target.port), manner.timeout, (manner.source, 0) if manner.source else None
            )
        except TimeoutError:
            raise Stopped("silent", f"no connection to {target} within {manner.timeout:g} s") from None
        except (OSError, UnicodeError, OverflowError) as error:
            words = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise Stopped("unreachable", f"no connection to {target}: {words}") from error

    def _greet(self) -> None:
        greeting = self.hear(self.language.greeted)
        if not self.language.ready.match(greeting[-1]):
            words = clean(greeting[-1].decode("utf-8", "surrogateescape"))
            verdict: Verdict = "temporary" if greeting[-1].startswith(b"4") else "refused"
            self._leave()
            raise Stopped(verdict, "the server greets with a refusal", words)
        self.told = greeting
        self.hello()

    def hello(self) -> None:
        """Say who we are, and hear what the server can."""
        if self.language.ask:
            name = self._manner.name or _literal(self.local[0])
            asked = self.language.ask.decode().replace("%s", name)
            self.told = [line.encode("utf-8", "surrogateescape") for line in self.say(asked, self.language.told)]

    def _ask_for_tls(self) -> None:
        offered = any(self.language.offer.match(line) for line in self.told)
        agreed = offered and self.language.ready.match(self.say(self.language.starttls.decode())[-1].encode())
        if not agreed:
            if self._manner.tls == "must":
                words = "refuses STARTTLS" if offered else "does not offer STARTTLS"
                self._leave()
                raise Stopped("not-encrypted", f"{self.endpoint} {words}: no password is sent in clear")
            return
        if self._live.pending:
            raise Stopped(
                "untrusted", "the server said more in clear after agreeing to STARTTLS: somebody may be between"
            )
        self._shake_hands()
        if not self.language.ask:
            self.told = self.hear(self.language.greeted)
        self.hello()

    def _shake_hands(self) -> None:
        wire, host = self._live, self.endpoint.host
        try:
            wire.arm()
            made = ssl.create_default_context() if self._manner.verify else context(())
            inside = made.wrap_socket(wire.sock, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            raise Stopped("untrusted", f"the certificate is not to be trusted: {error.verify_message}") from error
        except (OSError, ValueError) as error:
            reason = (getattr(error, "reason", None) or str(error) or type(error).__name__).replace("_", " ").lower()
            raise Stopped("not-encrypted", f"the TLS handshake failed: {reason}") from error
        wire.sock = inside
        cipher = inside.cipher()
        self.tls = " ".join(filter(None, (inside.version(), cipher[0] if cipher else "")))
        self._note(f"({self.tls})", ours=False)

    def _broken(self, error: OSError) -> Stopped:
        if isinstance(error, TimeoutError):
            return Stopped("silent", f"no answer within {self._manner.timeout:g} s")
        return Stopped("closed", f"the server hung up: {error.strerror or error}")

    def _leave(self) -> None:
        if self._wire:
            self._wire.hasten(_GOODBYE)
            with suppress(Stopped):
                self.say(self.language.goodbye.decode())

    def _close(self) -> None:
        if self._wire:
            with suppress(OSError):
                self._wire.sock.close()


def reply_of(lines: Sequence[str]) -> str:
    """The line of a reply that decides, cleaned."""
    return clean(lines[-1]) if lines else ""


def _literal(address: str) -> str:
    """What a client without a name calls itself: its address (RFC 5321, 4.1.3)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
