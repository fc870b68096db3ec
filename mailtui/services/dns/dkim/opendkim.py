"""What OpenDKIM signs with: opendkim.conf(5) and its tables.

The files of dkimpy-milter and of DKIMproxy have the same form; dkimproxy.out(8) has a ``sender_map`` besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.files import read_file
from mailtui.services.dns.dkim.signers import ANY, Signers, Signing

FILES = (
    Path("/etc/opendkim.conf"),
    Path("/etc/dkimpy-milter/dkimpy-milter.conf"),
    Path("/etc/dkimproxy/dkimproxy_out.conf"),
    Path("/etc/dkimproxy_out.conf"),
)
_PROGRAMS = {"dkimpy-milter": "dkimpy-milter", "dkimproxy_out": "DKIMproxy"}
_LARGEST = 4 * 2**20
_DEEPEST = 4
_SETS = re.compile(r"(file|refile|csl):")
_DKIM = re.compile(r"(?<![^\s,])dkim\b(?:\(([^)]*)\))?")
_OTHER_SETS = re.compile(r"[a-z]+:")


class _Unread(Exception):
    """A data set that only the signer itself can read."""


def signers(files: Sequence[Path] | None = None) -> Signers:
    """The keys of every configuration that is there, of ``FILES`` or others; what cannot be read is told."""
    found: list[Signing] = []
    unread: list[str] = []
    for file in FILES if files is None else files:
        try:
            if file.exists():
                found += _signings(file)
        except (_Unread, HostError, OSError) as error:
            unread.append(f"{file}: {error}")
    return Signers(tuple(found), tuple(unread))


def _signings(file: Path) -> Iterator[Signing]:
    settings = _settings(file)
    if "s" not in settings.get("mode", "sv"):
        return
    name = f"{_PROGRAMS.get(file.stem, 'OpenDKIM')}, {file}"
    if "sender_map" in settings:
        yield from _of_senders(settings, name)
    if "keytable" in settings:
        yield from _of_tables(settings, name)
        return
    for selector, key in (("selector", "keyfile"), ("selectored25519", "keyfileed25519")):
        if settings.get(selector) and settings.get(key):
            for domain in _values(settings.get("domain", "")):
                yield Signing(_domain(domain), settings[selector], name, Path(settings[key]))


def _of_tables(settings: dict[str, str], name: str) -> Iterator[Signing]:
    """What the SigningTable names of the KeyTable; all of it, for its own domains, where there is no SigningTable."""
    keys = {key: value.split(":", 2) for key, value in _entries(settings["keytable"])}
    if "signingtable" in settings:
        wanted = [
            (pattern, key.strip()) for pattern, value in _entries(settings["signingtable"]) for key in value.split(",")
        ]
    else:
        wanted = [(ANY, key) for key in keys]
    for pattern, key in wanted:
        if len(keys.get(key, ())) < 3:
            continue
        domain, selector, where = keys[key]
        domain = pattern.rpartition("@")[2].strip("*.") or ANY if domain == ANY else domain
        path = where.strip().removeprefix("file:")
        yield Signing(_domain(domain), selector.strip(), name, Path(path) if path.startswith("/") else None)


def _of_senders(settings: dict[str, str], name: str) -> Iterator[Signing]:
    """DKIMproxy's ``sender_map``: an address, a domain or ``.domain``, and how its mail is signed."""
    for line in _lines(Path(settings["sender_map"])):
        pattern, _, ways = line.partition(" ")
        for way in _DKIM.findall(ways):
            told = dict(part.strip().split("=", 1) for part in way.split(",") if "=" in part)
            domain = told.get("d", pattern.rpartition("@")[2].strip("."))
            selector, key = told.get("s", settings.get("selector", "")), told.get("key", settings.get("keyfile", ""))
            if domain and selector:
                yield Signing(_domain(domain), selector, name, Path(key) if key else None)


def _settings(file: Path, depth: int = 0) -> dict[str, str]:
    """Names in lower case; the last of a name counts."""
    found: dict[str, str] = {}
    for line in _lines(file):
        name, _, value = line.partition(" ")
        if name.lower() == "include" and depth < _DEEPEST:
            found |= _settings(Path(value.strip()), depth + 1)
        else:
            found[name.lower()] = value.strip()
    return found


def _entries(table: str) -> Iterator[tuple[str, str]]:
    """Key and value of each entry of a data set (opendkim(8), DATA SETS). Raises _Unread."""
    if table.startswith("csl:"):
        pairs = (one.partition("=") for one in table[4:].split(","))
        yield from ((key.strip(), value.strip()) for key, _, value in pairs)
        return
    if not _SETS.match(table) and _OTHER_SETS.match(table):
        raise _Unread(f"{table.partition(':')[0]}: tables cannot be read from here")
    for line in _lines(Path(_SETS.sub("", table, count=1))):
        key, _, value = line.partition(" ")
        yield key, value.strip()


def _values(value: str) -> Iterator[str]:
    """One name, several with commas, or those of a file."""
    if value.startswith("/") or _SETS.match(value):
        yield from (key for key, _ in _entries(value))
    else:
        yield from (part.strip() for part in value.split(",") if part.strip())


def _lines(file: Path) -> Iterator[str]:
    """Lines without comments, their blanks made one."""
    text = read_file(file, limit=_LARGEST).data.decode("utf-8", "surrogateescape")
    for line in text.splitlines():
        if kept := " ".join(line.partition("#")[0].split()):
            yield kept


def _domain(text: str) -> str:
    return ANY if text in ("*", ANY) else text.lower().rstrip(".")
