"""The other half: where a certificate and a key do not fit, what fits one of them often lies beside.

An old key is kept as ``key.pem.bak`` when a new one is installed too early; a renewed certificate is laid beside the
old one and never named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from cryptography import x509

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.tls.facts import spki
from mailtui.services.tls.pile import Item, parse_pile

_HOUSES = (Path("/etc/ssl/private"), Path("/etc/letsencrypt/live"))
"""Where keys are kept besides."""
_MOST_FILES = 300
_LARGEST = 2**18
_PEM = b"-----BEGIN "


def fitting_pair(items: Sequence[Item], now: float) -> tuple[str, ...]:
    """The files of a certificate and its key, one of them among ``items`` and one beside; empty for none.

    Of several the one that lasts longest; none that is over.
    """
    own = [*_pairs(items, _beside(items))]
    living = [(ends, files) for ends, files in own if ends > now]
    return max(living, key=lambda pair: pair[0])[1] if living else ()


def _pairs(items: Sequence[Item], others: Sequence[Item]) -> Iterator[tuple[float, tuple[str, ...]]]:
    """When each fitting pair ends, and its files."""
    for certificates, keys in ((_leaves(items), _keys(others)), (_leaves(others), _keys(items))):
        for certificate, leaf in certificates:
            for key in keys:
                if spki(key.content) == spki(leaf):
                    files = tuple(dict.fromkeys((certificate.source, key.source)))
                    yield leaf.not_valid_after_utc.timestamp(), files


def _leaves(items: Sequence[Item]) -> list[tuple[Item, x509.Certificate]]:
    """The first certificate of each file."""
    first: dict[str, tuple[Item, x509.Certificate]] = {}
    for item in items:
        if isinstance(item.content, x509.Certificate):
            first.setdefault(item.source, (item, item.content))
    return list(first.values())


def _keys(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.kind == "key"]


def _beside(items: Sequence[Item]) -> list[Item]:
    """What stands in the other files of the same folders, and where keys are kept."""
    own = {item.source for item in items}
    folders = {folder for source in own for folder in (Path(source).parent, Path(source).resolve().parent)}
    found: list[Item] = []
    for path in _files((*sorted(folders), *_HOUSES)):
        if str(path) not in own:
            with suppress(MailtuiError, OSError):
                data = read_file(path, limit=_LARGEST).data
                found += parse_pile(data, str(path)) if _PEM in data else ()
    return found


def _files(folders: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        with suppress(OSError):
            found += sorted(path for path in (*folder.glob("*"), *folder.glob("*/*.pem")) if path.is_file())
    return list(dict.fromkeys(found))[:_MOST_FILES]
