"""What stands in the files of certificates in use, and whether a server could load it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from cryptography import x509

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError, PermissionDenied
from mailtui.services.postfix.tables import COMPILED, file_of, kind_of
from mailtui.services.tls.facts import facts, spki
from mailtui.services.tls.gate import ROOTS, check
from mailtui.services.tls.gate_text import check_file
from mailtui.services.tls.inventory.fitting import fitting_pair
from mailtui.services.tls.inventory.model import FileMode, Held, Named, Use
from mailtui.services.tls.inventory.permissions import file_mode, permission_findings
from mailtui.services.tls.pile import Item, PassphraseNeeded, certificates, read_pile
from mailtui.services.tls.words import finding
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class _File:
    """One file as it was read."""

    items: tuple[Item, ...] = ()
    faults: tuple[Finding, ...] = ()
    """Of its text."""
    error: MailtuiError | None = None
    """Why it could not be looked into."""


class Loader:
    """Reads each file once; makes of what is named the certificates there are, each once."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._files: dict[str, _File] = {}

    def held(self, named: Sequence[Named]) -> tuple[Held, ...]:
        """The certificates, in the order in which they are named first."""
        by_files: dict[tuple[str, ...], list[Named]] = {}
        for one in named:
            by_files.setdefault(one.files, []).append(one)
        return tuple(held for same in by_files.values() for held in self._of(same))

    def parts(self, named: Named) -> tuple[tuple[Item, ...], ...]:
        """What stands in the files of one: a part for each certificate with its key and its chain."""
        items = tuple(item for file in named.files for item in self._file(file).items)
        return split(items) if named.key_first else (items,)

    def _file(self, name: str) -> _File:
        if name not in self._files:
            try:
                self._files[name] = _File(*check_file(Path(name)))
            except MailtuiError as error:
                self._files[name] = _File(error=error)
        return self._files[name]

    def _of(self, same: Sequence[Named]) -> Iterator[Held]:
        first = same[0]
        uses = tuple(one.use for one in same)
        names = tuple(map(clean, first.files))
        if first.problem:
            yield Held(names, uses, problem=first.problem)
            return
        read = [self._file(file) for file in first.files]
        modes = (*filter(None, map(self._mode, first.files)), *_tables(uses))
        for part in self.parts(first):
            yield self._one(part, read, Held(names, uses, modes=modes), first)

    def _one(self, items: tuple[Item, ...], read: Sequence[_File], whole: Held, named: Named) -> Held:
        """One part of the files; of a file that this user may not read nothing is said but that."""
        own = tuple(dict.fromkeys(clean(item.source) for item in items))
        files = own if named.key_first and own else whole.files
        held = replace(
            whole,
            files=files,
            chain=tuple(facts(one) for one in certificates(items)),
            modes=tuple(mode for mode in whole.modes if mode.path in files or mode.source),
        )
        errors = [one.error for one in read if one.error and not self._forgiven(one.error, named)]
        hidden = next((one.error for one in read if isinstance(one.error, PermissionDenied)), None)
        if hidden and not errors:
            return replace(held, problem="" if held.chain else clean(hidden.message), unlock=clean(hidden.unlock))
        if all(use.side == "client" for use in whole.uses):
            return replace(held, findings=tuple(permission_findings(held.modes)))
        faults = [fault for one in read for fault in one.faults]
        faults += [_unreadable(files, whole.uses, clean(error.message)) for error in errors]
        return self._judged(held, items, faults, named)

    def _judged(self, held: Held, items: tuple[Item, ...], faults: Sequence[Finding], named: Named) -> Held:
        wanted = sorted({use.name for use in held.uses if use.name and not use.name.startswith(("*", "."))})
        wrong = list(faults)
        if held.chain or not faults:
            told = check(items, now=self._now, names=wanted, roots=self._roots)
            wrong += [_with_other_half(one, items, self._now) for one in told]
        refused = "" if named.has_password else _order(items) if named.key_first else _refused(named.files)
        if refused and not any(one.severity == "error" and not one.id.startswith(_SERVED) for one in wrong):
            wrong.insert(0, finding("refused", ", ".join(held.files), (refused,)))
        return replace(held, problem=refused, findings=(*wrong, *permission_findings(held.modes)))

    def _forgiven(self, error: MailtuiError, named: Named) -> bool:
        """Whether it is no fault that a file cannot be looked into: it is not this user's, or its server has a word."""
        return isinstance(error, PermissionDenied) or (isinstance(error, PassphraseNeeded) and named.has_password)

    def _mode(self, file: str) -> FileMode | None:
        read = self._file(file)
        locked = isinstance(read.error, PassphraseNeeded)
        return file_mode(file, has_key=locked or any(item.kind == "key" for item in read.items))

    @cached_property
    def _roots(self) -> tuple[x509.Certificate, ...]:
        with suppress(MailtuiError):
            return certificates(read_pile(ROOTS))
        return ()


_SERVED = ("cert.expired", "cert.early", "cert.no-names", "cert.names", "cert.weak", "cert.order", "cert.purpose")
"""Grave, but both servers show such a certificate: these do not explain why one is refused."""


def split(items: tuple[Item, ...]) -> tuple[tuple[Item, ...], ...]:
    """The parts of ``smtpd_tls_chain_files``: each begins with a key; one part where there is nothing."""
    parts: list[list[Item]] = [[]]
    for item in items:
        if item.kind == "key" and any(one.kind == "certificate" for one in parts[-1]):
            parts.append([])
        parts[-1].append(item)
    return tuple(map(tuple, parts))


def _with_other_half(one: Finding, items: tuple[Item, ...], now: float) -> Finding:
    """A key that does not fit, with the pair that does where it lies beside."""
    files = fitting_pair(items, now) if one.id.startswith("cert.mismatch") else ()
    if not files:
        return one
    evidence = (*one.evidence, f"these fit: {clean(', '.join(files))}")
    return replace(one, evidence=evidence, fix=("mailtui", "cert", "deploy", "--", *files))


def _tables(uses: Sequence[Use]) -> Iterator[FileMode]:
    """The compiled SNI tables that hold a copy of the files (``postmap -F``)."""
    for table in dict.fromkeys(use.setting for use in uses if use.name and use.program == "postfix"):
        ending, source = COMPILED.get(kind_of(table)), file_of(table)
        if ending and source and (mode := file_mode(f"{source}{ending}", has_key=True, source=source)):
            yield mode


def _order(items: tuple[Item, ...]) -> str:
    """What Postfix has against a chain that must begin with its key."""
    if not items or items[0].kind != "key":
        return 'a key must stand before its certificate: Postfix says "key not first" and serves no TLS'
    fits = any(spki(items[0].content) == spki(one) for one in certificates(items)[:1])
    return "" if fits else "the key is not that of the certificate behind it: Postfix serves no TLS"


def _refused(files: Sequence[str]) -> str:
    """What OpenSSL has against a certificate file and its key, loaded as both servers load them; ``""`` for nothing."""
    tried = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with suppress(ssl.SSLError):
        tried.set_ciphers("DEFAULT:@SECLEVEL=0")  # Postfix's own level: what it serves is not refused here
    try:
        tried.load_cert_chain(files[0], files[-1], password=lambda: b"")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        return f"OpenSSL refuses it: {clean(str(reason)).replace('_', ' ').lower()}"
    return ""


def _unreadable(files: Sequence[str], uses: Sequence[Use], why: str) -> Finding:
    return finding("unreadable", ", ".join(files), (why, *(str(use) for use in uses)))
