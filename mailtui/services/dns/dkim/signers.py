"""Who signs on this machine, for which domains, with which selectors and keys: read, never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ANY = "%"
"""In place of a domain: that of whoever sends."""


@dataclass(frozen=True, slots=True)
class Signing:
    """One key that signs for one domain."""

    domain: str
    """``d=``, in lower case; ``%`` for that of the sender."""
    selector: str
    """``s=``."""
    source: str
    """What says so: the signer's name and file."""
    key: Path | None = None
    """The private key; None where it is not in a file, or only the log is known."""
    certain: bool = True
    """Whether it signs indeed, or only if there is a file with its key."""


@dataclass(frozen=True, slots=True)
class Signers:
    """All that was found."""

    signings: tuple[Signing, ...] = ()
    unread: tuple[str, ...] = ()
    """What could not be read and may name more, for people."""

    def of(self, domain: str) -> tuple[Signing, ...]:
        """Those that sign for one domain, each selector once, one with a key before one without."""
        wanted = domain.lower().rstrip(".")
        here = [_at(signing, wanted) for signing in self.signings if signing.domain in (wanted, ANY)]
        best: dict[str, Signing] = {}
        for signing in here:
            known = best.get(signing.selector)
            if known is None or (known.key is None and signing.key is not None):
                best[signing.selector] = signing
        return tuple(one for one in best.values() if one.certain or (one.key is not None and _exists(one.key)))


def together(found: Iterable[Signers]) -> Signers:
    """What several say."""
    every = tuple(found)
    return Signers(
        tuple(signing for one in every for signing in one.signings),
        tuple(text for one in every for text in one.unread),
    )


def _at(signing: Signing, domain: str) -> Signing:
    key = Path(str(signing.key).replace("$domain", domain)) if signing.key else None
    return Signing(domain, signing.selector, signing.source, key, signing.certain)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:
        return False
