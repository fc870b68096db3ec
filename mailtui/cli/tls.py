"""``mailtui tls``: which ports are open, what they really serve, and whether that is as it should be."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, cast

from mailtui.cli import arguments
from mailtui.host.errors import HostError, UsageError
from mailtui.text import local

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.tls.logins import LoginBook
    from mailtui.services.tls.probe import StartTls

EXAMPLES = """\
  mailtui tls ports                         what is set to listen, and who does
  mailtui tls probe mail.example.org 587    versions, cipher, chain, AUTH
  mailtui tls probe 127.0.0.1 993 --name mail.example.org
  mailtui tls audit                         hardening, and who would break
  mailtui tls who --since 30d               how users really log in
  mailtui tls who --port 143                who breaks if that port is closed"""

_VERBS = ("ports", "probe", "audit", "who")
_MONTH = 30 * 86400.0
_SPOKEN = ("smtp", "lmtp", "imap", "pop3", "sieve", "none")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, for probe a port, for audit and who the time the log is asked for."""
    parser.add_argument("verb", nargs="?", default="ports", choices=_VERBS, metavar="VERB", help=", ".join(_VERBS))
    parser.add_argument("place", nargs="*", metavar="HOST PORT", help="probe: what to ask")
    parser.add_argument("--name", metavar="HOST", help="probe: the name to ask for (SNI); default: HOST")
    parser.add_argument("--starttls", choices=_SPOKEN, help="probe: what is spoken before TLS; none: TLS comes first")
    parser.add_argument("--since", type=arguments.a_span, default=_MONTH, metavar="SPAN", help="the log's last 30d, …")
    parser.add_argument("--door", action="append", default=[], metavar="D", help="who: only imap, pop3, submission, …")
    parser.add_argument("--port", type=int, metavar="N", help="who: only by this port")


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it."""
    if args.verb != "probe" and args.place:
        raise UsageError(f"tls {args.verb} takes no host")
    match args.verb:
        case "ports":
            return _ports(args, context)
        case "probe":
            return _probe(args, context)
        case "audit":
            return _audit(args, context)
    return _who(args, context)


def _ports(args: argparse.Namespace, context: Context) -> int:
    from mailtui.cli.leftout import tell_left_out
    from mailtui.cli.tls_lines import row_json, row_line
    from mailtui.services.tls.listeners import Listeners

    rows = Listeners(context.tools, context.postfix, context.dovecot).rows()
    left_out = tell_left_out(context)
    if args.json:
        context.output.json([row_json(row) for row in rows])
    for row in rows if not args.json else ():
        context.output.line(row_line(row, context.output))
    return 1 if any(row.state != "listening" for row in rows) else left_out


def _probe(args: argparse.Namespace, context: Context) -> int:
    from mailtui.cli.tls_lines import served_json, served_lines
    from mailtui.services.tls.versions import probe_versions

    host, port = _place(args.place)
    first, *versions = probe_versions(host, port, _starttls(args.starttls, port, context), args.name)
    if args.json:
        context.output.json(served_json(first, versions))
    else:
        for line in served_lines(first, versions, context.output):
            context.output.line(line)
    return 0 if first.tls else 1


def _place(words: list[str]) -> tuple[str, int]:
    if len(words) == 1 and ":" in words[0]:
        words = list(words[0].rpartition(":")[::2])
    if len(words) != 2 or not words[1].isdigit() or not 0 < int(words[1]) < 65536:
        raise UsageError("tls probe wants a host and a port", unlock="such as: mailtui tls probe 127.0.0.1 993")
    return words[0].strip("[]"), int(words[1])


def _starttls(wanted: str | None, port: int, context: Context) -> StartTls:
    """What was wanted; else what is usual at the port; else what this machine's configuration says of it."""
    from mailtui.host.errors import MailtuiError
    from mailtui.services.tls.listeners import Listeners
    from mailtui.services.tls.remote import STARTTLS

    if wanted is not None:
        return cast("StartTls", "" if wanted == "none" else wanted)
    if port in STARTTLS:
        return STARTTLS[port]
    try:
        listeners = Listeners(context.tools, context.postfix, context.dovecot).configured()
    except MailtuiError:
        return ""
    return next((one.starttls for one in listeners if one.port == port and one.starttls is not None), "")


def _audit(args: argparse.Namespace, context: Context) -> int:
    from mailtui.cli.findings import print_findings
    from mailtui.cli.leftout import tell_left_out
    from mailtui.services.tls.audit import Audit

    audit = Audit(context.tools, context.postfix, context.dovecot)
    findings = audit.findings(_book(args, context))
    left_out = tell_left_out(context)
    return print_findings(findings, args, context) or left_out


def _who(args: argparse.Namespace, context: Context) -> int:
    from mailtui.cli.tls_lines import way_json, way_line

    book = _logins(args, context)
    doors = {*args.door, *_doors(args.port, context)}
    ways = [way for way in book.ways if not doors or way.door in doors]
    if args.json:
        context.output.json([way_json(way) for way in ways])
        return 0
    for way in ways:
        context.output.line(way_line(way, context.output))
    if any(way.is_user for way in ways) and args.port:
        context.output.note("143 and 993 have one name in the log, as 110 and 995: only TLS tells them apart")
    context.output.note(f"since {local(book.first)}" if book.first else "no line of the log tells of a login")
    return 0


def _doors(port: int | None, context: Context) -> set[str]:
    """What the log calls a port of this machine."""
    from mailtui.cli.leftout import tell_left_out
    from mailtui.services.tls.listeners import Listeners
    from mailtui.services.tls.visitors import Visitors

    if port is None:
        return set()
    listeners = Listeners(context.tools, context.postfix, context.dovecot).configured()
    found = [one for one in listeners if one.port == port]
    if not found and tell_left_out(context):
        raise HostError(f"nothing that can be read is set to listen on port {port}", unlock="mend that, then try again")
    if not found:
        raise UsageError(f"neither program is set to listen on port {port}", unlock="see: mailtui tls ports")
    visitors = Visitors(context.postfix, lambda _since: ())
    return {visitors.door(one) for one in found}


def _logins(args: argparse.Namespace, context: Context) -> LoginBook:
    """The log's logins; raises OSError and what ``Context.log_paths`` raises: a log unread tells of nobody."""
    from mailtui.services.tls.logins import logins_in

    since = time.time() - args.since
    paths = context.log_paths(since)
    for path in paths:
        path.open("rb").close()
    return logins_in(paths, since)


def _book(args: argparse.Namespace, context: Context) -> LoginBook:
    """The log's logins; that there is no log to ask is told, and no reason to say nothing else."""
    from mailtui.host.errors import MailtuiError
    from mailtui.services.tls.logins import logins_in

    try:
        return _logins(args, context)
    except OSError as error:
        context.output.problem(str(error))
    except MailtuiError as error:
        context.output.problem(error.message, error.unlock)
    return logins_in(())
