"""Files that are served where they lie, because whoever renews the certificate puts the next one there too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mailtui.host.errors import UsageError
from mailtui.services.tls.deploy.candidate import Candidate
from mailtui.services.tls.deploy.model import NewFiles
from mailtui.services.tls.facts import spki
from mailtui.services.tls.pile import Item, certificates


def lying(items: Sequence[Item], one: Candidate) -> NewFiles:
    """The files of a candidate as they are, by their absolute names. Raises UsageError where a server could not use them so."""
    keys = [item for item in items if item.kind == "key" and spki(item.content) == spki(one.leaf)]
    chains = [item.source for item in items if item.kind == "certificate" and item.content == one.leaf]
    key = keys[0]
    if key.encrypted:
        raise UsageError("the key is encrypted, and Postfix has no setting for its passphrase")
    for source in chains:
        if certificates(tuple(item for item in items if item.source == source)) == one.chain.certificates:
            return NewFiles(str(Path(key.source).absolute()), str(Path(source).absolute()))
    raise UsageError(
        "no file holds the chain as it must be served: the leaf, then each issuer, no root",
        unlock="with certbot: fullchain.pem; else leave --in-place away, and it is put in order",
    )
