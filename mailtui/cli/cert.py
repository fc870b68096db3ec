"""``mailtui cert``: certificates and keys, looked at, made, turned into another form, and given to the servers."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from mailtui.cli.changing import add_change_arguments

if TYPE_CHECKING:
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui cert list --served               all that are in use, on every port
  mailtui cert check --here                what is wrong with those in use
  mailtui cert show fullchain.pem privkey.pem site.p12
  mailtui cert show mail.example.org:993   what that port serves
  mailtui cert match privkey.pem *.crt request.csr     one key? exit 1 if not
  mailtui cert check fullchain.pem privkey.pem --name mail.example.org
  mailtui cert key -o privkey.pem --type ec
  mailtui cert csr --key privkey.pem --name mail.example.org -o mail.csr
  mailtui cert csr old.crt --new-key privkey.pem -o mail.csr   its names again
  mailtui cert self-signed --new-key t.key --name localhost -o t.crt
  mailtui cert chain mail.crt bundle.pem -o fullchain.pem
  mailtui cert convert site.p12 --to pem --only key -o privkey.pem
  mailtui cert deploy fullchain.pem privkey.pem --dry-run
  mailtui cert hook mail.example.org       its renewals are told to the servers
  mailtui cert deploy fullchain.pem privkey.pem   ACME's: where they lie"""

_MODULES = {
    "list": "cert_list",
    **dict.fromkeys(("show", "match", "check"), "cert_look"),
    **dict.fromkeys(("key", "csr", "self-signed"), "cert_make"),
    **dict.fromkeys(("chain", "convert"), "cert_shape"),
    "deploy": "cert_deploy",
    "hook": "cert_hook",
    "protect": "cert_protect",
}
_KINDS = ("ec", "ec384", "rsa", "rsa3072", "rsa4096", "ed25519")
_FORMS = ("pem", "der", "pkcs7", "pkcs12")


class _Verb(Protocol):
    def run(self, args: argparse.Namespace, context: Context) -> int: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, its files, and what the verbs take."""
    parser.add_argument("verb", nargs="?", default="list", choices=_MODULES, metavar="VERB", help=", ".join(_MODULES))
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="PEM, DER, PKCS#7 or PKCS#12; show, match, check: or HOST:PORT",
    )
    parser.add_argument("--name", action="append", default=[], metavar="HOST", help="a name it must stand for")
    parser.add_argument("--here", action="store_true", help="check: the names too that lead to this machine (DNS)")
    parser.add_argument("--served", action="store_true", help="list: ask every port what it shows")
    parser.add_argument("-o", "--out", type=Path, metavar="NEW", help="the file to make; one that is there is kept")
    making = parser.add_argument_group("making")
    making.add_argument("--type", choices=_KINDS, default="ec", help="of a new key; ec is P-256")
    making.add_argument("--key", type=Path, metavar="FILE", help="csr, self-signed: the key there is")
    making.add_argument("--new-key", type=Path, metavar="NEW", help="csr, self-signed: make one and put it there")
    making.add_argument("--days", type=int, default=90, metavar="N", help="self-signed: how long it holds")
    shaping = parser.add_argument_group("another form")
    shaping.add_argument("--to", choices=_FORMS, help="convert: the form")
    shaping.add_argument("--only", choices=("key", "certificates"), help="convert: a part of what is in the files")
    shaping.add_argument("--old", action="store_true", help="convert: PKCS#12 for programs from before 2019")
    serving = parser.add_argument_group("deploy")
    serving.add_argument(
        "--server", action="append", default=[], choices=("postfix", "dovecot"), help="default: both that are here"
    )
    serving.add_argument("--into", type=Path, metavar="DIR", help="make the folder of the new files there")
    serving.add_argument("--in-place", action="store_true", help="copy nothing: the files are renewed where they lie")
    words = parser.add_argument_group("passphrases", "never in the arguments: asked for, or by a file descriptor")
    words.add_argument("--passphrase-fd", type=int, metavar="N", help="of the files that are read")
    words.add_argument("--encrypt", action="store_true", help="key, convert: ask for one for the new file")
    words.add_argument("--new-passphrase-fd", type=int, metavar="N", help="key, convert: the new file's")
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Hand over to the verb."""
    return cast(_Verb, import_module(f"mailtui.cli.{_MODULES[args.verb]}")).run(args, context)
