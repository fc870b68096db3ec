"""Tables of patterns are read from the top, and the first match ends it: what stands below one that takes everything
is there for nothing. regexp_table(5), pcre_table(5), cidr_table(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from mailtui.services.postfix.maps.text import Entry

_EVERYTHING = re.compile(rb"(.)(\^|\.|\.\*|\^\.\*|\^\.\*\$|\^\.\+\$|\.\+|\.\*\$)?\1[a-zA-Z]*")
_ANY = b""
"""Under this key is noted what takes everything."""

Network = IPv4Network | IPv6Network


def never_reached(entries: Sequence[Entry], form: str) -> Iterator[tuple[Entry, str]]:
    """The entries that another one before them hides, and which one."""
    return _patterns(entries) if form == "regexp" else _networks(entries)


def case_turned_on(entry: Entry) -> bool:
    """Whether the flag ``i`` stands behind a pattern: it switches off that case does not matter."""
    sign = entry.key.lstrip(b"!")[:1]
    return entry.readable and not sign.isalpha() and b"i" in entry.key.rpartition(sign)[2]


def _patterns(entries: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    """Within ``if`` … ``endif`` an entry is reached under a condition, and hides only what stands there too."""
    blocks: list[dict[bytes, Entry]] = [{}]
    for entry in entries:
        word = entry.key.lower()
        if word == b"if":
            blocks.append({})
        elif word == b"endif" and len(blocks) > 1:
            blocks.pop()
        elif entry.readable:
            above = next((block[key] for block in blocks for key in (entry.key, _ANY) if key in block), None)
            if above is not None:
                yield entry, f"line {above.first + 1} matches first: {above.key.decode('utf-8', 'replace')}"
            else:
                blocks[-1][_ANY if _EVERYTHING.fullmatch(entry.key) else entry.key] = entry


def _networks(entries: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    seen: list[dict[Network, Entry]] = [{}]
    for entry in entries:
        word = entry.key.lower()
        if word == b"if":
            seen.append({})
        elif word == b"endif" and len(seen) > 1:
            seen.pop()
        elif network := _network(entry.key):
            wider = (network.supernet(new_prefix=length) for length in range(network.prefixlen, -1, -1))
            above = next((block[one] for one in wider for block in seen if one in block), None)
            if above is not None:
                yield entry, f"line {above.first + 1} matches first: {above.key.decode('ascii', 'replace')}"
            else:
                seen[-1][network] = entry


def _network(key: bytes) -> Network | None:
    """None for what is negated, or is no network."""
    try:
        return ip_network(key.decode("ascii").strip("[]"))
    except ValueError:
        return None
