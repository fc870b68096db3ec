"""Whether what this machine signs can be verified: each selector's record, set against the key on disk.

A selector is never guessed: the DNS has no list of them. RFC 6376, 8301, 8463; alignment, RFC 9989, 4.4.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from mailtui.findings import Finding
from mailtui.host.errors import HostError, PermissionDenied
from mailtui.services.dns.dkim.keys import EVERYBODY, bits, public_key_of, record_of, same
from mailtui.services.dns.dkim.record import DkimFlaw, PublishedKey, parse
from mailtui.services.dns.dkim.signers import Signers, Signing
from mailtui.services.dns.dmarc.walk import aligned, walk
from mailtui.services.dns.resolver import Resolver, side_by_side
from mailtui.services.dns.said import say, unknown

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

_LEAST, _GOOD = 1024, 2048


def check(resolver: Resolver, domain: str, signers: Signers) -> tuple[Finding, ...]:
    """Every selector that signs for ``domain`` here."""
    signings = signers.of(domain)
    if not signings:
        return tuple(_unsigned(resolver, domain, signers))
    owns = [_own_key(signing) for signing in signings]
    pairs = zip(signings, owns, strict=True)
    found = side_by_side([partial(_selector, resolver, signing, key) for signing, (key, _) in pairs])
    told = [finding for (_, flaws), findings in zip(owns, found, strict=True) for finding in (*flaws, *findings)]
    if all(key is not None and bits(key) is None for key, _ in owns):
        told.append(say("dkim", "ed25519-alone", domain))
    return tuple(told)


def name_of(signing: Signing) -> str:
    """Where the key of a signing is published."""
    return f"{signing.selector}._domainkey.{signing.domain}"


def _unsigned(resolver: Resolver, domain: str, signers: Signers) -> Iterator[Finding]:
    """No signature in the domain's own name; one of its organization's may stand for it."""
    policy = walk(resolver, domain).policy
    strict = bool(policy and policy.record and policy.record.strict("adkim"))
    above = dict.fromkeys(one.domain for one in signers.signings if domain.endswith(f".{one.domain}"))
    for parent in above:
        kind = "parent" if aligned(resolver, domain, parent, strict=strict) else "unaligned"
        yield say("dkim", kind, domain, of=parent, parent=parent)
    if not above:
        yield say("dkim", "no-signer", domain, signers.unread)


def _selector(resolver: Resolver, signing: Signing, own: PublicKeyTypes | None) -> tuple[Finding, ...]:
    return tuple(_published(resolver, signing, own))


def _own_key(signing: Signing) -> tuple[PublicKeyTypes | None, tuple[Finding, ...]]:
    """The key on disk, and what is wrong with its file."""
    if signing.key is None:
        return None, ()
    subject, told = name_of(signing), (f"{signing.source}: {signing.key}",)
    try:
        key = public_key_of(signing.key)
        mode = stat.S_IMODE(signing.key.stat().st_mode)
    except PermissionDenied as error:
        return None, (say("dkim", "key-hidden", subject, told, file=signing.key, why=error.message),)
    except (HostError, OSError) as error:
        return None, (say("dkim", "key-unreadable", subject, (*told, str(error)), file=signing.key),)
    if mode & EVERYBODY:
        return key, (say("dkim", "key-open", subject, told, file=signing.key, mode=f"{mode:04o}"),)
    return key, ()


def _published(resolver: Resolver, signing: Signing, own: PublicKeyTypes | None) -> Iterator[Finding]:
    subject = name_of(signing)
    answer = resolver.ask(subject, "TXT")
    source = f"{signing.source}" + (f": {signing.key}" if signing.key else "")
    if answer.unknown:
        yield unknown("dkim", answer, subject)
    elif not answer.texts:
        yield from _missing(resolver, signing, (*answer.evidence(), source))
    elif len(answer.texts) > 1:
        yield say("dkim", "several", subject, answer.evidence(), count=len(answer.texts))
    else:
        try:
            yield from _compared(signing, parse(answer.texts[0]), own, answer.texts[0])
        except DkimFlaw as flaw:
            yield say("dkim", flaw.kind, subject, (answer.texts[0], source), why=flaw, fix=_fix(signing))


def _missing(resolver: Resolver, signing: Signing, evidence: tuple[str, ...]) -> Iterator[Finding]:
    """No record where verifiers look; a usual mistake is to type the domain where the form adds it by itself."""
    subject = name_of(signing)
    twice = resolver.ask(f"{subject}.{signing.domain}", "TXT")
    if twice.texts:
        yield say("dkim", "misplaced", subject, twice.evidence(), place=twice.name)
    else:
        yield say("dkim", "unpublished", subject, evidence, fix=_fix(signing))


def _compared(signing: Signing, published: PublishedKey, own: PublicKeyTypes | None, text: str) -> Iterator[Finding]:
    subject, fix = name_of(signing), _fix(signing)
    if own is not None and not same(own, published.key):
        yield say("dkim", "differs", subject, (f"published: {text}", f"on disk: {record_of(own)}"), fix=fix)
    elif own is not None:
        yield say("dkim", "same", subject, (f"{signing.source}: {signing.key}",))
    else:
        yield say("dkim", "uncompared", subject, (signing.source,))
    size = bits(published.key)
    if size is not None and size < _GOOD:
        yield say("dkim", "tiny" if size < _LEAST else "short", subject, bits=size)
    if "y" in published.flags:
        yield say("dkim", "testing", subject, (text,))
    if published.hashes and "sha256" not in published.hashes:
        yield say("dkim", "hashes", subject, (text,), hashes=":".join(published.hashes))
    if published.services and not {"*", "email"} & set(published.services):
        yield say("dkim", "services", subject, (text,), services=":".join(published.services))


def _fix(signing: Signing) -> tuple[str, ...]:
    return ("mailtui", "dns", "records", signing.domain)
