"""``mailtui probe``: live tests of this machine's mail, each with the log lines it caused."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli import arguments
from mailtui.cli.password import add_password, password
from mailtui.cli.probes import agreed
from mailtui.host.errors import PermissionDenied, UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.probes.delivering import Delivery
    from mailtui.services.probes.model import Endpoint, Probe
    from mailtui.services.probes.service import Probes

EXAMPLES = """\
  mailtui probe auth alice@shop.example       every submission port, and passdb
  mailtui probe imap alice@shop.example --password-fd 3        with 3<FILE
  mailtui probe imap alice --mechanism XOAUTH2        asks for the token
  mailtui probe auth alice --host mail.other.example --port 465
  mailtui probe recipient info@shop.example   tables, our port, others' servers
  mailtui probe deliver alice@shop.example    a message, followed to the mailbox
  mailtui probe deliver bob@shop.example --user alice@shop.example
  mailtui probe relay                         may strangers send to strangers?"""

_LOGINS = ("auth", "imap", "pop3", "sieve")
_KINDS = (*_LOGINS, "recipient", "deliver", "relay")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The probe and whom it is about."""
    parser.add_argument("kind", choices=_KINDS, metavar="PROBE", help=", ".join(_KINDS))
    parser.add_argument("subject", nargs="?", metavar="USER|ADDRESS", help="who logs in, or the recipient")
    parser.add_argument("--host", default="", help="another server; default: every port of this machine")
    parser.add_argument("--port", type=int, help="its port; default: the usual one")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--tls", action="store_true", help="TLS from the first byte; default: by the port")
    how.add_argument("--starttls", action="store_true", help="TLS by STARTTLS")
    parser.add_argument("--mechanism", default="", type=str.upper, help="such as PLAIN; default: the strongest offered")
    parser.add_argument("--source", default="", metavar="IP", help="the local address to come from")
    parser.add_argument(
        "--from", dest="sender", metavar="A", help="recipient, deliver: the sender, of a domain of ours"
    )
    parser.add_argument("--user", default="", help="deliver: submit it as this user; default: by sendmail")
    help_text = "deliver: how long to follow it; default: 1m"
    parser.add_argument("--for", dest="patience", type=arguments.a_span, metavar="T", help=help_text)
    parser.add_argument("--yes", action="store_true", help="ask or send to strangers without a further question")
    parser.add_argument("--dialogue", action="store_true", help="show all that was said, secrets left out")
    add_password(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it; exit 1 where the answer is not yes."""
    from mailtui.cli.probes import print_told, probe_json
    from mailtui.services.probes.telling import probe_lines

    found = _probe(args, context)
    if args.json:
        context.output.json(probe_json(found))
    else:
        print_told(probe_lines(found, dialogue=args.dialogue), context.output)
    return 0 if found.verdict in ("accepted", "exists", "delivered", "no-relay") else 1


def _probe(args: argparse.Namespace, context: Context) -> Probe:
    probes = context.services.probes
    if args.kind == "relay":
        return probes.relay()
    if not args.subject:
        raise UsageError(f"probe {args.kind} needs a user or an address")
    if args.kind in _LOGINS:
        return _login(args, probes)

    def consent(warning: str) -> bool:
        return args.yes or agreed(warning, context.output)

    if args.kind == "recipient":
        return probes.recipient(args.subject, args.sender, consent)
    if context.settings.read_only:
        raise PermissionDenied("mailtui runs read-only: no message is sent")
    return probes.deliver(_delivery(args), consent, context.output.note)


def _delivery(args: argparse.Namespace) -> Delivery:
    from mailtui.services.probes.delivering import PATIENCE, Delivery
    from mailtui.services.probes.sasl import Credentials

    who = Credentials(args.user, password(args, args.user)) if args.user else None
    endpoint = next(iter(_targets(args)), None)
    if endpoint and not who:
        raise UsageError("a port is submitted to with a login", unlock="add --user USER")
    return Delivery(args.subject, args.sender or "", who, endpoint, args.patience or PATIENCE)


def _login(args: argparse.Namespace, probes: Probes) -> Probe:
    from mailtui.services.probes.sasl import Credentials

    targets = _targets(args)
    who = Credentials(args.subject, password(args, args.subject))
    return probes.login(args.kind, who, targets, args.mechanism, args.source)


def _targets(args: argparse.Namespace) -> tuple[Endpoint, ...]:
    """The port that was named, if one was."""
    from mailtui.services.probes.endpoints import IMPLICIT, STANDARD
    from mailtui.services.probes.model import Endpoint
    from mailtui.services.probes.service import KINDS

    if not args.host and args.port is None:
        if args.tls or args.starttls:
            raise UsageError("--tls and --starttls are for a named port", unlock="add --port N")
        return ()
    protocol = KINDS.get(args.kind, "smtp")
    port = STANDARD[protocol] if args.port is None else args.port
    if not 0 < port < 65536:
        raise UsageError(
            f"there is no port {port}", unlock="ports are 1 to 65535; mailtui tls ports lists what listens here"
        )
    implicit = args.tls or (port in IMPLICIT and not args.starttls)
    return (Endpoint(protocol, args.host or "127.0.0.1", port, implicit),)
