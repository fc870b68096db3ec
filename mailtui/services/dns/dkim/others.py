"""Signers that tell less: amavisd-new's ``dkim_key`` lines, and signatures noted in the log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.files import read_file
from mailtui.maillog.model import Event
from mailtui.services.dns.dkim.signers import Signers, Signing

AMAVIS = (Path("/etc/amavis/conf.d"), Path("/etc/amavisd"), Path("/etc/amavisd.conf"))
_LARGEST = 2**20
_AMAVIS_KEY = re.compile(
    r"""^\s*dkim_key\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]""", re.MULTILINE
)


def amavis(places: Sequence[Path] = AMAVIS) -> Signers:
    """``dkim_key('example.org', 'selector', '/path')`` of amavisd.conf."""
    found: list[Signing] = []
    unread: list[str] = []
    for file in _files(places):
        try:
            text = read_file(file, limit=_LARGEST).data.decode("utf-8", "surrogateescape")
        except HostError as error:
            unread.append(f"{file}: {error.message}")
            continue
        found += [
            Signing(domain.lower(), selector, f"amavis, {file}", Path(path))
            for domain, selector, path in _AMAVIS_KEY.findall(text)
        ]
    return Signers(tuple(found), tuple(unread))


def logged(events: Iterable[Event]) -> Signers:
    """The signatures that OpenDKIM wrote of."""
    signed = (event.fields for event in events if event.event == "dkim-signed")
    pairs = {(str(one["domain"]).lower(), str(one["selector"])) for one in signed if one.get("domain")}
    return Signers(tuple(Signing(domain, selector, "the mail log") for domain, selector in sorted(pairs)))


def _files(places: Sequence[Path]) -> list[Path]:
    try:
        return [
            file
            for place in places
            for file in (sorted(place.iterdir()) if place.is_dir() else [place])
            if file.is_file()
        ]
    except OSError:
        return []
