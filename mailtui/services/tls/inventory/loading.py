"""What stands in the files of a certificate in use, who may read them, and whether OpenSSL takes them."""

from __future__ import annotations

import grp
import os
import pwd
import ssl
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from cryptography import x509

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.services.tls.facts import facts, spki
from mailtui.services.tls.gate import ROOTS, check
from mailtui.services.tls.inventory.model import FileMode, Held, Named, Use
from mailtui.services.tls.pile import Item, certificates, read_pile
from mailtui.services.tls.words import finding
from mailtui.text import clean


class Loader:
    """Reads each file once; makes of what is named the certificates there are, each once."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._piles: dict[str, tuple[Item, ...] | MailtuiError] = {}

    def held(self, named: Sequence[Named]) -> tuple[Held, ...]:
        """The certificates, in the order in which they are named first."""
        by_files: dict[tuple[str, ...], list[Named]] = {}
        for one in named:
            by_files.setdefault(one.files, []).append(one)
        return tuple(held for same in by_files.values() for held in self._of(same))

    def items(self, named: Named) -> tuple[Item, ...]:
        """Everything in the files of one. Raises the first file's error."""
        found: list[Item] = []
        for file in named.files:
            pile = self._pile(file)
            if isinstance(pile, MailtuiError):
                raise pile
            found += pile
        return tuple(found)

    def _pile(self, file: str) -> tuple[Item, ...] | MailtuiError:
        if file not in self._piles:
            try:
                self._piles[file] = read_pile(Path(file))
            except MailtuiError as error:
                self._piles[file] = error
        return self._piles[file]

    def _of(self, same: Sequence[Named]) -> Iterator[Held]:
        first = same[0]
        uses = tuple(one.use for one in same)
        modes = tuple(mode for file in first.files if (mode := self._mode(file)))
        files = tuple(map(clean, first.files))
        if first.problem:
            yield Held(files, uses, problem=first.problem)
            return
        try:
            items = self.items(first)
        except MailtuiError as error:
            named = clean(error.message)
            yield Held(files, uses, (), modes, named, clean(error.unlock), (_unreadable(files, uses, named),))
            return
        for part in split(items) if first.key_first else (items,):
            yield self._one(part, files, uses, modes, key_first=first.key_first)

    def _one(
        self,
        items: tuple[Item, ...],
        files: tuple[str, ...],
        uses: tuple[Use, ...],
        modes: tuple[FileMode, ...],
        *,
        key_first: bool,
    ) -> Held:
        own = tuple(dict.fromkeys(clean(item.source) for item in items)) or files
        chain = tuple(facts(one) for one in certificates(items))
        about = tuple(mode for mode in modes if mode.path in own)
        held = Held(own, uses, chain, about)
        if all(use.side == "client" for use in uses):
            return replace(held, findings=tuple(_permissions(about)))
        refused = _order(items) if key_first else _refused(own)
        names = sorted({use.name for use in uses if use.name and not use.name.startswith(("*", "."))})
        wrong = check(items, now=self._now, names=names, roots=self._roots)
        told = [finding("refused", ", ".join(own), (refused,))] if refused and not _explained(wrong) else []
        return replace(held, problem=refused, findings=(*told, *wrong, *_permissions(about)))

    def _mode(self, file: str) -> FileMode | None:
        try:
            status = Path(file).stat()
        except (OSError, ValueError):
            return None
        pile = self._pile(file)
        has_key = not isinstance(pile, MailtuiError) and any(item.kind == "key" for item in pile)
        return FileMode(
            clean(file),
            stat.S_IMODE(status.st_mode),
            _user(status.st_uid),
            _group(status.st_gid),
            has_key,
            exposed(Path(file)),
        )

    @cached_property
    def _roots(self) -> tuple[x509.Certificate, ...]:
        with suppress(MailtuiError):
            return certificates(read_pile(ROOTS))
        return ()


def split(items: tuple[Item, ...]) -> tuple[tuple[Item, ...], ...]:
    """The parts of ``smtpd_tls_chain_files``: each begins with a key."""
    parts: list[list[Item]] = []
    for item in items:
        if not parts or (item.kind == "key" and any(one.kind == "certificate" for one in parts[-1])):
            parts.append([])
        parts[-1].append(item)
    return tuple(map(tuple, parts))


def exposed(file: Path) -> bool:
    """Whether every user of the machine may read a file: its own mode, and a way to it."""
    try:
        real = file.resolve(strict=True)
        way = all(parent.stat().st_mode & stat.S_IXOTH for parent in real.parents)
        return bool(real.stat().st_mode & stat.S_IROTH) and way
    except (OSError, RuntimeError):
        return False


def _order(items: tuple[Item, ...]) -> str:
    """What Postfix has against a chain that must begin with its key."""
    if not items or items[0].kind != "key":
        return 'a key must stand before its certificate: Postfix says "key not first" and serves no TLS'
    fits = any(spki(items[0].content) == spki(one) for one in certificates(items)[:1])
    return "" if fits else "the key is not that of the certificate behind it: Postfix serves no TLS"


def _refused(files: Sequence[str]) -> str:
    """What OpenSSL has against a certificate file and its key, loaded as both servers load them; ``""`` for nothing."""
    if not all(os.access(file, os.R_OK) for file in files):
        return ""
    tried = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with suppress(ssl.SSLError):
        tried.set_ciphers("DEFAULT:@SECLEVEL=0")
    try:
        tried.load_cert_chain(files[0], files[-1], password=lambda: b"")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None)
        return f"OpenSSL refuses it: {clean(str(reason or error)).replace('_', ' ').lower()}"
    return ""


def _explained(wrong: Sequence[Finding]) -> bool:
    """Whether the gate has told why OpenSSL refuses it."""
    return any(one.id.startswith(("cert.mismatch", "cert.reversed", "cert.encrypted")) for one in wrong)


def _unreadable(files: Sequence[str], uses: Sequence[Use], why: str) -> Finding:
    return finding("unreadable", ", ".join(files), (why, *(str(use) for use in uses)))


def _permissions(modes: Sequence[FileMode]) -> Iterator[Finding]:
    for mode in modes:
        if mode.has_key and mode.exposed:
            yield finding("exposed", mode.path, (f"mode {mode.mode:04o}, {mode.owner}:{mode.group}",), file=mode.path)
        elif mode.has_key and mode.mode & stat.S_IWOTH:
            yield finding("writable", mode.path, (f"mode {mode.mode:04o}",), file=mode.path)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
