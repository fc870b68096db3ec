"""``mailtui service``: Postfix, Dovecot and what works beside them: how they stand, reload, restart."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from mailtui.cli.changing import add_change_arguments, carry_out
from mailtui.cli.stories import time_json
from mailtui.host.errors import UsageError
from mailtui.text import human_duration

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.control.service import Status

EXAMPLES = """\
  mailtui service                          what runs, since when, on which ports
  mailtui service reload postfix
  mailtui service restart dovecot --dry-run
  mailtui service start postfix dovecot
  mailtui service enable dovecot           it starts with the machine"""

_VERBS = ("status", "start", "reload", "restart", "enable")
_STYLES = {"up": "green", "down": "red", "unknown": "yellow"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb and the services."""
    parser.add_argument("verb", nargs="?", default="status", choices=_VERBS, help="default: status")
    parser.add_argument("names", nargs="*", metavar="SERVICE", help="postfix, dovecot, rspamd, nginx, …")
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it; a status ends with 1 where something does not run, with 3 where that is not known."""
    control = context.services.control
    if args.verb == "status":
        return _status(control.status(), args, context)
    if not args.names:
        raise UsageError(f"{args.verb} which service?", unlock="name postfix, dovecot or both")
    return carry_out(control.plan(args.verb, args.names), args, context)


def _status(found: tuple[Status, ...], args: argparse.Namespace, context: Context) -> int:
    wanted = [one for one in found if not args.names or one.name in args.names]
    unknown = set(args.names) - {one.name for one in found}
    if unknown:
        raise UsageError(f"there is no {', '.join(sorted(unknown))} here", unlock="mailtui service lists what is here")
    if args.json:
        context.output.json([_json(one) for one in wanted])
    for one in wanted if not args.json else ():
        _print(one, context.output)
    states = {one.state for one in wanted}
    return 1 if "down" in states else 3 if "unknown" in states else 0


def _json(one: Status) -> dict[str, object]:
    return {
        "name": one.name,
        "state": one.state,
        "version": one.version or None,
        "pid": one.pid,
        "since": time_json(one.since),
        "ports": one.ports,
        "unit": one.unit or None,
        "enabled": one.enabled or None,
        "restarts": one.restarts,
        "evidence": one.evidence,
        "unlock": one.unlock,
    }


def _print(one: Status, output: Output) -> None:
    since = f"for {human_duration(time.time() - one.since)}" if one.since else ""
    state = output.styled(f"{one.state:<7}", _STYLES[one.state])
    output.line(" ".join(filter(None, (f"{one.name:<9}", state, one.version, since))))
    details = [one.evidence]
    if one.ports:
        details.append(f"ports {' '.join(map(str, one.ports))}")
    if one.unit:
        again = f", started again {one.restarts} times" if one.restarts else ""
        details.append(f"systemd: {one.unit}.service, {one.enabled or 'not enabled'}{again}")
    details.append(one.unlock)
    for detail in filter(None, details):
        output.line(output.styled(f"          {detail}", "dim"))
