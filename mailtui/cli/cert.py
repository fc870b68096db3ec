"""``mailtui cert``: what stands in certificate and key files, what fits together, what would fail when served."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli.findings import print_findings
from mailtui.cli.stories import time_json
from mailtui.host.errors import MailtuiError, UsageError

if TYPE_CHECKING:
    from cryptography import x509

    from mailtui.cli.context import Context
    from mailtui.services.tls.pile import Item

EXAMPLES = """\
  mailtui cert list                        all that Postfix and Dovecot serve
  mailtui cert show fullchain.pem privkey.pem site.p12
  mailtui cert match privkey.pem *.crt request.csr     one key? exit 1 if not
  mailtui cert check fullchain.pem privkey.pem --name mail.example.org"""

_VERBS = ("list", "show", "match", "check")
_MOST_PASSPHRASE = 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb and its files."""
    parser.add_argument("verb", nargs="?", default="list", choices=_VERBS, help="default: list")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="PEM, DER, PKCS#7 or PKCS#12")
    parser.add_argument("--name", action="append", default=[], metavar="HOST", help="check: a name it must stand for")
    parser.add_argument("--passphrase-fd", type=int, metavar="N", help="read the passphrase from this file descriptor")


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it; exit 1 for findings and for what does not match."""
    if args.verb == "list":
        return _list(args, context)
    if not args.files:
        raise UsageError(f"cert {args.verb} needs a file")
    items = tuple(item for file in args.files for item in _read(file, args))
    match args.verb:
        case "show":
            return _show(items, args, context)
        case "match":
            return _match(items, args, context)
    from mailtui.services.tls import gate

    found = gate.check(items, now=time.time(), names=args.name, roots=_roots(gate.ROOTS))
    return print_findings(found, args, context)


def _list(args: argparse.Namespace, context: Context) -> int:
    from mailtui.services.pulse.certificates import certificate_states

    states = certificate_states(context.postfix, context.dovecot)
    now = time.time()
    if args.json:
        context.output.json(
            [{"path": s.path, "used_by": s.used_by, "ends": time_json(s.expires), "problem": s.problem} for s in states]
        )
        return 0
    for state in states:
        days = f"{int((state.expires - now) // 86400)} days" if state.expires is not None else state.problem
        context.output.line(f"{days:>10}  {state.path}  {context.output.styled(state.used_by, 'dim')}")
    if not states:
        context.output.note("neither Postfix nor Dovecot is set to serve a certificate")
    return 0


def _show(items: Sequence[Item], args: argparse.Namespace, context: Context) -> int:
    from mailtui.services.tls.facts import describe

    now = time.time()
    if args.json:
        context.output.json([_item_json(item) for item in items])
        return 0
    for item in items:
        for line in describe(item, now):
            context.output.line(line)
    return 0


def _match(items: Sequence[Item], args: argparse.Namespace, context: Context) -> int:
    """By the SHA-256 of the public key; of a chain only the leaf has to fit."""
    from mailtui.services.tls.facts import spki
    from mailtui.services.tls.gate import leaf_of
    from mailtui.services.tls.pile import certificates

    wanted: list[Item] = []
    for source in dict.fromkeys(item.source for item in items):
        here = tuple(item for item in items if item.source == source)
        chain = certificates(here)
        leaf = leaf_of(chain) if chain else None
        wanted += [item for item in here if item.kind != "certificate" or item.content is leaf]
    prints = {spki(item.content) for item in wanted}
    for item in wanted if not args.json else ():
        context.output.line(f"{spki(item.content)}  {item.kind} {item.number} of {item.source}")
    if args.json:
        context.output.json([_item_json(item) for item in wanted])
    same = len(prints) == 1 and "" not in prints
    context.output.note("all have the same key" if same else f"they have {len(prints)} different keys")
    return 0 if same else 1


def _item_json(item: Item) -> dict[str, object]:
    from cryptography import x509

    from mailtui.services.tls.facts import facts, key_type, names_of, public_key, spki

    value: dict[str, object] = {"file": item.source, "number": item.number, "kind": item.kind}
    if isinstance(item.content, x509.Certificate):
        told = facts(item.content)
        value |= {
            "subject": told.subject,
            "issuer": told.issuer,
            "names": told.names,
            "not_before": time_json(told.starts),
            "not_after": time_json(told.ends),
            "sha256": told.sha256,
            "self_signed": told.self_signed,
            "ca": told.is_ca,
        }
    elif isinstance(item.content, x509.CertificateSigningRequest):
        value["names"] = names_of(item.content)
    return value | {"key": key_type(public_key(item.content)), "spki_sha256": spki(item.content)}


def _read(file: Path, args: argparse.Namespace) -> Sequence[Item]:
    """A file's items; a passphrase is asked for when one is needed, and never stands in the arguments."""
    from mailtui.services.tls.pile import PassphraseNeeded, read_pile

    try:
        return read_pile(file)
    except PassphraseNeeded:
        return read_pile(file, _passphrase(file, args))


def _passphrase(file: Path, args: argparse.Namespace) -> bytes:
    if args.passphrase_fd is not None:
        if not hasattr(args, "passphrase"):
            with os.fdopen(os.dup(args.passphrase_fd), "rb") as given:
                args.passphrase = given.readline(_MOST_PASSPHRASE).rstrip(b"\r\n")
        return bytes(args.passphrase)
    if not sys.stdin.isatty():
        raise UsageError(f"{file} is encrypted", unlock="give its passphrase by --passphrase-fd N")
    return getpass.getpass(f"Passphrase of {file}: ").encode()


def _roots(path: Path) -> Sequence[x509.Certificate]:
    from mailtui.services.tls.pile import certificates, read_pile

    try:
        return certificates(read_pile(path))
    except MailtuiError:
        return ()
