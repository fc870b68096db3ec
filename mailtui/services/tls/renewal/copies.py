"""Certificates in use beside those that renew themselves: the same file, a link to it, a copy nobody updates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.services.tls.facts import CertificateFacts, facts
from mailtui.services.tls.inventory import Held
from mailtui.services.tls.pile import certificates, read_pile
from mailtui.services.tls.renewal.model import Lineage
from mailtui.services.tls.words import finding


def holds(held: Held, lineage: Lineage) -> bool:
    """Whether a certificate in use lies where the client puts the next one; by that name, or through links."""
    wanted = {str(lineage.chain), str(lineage.key)}
    return bool(wanted & set(held.files)) or any(_leads_to(file, wanted) for file in held.files)


def _leads_to(file: str, wanted: set[str]) -> bool:
    """Whether a link, or a link behind it, leads to one of the names: those of certbot are links themselves."""
    path = Path(file)
    for _ in range(8):
        if str(path) in wanted:
            return True
        try:
            path = path.parent / path.readlink()
        except OSError:
            return False
    return False


def copies(known: Sequence[Lineage], held: Sequence[Held]) -> tuple[Finding, ...]:
    """Certificates for the same names as one that was renewed since, in files of their own."""
    return tuple(told for lineage in known for told in _of(lineage, held))


def _of(lineage: Lineage, held: Sequence[Held]) -> Iterator[Finding]:
    newest = _leaf(lineage)
    for one in held if newest else ():
        programs = tuple(dict.fromkeys(use.program for use in one.uses if use.side == "server"))
        if newest and programs and not holds(one, lineage) and _is_older(one.leaf, newest):
            servers = (word for program in programs for word in ("--server", program))
            yield finding(
                "renewal.copy",
                ", ".join(one.files),
                (f"{lineage.client} renews {lineage.chain}", *map(str, one.uses)),
                fix=("mailtui", "cert", "deploy", "--in-place", *servers, "--", str(lineage.chain), str(lineage.key)),
                client=lineage.client,
            )


def _is_older(leaf: CertificateFacts | None, newest: CertificateFacts) -> bool:
    return leaf is not None and set(leaf.names) == set(newest.names) and leaf.starts < newest.starts


def _leaf(lineage: Lineage) -> CertificateFacts | None:
    try:
        found = certificates(read_pile(lineage.chain))
    except MailtuiError:
        return None
    return facts(found[0]) if found else None
