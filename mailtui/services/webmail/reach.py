"""The servers that a Roundcube is set to, and whether it gets there as PHP would."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mailtui.services.probes.manner import Manner, Stopped
from mailtui.services.probes.model import Endpoint
from mailtui.services.probes.talk import Talk
from mailtui.services.webmail.config import Roundcube

_SECONDS = 2.0
_HOST = re.compile(r"(?:(?P<tls>ssl|tls|imaps|smtps)://)?(?P<host>\[[^\]]+\]|[^:/]+)(?::(?P<port>\d+))?/?")
_SERVERS = (
    ("imap_host", "", 143, 993),
    ("default_host", "default_port", 143, 993),
    ("smtp_host", "", 587, 465),
    ("smtp_server", "smtp_port", 25, 465),
)
"""Setting, setting of its port, the port without TLS from the first byte and with it."""
_REPLACED = {"default_host": "imap_host", "smtp_server": "smtp_host"}
_IMPLICIT = frozenset({"ssl", "imaps", "smtps"})


@dataclass(frozen=True, slots=True)
class Target:
    """A server that Roundcube is set to."""

    name: str
    """The setting that names it."""
    host: str
    port: int
    tls: bool
    implicit: bool = False
    """TLS from the first byte."""

    @property
    def protocol(self) -> Literal["smtp", "imap"]:
        """What is spoken there."""
        return "smtp" if self.name.startswith("smtp") else "imap"


def targets(one: Roundcube) -> Iterator[Target]:
    """Where it logs in and sends; what holds PHP's or Roundcube's placeholders is left out."""
    known = {*one.settings, *one.lists}
    for name, usual, plain, implicit in _SERVERS:
        if _REPLACED.get(name) in known:
            continue
        for text in (one.get(name), *one.lists.get(name, ())):
            found = _HOST.fullmatch(text)
            if found and "%" not in text:
                scheme = found["tls"] or ""
                port = found["port"] or one.get(usual) or str(implicit if scheme in _IMPLICIT else plain)
                if port.isdecimal():
                    yield Target(name, found["host"].strip("[]"), int(port), bool(scheme), scheme in _IMPLICIT)


def tried(target: Target, *, verify: bool) -> tuple[str, str]:
    """What kind of finding it is, and why it is one; an empty reason for none."""
    if not verify:
        return "unreached", refused(target.host, target.port)
    endpoint = Endpoint(target.protocol, target.host, target.port, target.implicit)
    try:
        with Talk(endpoint, Manner(verify=True, timeout=_SECONDS)):
            return "unreached", ""
    except Stopped as stopped:
        kind = "untrusted" if stopped.verdict == "untrusted" else "unreached"
        return kind, stopped.told


def refused(host: str, port: int) -> str:
    """Why nobody answers; ``""`` where somebody does."""
    try:
        socket.create_connection((host, port), _SECONDS).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""
