"""The ports that Dovecot's services open: ``inet_listener`` blocks, ``listen``, ``protocols`` (doc.dovecot.org)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.listeners.model import ANYWHERE, Listener, Role

_LISTENER = re.compile(r"service (\S+) \{ inet_listener (.*?) ?\{ (\w+)")
_PROTOCOL = {"imap-login": "imap", "pop3-login": "pop3", "managesieve-login": "sieve", "submission-login": "smtp"}
_ROLE: dict[str, Role] = {"lmtp": "delivery", "submission": "submission"}
_WILD = {"*": ANYWHERE[0], "[::]": ANYWHERE[1]}


def dovecot_listeners(settings: DovecotSettings) -> tuple[Listener, ...]:
    """Every listener with a port, of services that are started. Raises what ``DovecotSettings`` raises."""
    found = []
    for block in _blocks(settings.every):
        found += [*_of(block, settings)]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Block:
    service: str
    name: str
    values: Mapping[str, str]


def _blocks(every: Mapping[str, str]) -> Iterator[_Block]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for path, value in every.items():
        if match := _LISTENER.fullmatch(path):
            found.setdefault((match[1], match[2]), {})[match[3]] = value
    for (service, name), values in found.items():
        yield _Block(service, name, values)


def _of(block: _Block, settings: DovecotSettings) -> Iterator[Listener]:
    port = block.values.get("port", "0")
    needed = settings.every.get(f"service {block.service} {{ protocol", "")
    if not port.isdigit() or port == "0" or (needed and needed not in settings.protocols):
        return
    implicit = block.values.get("ssl", "no") == "yes"
    own = block.values.get("address", "") or block.values.get("listen", "")
    for address in re.split(r"[,\s]+", own or settings.every.get("listen") or "*, ::"):
        yield Listener(
            "dovecot",
            f"{block.service}/{block.name}",
            _WILD.get(address, address.strip("[]")),
            int(port),
            _role(block.service),
            _PROTOCOL.get(block.service, block.service),
            implicit=implicit,
            tls=(implicit or _serves_tls(block.service)) and settings.every.get("ssl", "yes") != "no",
        )


def _role(service: str) -> Role:
    name = service.removesuffix("-login")
    return _ROLE.get(name, "mailbox" if service in _PROTOCOL else "other")


def _serves_tls(service: str) -> bool:
    return service in _PROTOCOL or service == "lmtp"
