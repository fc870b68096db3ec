"""``mailtui probe``: live tests of this machine's mail, each with the log lines it caused."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.password import add_password, password
from mailtui.cli.probes import agreed
from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.probes.model import Endpoint, Probe
    from mailtui.services.probes.service import Probes

EXAMPLES = """\
  mailtui probe auth alice@shop.example             AUTH at every submission port, and doveadm auth test
  mailtui probe imap alice@shop.example --password-fd 3 3<secret
  mailtui probe auth alice@shop.example --host mail.other.example --port 465
  mailtui probe recipient info@shop.example         tables, then our port, then the servers of others"""

_LOGINS = ("auth", "imap", "pop3", "sieve")
_KINDS = (*_LOGINS, "recipient")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The probe and whom it is about."""
    parser.add_argument("kind", choices=_KINDS, metavar="PROBE", help=", ".join(_KINDS))
    parser.add_argument("subject", metavar="USER|ADDRESS", help="who logs in, or the recipient")
    parser.add_argument("--host", default="", help="another server; default: every port of this machine")
    parser.add_argument("--port", type=int, help="its port; default: the usual one")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--tls", action="store_true", help="TLS from the first byte; default: by the port")
    how.add_argument("--starttls", action="store_true", help="TLS by STARTTLS")
    parser.add_argument("--mechanism", default="", type=str.upper, help="such as PLAIN; default: the strongest offered")
    parser.add_argument("--source", default="", metavar="IP", help="the local address to come from")
    parser.add_argument("--from", dest="sender", metavar="A", help="recipient: the sender, of a domain of ours")
    parser.add_argument("--yes", action="store_true", help="ask strangers' servers without a further question")
    parser.add_argument("--dialogue", action="store_true", help="show all that was said, secrets left out")
    add_password(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it; exit 1 where the answer is not yes."""
    from mailtui.cli.probes import print_probe, probe_json

    probes = _probes(context)
    found = _login(args, probes) if args.kind in _LOGINS else _recipient(args, probes, context.output)
    if args.json:
        context.output.json(probe_json(found))
    else:
        print_probe(found, context.output, dialogue=args.dialogue)
    return 0 if found.verdict in ("accepted", "exists", "delivered") else 1


def _probes(context: Context) -> Probes:
    from mailtui.services.probes.service import Probes

    return Probes(context.tools, context.postfix, context.dovecot, context.sources, context.settings.state)


def _recipient(args: argparse.Namespace, probes: Probes, output: Output) -> Probe:
    return probes.recipient(args.subject, args.sender, lambda warning: args.yes or agreed(warning, output))


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
    protocol = KINDS[args.kind]
    port = STANDARD[protocol] if args.port is None else args.port
    if not 0 < port < 65536:
        raise UsageError(f"there is no port {port}")
    implicit = args.tls or (port in IMPLICIT and not args.starttls)
    return (Endpoint(protocol, args.host or "127.0.0.1", port, implicit),)
