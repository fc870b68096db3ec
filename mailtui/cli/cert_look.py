"""``mailtui cert show``, ``match``, ``check``: what is in a file, what fits together, what would fail when served."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli.cert_files import read, with_passphrase
from mailtui.cli.findings import print_findings
from mailtui.cli.stories import time_json
from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.findings import Finding
    from mailtui.services.tls.pile import Item


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it; exit 1 for findings and for what does not match."""
    if args.verb == "check":
        return _check(args, context) if args.files else _check_in_use(args, context)
    if not args.files:
        raise UsageError(f"cert {args.verb} needs a file")
    items = tuple(item for file in args.files for item in _read(file, args))
    return _show(items, args, context) if args.verb == "show" else _match(items, args, context)


def _check(args: argparse.Namespace, context: Context) -> int:
    """The text of each file, then what all of them hold together; of a port also whether it stands for its host."""
    from mailtui.services.tls import gate
    from mailtui.services.tls.gate_text import check_file
    from mailtui.services.tls.remote import is_address

    items: list[Item] = []
    faults: list[Finding] = []
    names = list(args.name)
    for file in args.files:
        there = _remote(file)
        if there is None:
            found, wrong = with_passphrase(check_file, file, args)
            faults += wrong
        else:
            found = tuple(_read(file, args))
            names += [] if is_address(there[0]) else [there[0]]
        items += found
    if items or not faults:
        faults += gate.check(tuple(items), now=time.time(), names=names, roots=gate.trusted_roots())
    if args.here:
        faults += _unnamed([name for item in items for name in _names(item)], context)
    return print_findings(faults, args, context)


def _check_in_use(args: argparse.Namespace, context: Context) -> int:
    """Everything that Postfix and Dovecot use: on disk, on their ports, and whether its renewal is told."""
    from mailtui.cli.leftout import tell_left_out
    from mailtui.services.tls.renewal.service import Renewal
    from mailtui.services.tls.serving import Serving

    machine = (context.tools, context.postfix, context.dovecot)
    serving = Serving(*machine)
    survey = serving.survey()
    found = (*serving.wrong(survey), *Renewal(*machine).findings())
    left_out = tell_left_out(context)
    for sentence in survey.hidden:
        context.output.note(sentence)
    if args.here:
        leaves = [held.leaf for held in survey.held if held.leaf]
        found += _unnamed([name for leaf in leaves for name in leaf.names], context)
    return print_findings(found, args, context) or left_out


def _unnamed(names: Sequence[str], context: Context) -> tuple[Finding, ...]:
    """The names this machine is asked for that none of ``names`` stands for."""
    from mailtui.services.dns.resolver import Resolver
    from mailtui.services.dns.sender import read_sender
    from mailtui.services.postfix.addresses.lookups import Lookups
    from mailtui.services.tls.needed import needed_findings, needed_names

    sender = read_sender(context.postfix, Lookups(context.postfix, context.tools))
    return needed_findings(needed_names(sender, Resolver()), names)


def _names(item: Item) -> Sequence[str]:
    """Those of a leaf: an issuer stands for no host."""
    from cryptography import x509

    from mailtui.services.tls.facts import is_ca, names_of

    content = item.content
    return names_of(content) if isinstance(content, x509.Certificate) and not is_ca(content) else ()


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


def _remote(file: Path) -> tuple[str, int] | None:
    """Host and port, where no file has that name."""
    from mailtui.services.tls.remote import place

    return None if file.exists() else place(str(file))


def _read(file: Path, args: argparse.Namespace) -> Sequence[Item]:
    """A file's items, or what a server sends."""
    from mailtui.services.tls.remote import remote_pile

    there = _remote(file)
    return remote_pile(*there) if there else read(file, args)
