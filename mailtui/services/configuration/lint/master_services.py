"""What is wrong with the services of master.cf beside each other: master(5), master(8).

Two on one port, one that stands there twice (src/master/master_conf.c), one whose program is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from socket import getservbyname

from mailtui.findings import Finding
from mailtui.services.configuration.lint.words import finding
from mailtui.services.postfix.config import MasterService, PostfixConfig

_RENAMED = {"submissions": 465, "smtps": 465}
"""One port under two names, in case /etc/services knows only one of them."""


def service_findings(postfix: PostfixConfig) -> Iterator[Finding]:
    """What master(8) makes of them is not what is written there."""
    services = postfix.services
    yield from shared_ports(services)
    for (name, kind), count in Counter((one.name, one.type) for one in services).items():
        if count > 1:
            commands = [one.command for one in services if (one.name, one.type) == (name, kind)]
            yield finding("twice", f"{name}/{kind}", *commands)
    folder = Path(postfix.get("daemon_directory"))
    for service in services:
        program = service.command.split()[0]
        if folder.is_dir() and not (folder / program).exists():
            evidence = f"there is no {folder / program}"
            yield finding("program", f"{service.name}/{service.type}", evidence, program=program)


def shared_ports(services: Sequence[MasterService]) -> Iterator[Finding]:
    """Services that want to listen on one port of one address: only the first of them can."""
    by_port: dict[tuple[str, int | str], list[str]] = {}
    for name in dict.fromkeys(service.name for service in services if service.type == "inet"):
        by_port.setdefault(_address(name), []).append(f"{name}/inet")
    for (_, port), names in by_port.items():
        if len(names) > 1:
            yield finding("port", names[1], *names, port=str(port), first=names[0])


def _address(name: str) -> tuple[str, int | str]:
    """Host and port that a service's name stands for."""
    host, _, port = name.rpartition(":")
    if port.isdigit():
        return host, int(port)
    with suppress(OSError):
        return host, getservbyname(port, "tcp")
    return host, _RENAMED.get(port, port)
