"""Files that are served where they lie, because whoever renews the certificate puts the next one there too."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

from mailtui.host.errors import UsageError
from mailtui.services.tls.deploy.candidate import Candidate
from mailtui.services.tls.deploy.model import NewFiles
from mailtui.services.tls.facts import spki
from mailtui.services.tls.pile import Item, certificates
from mailtui.text import clean


def lying(items: Sequence[Item], one: Candidate) -> NewFiles:
    """The files of a candidate as they are, by their absolute names.

    Raises UsageError where a server could not use them so.
    """
    keys = [item for item in items if item.kind == "key" and spki(item.content) == spki(one.leaf)]
    chains = [item.source for item in items if item.kind == "certificate" and item.content == one.leaf]
    key = keys[0]
    if key.encrypted:
        raise UsageError(
            "the key is encrypted, and Postfix has no setting for its passphrase",
            unlock="make one without: mailtui cert convert KEY --to pem -o NEW",
        )
    for source in chains:
        if certificates(tuple(item for item in items if item.source == source)) == one.chain.certificates:
            found = NewFiles(str(Path(key.source).absolute()), str(Path(source).absolute()))
            _require_loadable(found)
            return found
    raise UsageError(
        "no file holds the chain as it must be served: the leaf, then each issuer, no root",
        unlock="with certbot: fullchain.pem; else leave --in-place away, and it is put in order",
    )


def _require_loadable(files: NewFiles) -> None:
    """Raises UsageError where OpenSSL, which is less patient than we are, does not load them as they stand."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.chain, files.key)
    except (ssl.SSLError, OSError) as error:
        raise UsageError(
            f"neither server can load {clean(files.chain)} and {clean(files.key)} as they stand",
            unlock="mailtui cert check tells why; without --in-place they are put in order",
        ) from error
