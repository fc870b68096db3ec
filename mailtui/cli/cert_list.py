"""``mailtui cert list``: every certificate that Postfix and Dovecot use, and with ``--served`` what the ports show."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from mailtui.cli.stories import time_json

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.tls.inventory import Held
    from mailtui.services.tls.serving import Shown

_STYLES = {"fine": "green", "soon": "yellow", "late": "red", "over": "red", "early": "red", "unknown": "red"}
_WIDTH = 10


def run(args: argparse.Namespace, context: Context) -> int:
    """List them; exit 0 whatever is wrong with them (``cert check`` tells that), 3 where a program cannot be asked."""
    from mailtui.cli.leftout import tell_left_out

    now = time.time()
    found = _served(context) if args.served else [(held, ()) for held in _held(context)]
    left_out = tell_left_out(context)
    if args.json:
        context.output.json([_json(held, shown, args, now) for held, shown in found])
        return left_out
    for held, shown in found:
        _print(held, shown, context, now)
    if not found and not left_out:
        context.output.note("neither Postfix nor Dovecot is set to serve a certificate")
    return left_out


def _held(context: Context) -> tuple[Held, ...]:
    from mailtui.services.tls.inventory import Inventory

    return Inventory(context.tools, context.postfix, context.dovecot).held()


def _served(context: Context) -> list[tuple[Held, tuple[Shown, ...]]]:
    from mailtui.services.tls.serving import Serving

    survey = Serving(context.tools, context.postfix, context.dovecot).survey()
    return [(held, survey.of(held)) for held in survey.held]


def _print(held: Held, shown: tuple[Shown, ...], context: Context, now: float) -> None:
    output, leaf = context.output, held.leaf
    days = f"{leaf.days_left(now)} days" if leaf else "?"
    head = output.styled(f"{days:>{_WIDTH}}", _STYLES[held.stage(now)])
    output.line(f"{head}  {held.name or 'no certificate'}  {leaf.key if leaf else ''}".rstrip())
    indent = " " * (_WIDTH + 2)
    if held.problem:
        output.line(indent + output.styled(held.problem, "red"))
    for line in (*held.files, *(str(use) for use in held.uses)):
        output.line(indent + output.styled(line, "dim"))
    for one in shown:
        output.line(f"{indent}{one.where} {one.listener.protocol}: {_state(one)}")


def _state(one: Shown) -> str:
    """What a port shows, beside what it should."""
    match one.verdict:
        case "same":
            return f"served, {one.answer.version}"
        case "stale":
            return "serves another one than its files hold"
        case "table":
            return "its SNI table holds another one than the files"
        case "broken":
            return f"no TLS: {one.answer.detail}"
        case "down":
            return "nobody answers"
    return one.expected.problem or "cannot be told"


def _json(held: Held, shown: tuple[Shown, ...], args: argparse.Namespace, now: float) -> dict[str, object]:
    leaf = held.leaf
    value: dict[str, object] = {
        "files": held.files,
        "used_by": [str(use) for use in held.uses],
        "names": leaf.names if leaf else [],
        "issuer": leaf.issuer if leaf else None,
        "key": leaf.key if leaf else None,
        "not_before": time_json(leaf.starts) if leaf else None,
        "not_after": time_json(leaf.ends) if leaf else None,
        "days_left": leaf.days_left(now) if leaf else None,
        "stage": held.stage(now),
        "sha256": leaf.sha256 if leaf else None,
        "chain": [one.subject for one in held.chain],
        "problem": held.problem or None,
    }
    if args.served:
        value["served"] = [
            {
                "program": one.listener.program,
                "port": one.listener.name,
                "sni": one.name or None,
                "state": one.verdict,
                "version": one.answer.version or None,
                "sha256": one.leaf.sha256 if one.leaf else None,
            }
            for one in shown
        ]
    return value
