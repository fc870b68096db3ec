"""What is wrong with the text of master.cf: master(5), "SYNTAX"; and two services on one port."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from socket import getservbyname

from mailtui.findings import Finding
from mailtui.services.configuration.cf_text import Logical, logical_lines
from mailtui.services.configuration.lint.main_text import TYPOGRAPHIC
from mailtui.services.configuration.lint.words import finding
from mailtui.services.postfix.config import MasterService

_SPACED = re.compile(r"-o\s+(\w+)\s+=\s*(\S*)")
_RENAMED = {"submissions": 465, "smtps": 465}
"""One port under two names, in case /etc/services knows only one of them."""


def master_findings(file: str, text: str) -> Iterator[Finding]:
    """What its text says that its writer did not mean."""
    for one in logical_lines(text):
        subject = " ".join(one.text.split()[:2])
        for line in one.lines:
            evidence = f"{file}:{line.number}: {line.text.strip()}"
            if not line.text.isascii():
                kind = "dash" if TYPOGRAPHIC.search(line.text) else "foreign"
                yield finding(kind, subject, evidence)
            if spaced := _SPACED.search(line.text):
                yield finding("spaced", subject, evidence, right=f"-o {spaced[1]}={spaced[2]}")
        if one.text.startswith("-"):
            yield finding("unindented", subject, f"{file}:{one.number}: {_first(one)}")


def shared_ports(services: Sequence[MasterService]) -> Iterator[Finding]:
    """Services that want to listen on one port of one address: only the first of them can."""
    by_port: dict[tuple[str, int | str], list[MasterService]] = {}
    for service in services:
        if service.type == "inet":
            by_port.setdefault(_address(service.name), []).append(service)
    for (_, port), several in by_port.items():
        if len(several) > 1:
            names = [f"{service.name}/inet" for service in several]
            yield finding("port", names[1], *names, port=str(port), first=names[0])


def _address(name: str) -> tuple[str, int | str]:
    """Host and port that a service's name stands for."""
    host, _, port = name.rpartition(":")
    if port.isdigit():
        return host, int(port)
    with suppress(OSError):
        return host, getservbyname(port, "tcp")
    return host, _RENAMED.get(port, port)


def _first(one: Logical) -> str:
    return one.lines[0].text.strip()
