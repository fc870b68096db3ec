"""The sockets that Postfix's configuration names: next hops of LMTP, Dovecot's SASL, milters.

lmtp(8), SASL_README, MILTER_README: a path that is not absolute, or any path of a chrooted service, begins at
``queue_directory``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.postfix.tables import words

Kind = Literal["lmtp", "sasl", "milter"]
_TRANSPORTS = ("virtual_transport", "mailbox_transport", "local_transport", "relay_transport", "default_transport")


@dataclass(frozen=True, slots=True)
class Meeting:
    """One socket and the setting that names it."""

    kind: Kind
    parameter: str
    """As ``postconf -e`` or ``-P`` takes it: ``virtual_transport``, ``submission/inet/smtpd_sasl_path``."""
    value: str
    """What it is set to."""
    path: Path
    """Where it must be, seen from outside any chroot."""
    inside: bool
    """Whether the service sees nothing but the queue directory."""


def meetings(postfix: PostfixConfig) -> Iterator[Meeting]:
    """Every socket named in main.cf and for single services in master.cf. Raises what ``Tools.run`` raises."""
    queue = Path(postfix.get("queue_directory"))
    services = {f"{one.name}/{one.type}": one for one in postfix.services}
    found: dict[tuple[str, Path], Meeting] = {}
    for parameter in _TRANSPORTS:
        value = postfix.get(parameter)
        transport, _, hop = value.partition(":")
        if hop.startswith("unix:"):
            _note(found, "lmtp", parameter, value, hop, queue, services.get(f"{transport}/unix"))
    for service in services.values():
        if _program(service) == "smtpd":
            for meeting in _of_smtpd(postfix.of_service(service), service, queue):
                found.setdefault((meeting.kind, meeting.path), meeting)
    for hop in words(postfix.get("non_smtpd_milters")):
        _note(found, "milter", "non_smtpd_milters", hop, hop, queue, services.get("cleanup/unix"))
    return iter(found.values())


def _of_smtpd(seen: PostfixConfig, service: MasterService, queue: Path) -> Iterator[Meeting]:
    """What one smtpd(8) of master.cf asks."""
    overridden = {name for name, _ in service.overrides}
    found: dict[tuple[str, Path], Meeting] = {}

    def named(parameter: str) -> str:
        return f"{service.name}/{service.type}/{parameter}" if parameter in overridden else parameter

    if seen.get("smtpd_sasl_auth_enable") == "yes" and seen.get("smtpd_sasl_type") == "dovecot":
        hop = seen.get("smtpd_sasl_path")
        _note(found, "sasl", named("smtpd_sasl_path"), hop, hop, queue, service)
    for hop in words(seen.get("smtpd_milters")):
        _note(found, "milter", named("smtpd_milters"), hop, hop, queue, service)
    yield from found.values()


def _note(
    found: dict[tuple[str, Path], Meeting],
    kind: Kind,
    parameter: str,
    value: str,
    hop: str,
    queue: Path,
    service: MasterService | None,
) -> None:
    """Keep it where it is a UNIX-domain socket; ``local:`` is a milter's word for it."""
    scheme, sign, rest = hop.partition(":")
    if scheme in ("inet", "inet6") or not hop:
        return
    text = rest if sign and scheme in ("unix", "local") else hop
    chrooted = service is not None and service.chroot
    absolute = text.startswith("/") and not chrooted
    path = Path(text) if absolute else queue / text.lstrip("/")
    found.setdefault((kind, path), Meeting(kind, parameter, value, path, chrooted))


def _program(service: MasterService) -> str:
    return service.command.split(None, 1)[0]
