"""``mailtui cert key``, ``csr``, ``self-signed``: into new files, a key readable by its owner alone."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli.cert_files import new_passphrase, out, read, read_all, refuse_taken, write_new
from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.tls.toolbox.keys import PrivateKey
    from mailtui.services.tls.toolbox.signing import Holder


def run(args: argparse.Namespace, context: Context) -> int:
    """Make it; nothing is made where anything of it cannot be."""
    match args.verb:
        case "key":
            return _key(args, context)
        case "csr":
            return _request(args, context)
    return _self_signed(args, context)


def _key(args: argparse.Namespace, context: Context) -> int:
    from mailtui.services.tls.toolbox.forms import key_pem
    from mailtui.services.tls.toolbox.keys import new_key

    file = out(args)
    refuse_taken(file)
    write_new(file, key_pem(new_key(args.type), new_passphrase(file, args)), context)
    return 0


def _request(args: argparse.Namespace, context: Context) -> int:
    from mailtui.services.tls.toolbox.forms import Made
    from mailtui.services.tls.toolbox.signing import request

    file, key, like = out(args), _signing_key(args), _like(args)
    made = request(key, args.name, like)
    _write_key(key, args, context, file)
    write_new(file, Made(_pem(made), secret=False), context)
    return 0


def _self_signed(args: argparse.Namespace, context: Context) -> int:
    from mailtui.services.tls.toolbox.forms import Made
    from mailtui.services.tls.toolbox.signing import self_signed

    file, key = out(args), _signing_key(args)
    made = self_signed(key, args.name, args.days, time.time())
    _write_key(key, args, context, file)
    write_new(file, Made(_pem(made), secret=False), context)
    return 0


def _signing_key(args: argparse.Namespace) -> PrivateKey:
    from mailtui.services.tls.toolbox.keys import new_key
    from mailtui.services.tls.toolbox.signing import signing_key

    if (args.key is None) == (args.new_key is None):
        raise UsageError(f"cert {args.verb} takes one of --key FILE and --new-key NEW")
    if args.key is None:
        return new_key(args.type)
    found = [item.content for item in read(args.key, args) if item.kind == "key"]
    if len(found) != 1:
        raise UsageError(f"{args.key} holds {len(found)} private keys, and one is needed")
    return signing_key(found[0])


def _write_key(key: PrivateKey, args: argparse.Namespace, context: Context, other: Path) -> None:
    from mailtui.services.tls.toolbox.forms import key_pem

    refuse_taken(other)
    if args.new_key is not None:
        write_new(args.new_key, key_pem(key, new_passphrase(args.new_key, args)), context)


def _like(args: argparse.Namespace) -> Holder | None:
    """The certificate or request a new request is made after."""
    from cryptography import x509

    from mailtui.services.tls.gate import leaf_of
    from mailtui.services.tls.pile import certificates

    if not args.files:
        return None
    items = read_all(args.files, args)
    chain = certificates(items)
    if chain:
        return leaf_of(chain)
    found = [item.content for item in items if isinstance(item.content, x509.CertificateSigningRequest)]
    if not found:
        raise UsageError(
            "a request is made after a certificate or another request, and there is none in the files",
            unlock="mailtui cert show FILE tells what is in one",
        )
    return found[0]


def _pem(made: Holder) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return made.public_bytes(Encoding.PEM)
