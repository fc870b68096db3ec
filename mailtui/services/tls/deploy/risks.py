"""What an operator should know of a certificate before it is deployed: warnings, names that are missing or lost."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509

from mailtui.services.dns.sender import Sender
from mailtui.services.tls.asker import Asker
from mailtui.services.tls.deploy.candidate import Candidate
from mailtui.services.tls.deploy.target import Target
from mailtui.services.tls.facts import covers, names_of
from mailtui.services.tls.needed import missing, needed_names
from mailtui.services.tls.probe import Served
from mailtui.text import clean

_SHOWN = 5


def warnings(one: Candidate) -> list[str]:
    """What the gate warns of, and what it let pass."""
    return [finding.title for finding in one.findings if finding.severity in ("warning", "error")]


def unnamed(one: Candidate, targets: Sequence[Target], sender: Sender | None, resolver: Asker) -> list[str]:
    """What leads here and is named neither by it nor by a certificate that stays."""
    kept = [name for target in targets for name in target.kept_names]
    needed = needed_names(sender, resolver) if sender else ()
    return [f"it does not name {lack.name}: {lack.why}" for lack in missing(needed, [*one.names, *kept])]


def lost(one: Candidate, before: Sequence[Served]) -> list[str]:
    """Names that what is served now has and the new one has not."""
    leaves = {answer.chain_der[0] for answer in before if answer.chain_der and not answer.ask.sni}
    served = {clean(name) for der in leaves for name in names_of(x509.load_der_x509_certificate(der))}
    gone = sorted(name for name in served if not covers(name.removeprefix("*."), one.names) and name not in one.names)
    return [f"what is served now also names {', '.join(gone[:_SHOWN])}"] if gone else []
