"""Where each program is told which certificate to serve, and what would have to be written there.

Postfix: ``smtpd_tls_chain_files`` (3.4 and later; key first, then its chain), else pairs of ``smtpd_tls_cert_file`` and
``smtpd_tls_key_file``, in main.cf or for one service in master.cf (TLS_README). Dovecot: ``ssl_cert = <file`` (2.3),
``ssl_server_cert_file = file`` (2.4), for all or in ``local_name``, ``local`` and ``protocol`` blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.services.configuration.dovecot_text import Sources
from mailtui.services.configuration.model import Program, Setting
from mailtui.services.dovecot.config import unquoted
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.deploy.model import NewFiles
from mailtui.services.tls.dovecot_settings import DovecotSettings, file_in
from mailtui.services.tls.facts import covers, key_type, public_key
from mailtui.services.tls.pile import read_pile
from mailtui.text import clean

CHAINS = "smtpd_tls_chain_files"
_RSA = ("smtpd_tls_cert_file", "smtpd_tls_key_file")
_EC = ("smtpd_tls_eccert_file", "smtpd_tls_eckey_file")
_OF_POSTFIX = (CHAINS, *_RSA, *_EC)
_FIRST_WITH_CHAINS = (3, 4)
_SPLIT = re.compile(r"[,\s]+")


@dataclass(frozen=True, slots=True)
class Place:
    """One place that names a certificate."""

    program: Program
    scope: str
    """``""`` for all; ``submission/inet``, ``local_name mail.example.org``, ``protocol imap``. Cleaned."""
    certificate: str
    """The setting that names the chain, or key and chain together; as ``Setting`` names it."""
    key: str
    """The setting that names the key; ``""`` where one setting names both."""
    files: tuple[str, ...]
    """What is named there now; of a pair the certificate's file."""
    names: tuple[str, ...] = ()
    """The names clients ask for by SNI to get it; none for what everybody gets."""
    beside: tuple[str, ...] = ()
    """Files of a key of another algorithm, which stay: clients choose."""

    def settings(self, new: NewFiles) -> tuple[Setting, ...]:
        """What makes it name the new files."""
        if not self.key:
            own = (new.both,) if new.both else (new.key, new.chain)
            return (Setting(self.certificate, ", ".join((*own, *self.beside))),)
        mark = "<" if self.certificate.endswith("ssl_cert") or self.certificate.endswith("ssl_alt_cert") else ""
        return Setting(self.certificate, mark + new.chain), Setting(self.key, mark + new.key)


def postfix_places(postfix: PostfixConfig, algorithm: str) -> tuple[Place, ...]:
    """main.cf, which is always there, and each service that has its own; of two pairs that of the algorithm."""
    main = {name: postfix.get(name) for name in _OF_POSTFIX}
    found = [_of_postfix("", main, algorithm, _version(postfix) >= _FIRST_WITH_CHAINS)]
    for service in postfix.services:
        own = {name: value for name, value in service.overrides if name in _OF_POSTFIX}
        if any(own.values()):
            found.append(_of_postfix(f"{service.name}/{service.type}", own, algorithm, bool(own.get(CHAINS))))
    return tuple(found)


def _of_postfix(scope: str, values: dict[str, str], algorithm: str, may_have_chains: bool) -> Place:
    prefix = f"{scope}/" if scope else ""
    chains = _words(values.get(CHAINS, ""))
    pair = _EC if algorithm == "EC" and _words(values.get(_EC[0], "")) else _RSA
    legacy = _words(values.get(pair[0], ""))
    if chains or (may_have_chains and not legacy):
        beside = siblings(chains, algorithm)
        own = tuple(file for file in chains if file not in beside)
        return Place("postfix", clean(scope), prefix + CHAINS, "", own, beside=beside)
    beside = _words(values.get((_RSA if pair is _EC else _EC)[0], ""))
    return Place("postfix", clean(scope), prefix + pair[0], prefix + pair[1], legacy, beside=beside)


def dovecot_places(settings: DovecotSettings, sources: Sources, algorithm: str) -> tuple[Place, ...]:
    """The one for all, which is always there, and each block with its own; of two pairs that of the algorithm."""
    (certificate, key), other = _dovecots(settings, algorithm)
    beside = _file(settings.every.get(other, ""))
    everybody = Place("dovecot", "", certificate, key, _file(settings.every.get(certificate, "")), beside=beside)
    found = {"": everybody}
    for name, place in sources.places().items():
        *blocks, last = name.split(" { ")
        if last == certificate:
            value = place.text.partition("=")[2].strip()
            beside = everybody.beside if not blocks else ()
            found[" ".join(blocks)] = Place(
                "dovecot",
                clean(" ".join(blocks)),
                name,
                name.removesuffix(certificate) + key,
                _file(value),
                _local_names(blocks),
                beside,
            )
    return tuple(found.values())


def chosen(places: Sequence[Place], names: Sequence[str]) -> tuple[Place, ...]:
    """Where a certificate for ``names`` goes: the place for all, those with the same file, those it stands for."""
    everybody = places[0]
    return tuple(
        place
        for place in places
        if place is everybody
        or (place.files and place.files == everybody.files)
        or (place.names and all(covers(name, names) for name in place.names))
    )


def _dovecots(settings: DovecotSettings, algorithm: str) -> tuple[tuple[str, str], str]:
    """Certificate and key setting, and the certificate setting of the other pair."""
    first, second = settings.pairs
    alternative = _file(settings.every.get(second[0], ""))
    if alternative and algorithm_of(alternative[0]) == algorithm:
        return second, first[0]
    return first, second[0]


def siblings(chains: Sequence[str], algorithm: str) -> tuple[str, ...]:
    """The files of ``smtpd_tls_chain_files`` that belong to keys of other algorithms; a key's file begins a group."""
    groups: list[tuple[str, list[str]]] = []
    for file in chains:
        kind = algorithm_of(file, of_key=True)
        if kind or not groups:
            groups.append((kind, []))
        groups[-1][1].append(file)
    kept = [files for kind, files in groups if kind and kind != algorithm]
    return tuple(file for files in kept for file in files) if len(kept) < len(groups) else ()


def algorithm_of(file: str, *, of_key: bool = False) -> str:
    """``RSA``, ``EC``, … of the first certificate in a file, or of its key; ``""`` where there is none to be read."""
    try:
        items = read_pile(Path(file))
    except MailtuiError:
        return ""
    wanted = "key" if of_key else "certificate"
    kinds = (key_type(public_key(item.content)).partition(" ")[0] for item in items if item.kind == wanted)
    return next(kinds, "")


def _local_names(blocks: Sequence[str]) -> tuple[str, ...]:
    """``local_name mail.example.org``, ``local_name "a.example b.example"``."""
    found: list[str] = []
    for block in blocks:
        word, _, rest = block.partition(" ")
        if word == "local_name":
            found += unquoted(rest.strip()).split()
    return tuple(found)


def _file(value: str) -> tuple[str, ...]:
    path = file_in(value)
    return (path,) if path else ()


def _words(value: str) -> tuple[str, ...]:
    return tuple(_each(value))


def _each(value: str) -> Iterator[str]:
    for word in _SPLIT.split(value.strip()):
        if word not in ("", "none"):
            yield word


def _version(postfix: PostfixConfig) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", postfix.version)[:2])
