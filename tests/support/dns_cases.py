"""Cases of DNS records kept as data: a title, what is to be told, and the zone that it is told of.

A case of ``tests/unit/dns/cases/*.toml`` is ``'title' = ['kinds of findings', 'line of the zone', …]``. The lines are those
of a zone of ``d.example`` (RFC 1035, 5): ``mx A 192.0.2.1``, ``@ MX 10 mx.d.example.``; names in records are written in
full. The text of a TXT record is bare, ``|`` parts its strings; instead of a record there may be what befalls the
question: ``mx SERVFAIL``, or ``mx AAAA TIMEOUT`` for one type alone. ``around`` holds lines that every case shares.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailtui.findings import Finding
from tests.support.dns_server import Zone

DOMAIN = "d.example"
FOLDER = Path(__file__).parents[1] / "unit" / "dns" / "cases"


def cases(file: str, *sections: str) -> list[Any]:
    """Those of some sections, as pytest takes them: what is to be told, and the lines of the case."""
    tables = _read(file)
    return [
        pytest.param(set(told.split()), lines, id=f"{section}: {title}")
        for section in sections
        for title, (told, *lines) in tables[section].items()
    ]


def around(file: str) -> list[str]:
    """The lines that every case of a file shares."""
    lines: list[str] = _read(file).get("around", [])
    return lines


def zone_of(lines: Iterable[str]) -> Zone:
    """The zone that lines make; what befalls a name stands instead of its records."""
    zone: dict[str, Any] = {}
    for line in lines:
        name, kind, *rest = line.split(" ", 2)
        here = _full(name)
        if not rest:
            zone[here] = kind
        else:
            zone.setdefault(here, {}).setdefault(kind, []).append(_written(kind, rest[0]))
    return zone


def texts_at(name: str, texts: Iterable[str]) -> list[str]:
    """The lines of TXT records with these texts; a single word in capitals is what befalls the question."""
    return [f"{name} {text}" if text.isupper() and text.isalpha() else f"{name} TXT {text}" for text in texts]


def by_kind(found: Sequence[Finding], topic: str) -> dict[str, Finding]:
    """Findings by their kind, those of ``topic`` without its name."""
    assert len({finding.id for finding in found}) == len(found)
    return {finding.id.split(":")[0].removeprefix("dns.").removeprefix(f"{topic}."): finding for finding in found}


def _full(name: str) -> str:
    if name == "@":
        return DOMAIN
    return name.removesuffix(".").lower() if name.endswith(".") else f"{name}.{DOMAIN}"


def _written(kind: str, data: str) -> str:
    if kind != "TXT" or data in ("SERVFAIL", "TIMEOUT", "REFUSED", "NXDOMAIN"):
        return data
    strings = [part.encode() for part in data.split("|")]
    parts = [part[at : at + 255] for part in strings for at in range(0, max(len(part), 1), 255)]
    return " ".join(f'"{"".join(map(_character, part))}"' for part in parts)


def _character(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03d}"


@cache
def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
