"""``mailtui explain``: what a status or reject text means."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.maillog.model import Verdict

EXAMPLES = """\
  mailtui explain 'User unknown in virtual mailbox table'
  mailtui explain --dsn 4.7.28 'host mx.example.org said: 421 try later'
  mailtui explain "$(grep -m1 status=bounced /var/log/mail.log)"  a whole line"""

INDENT = 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The text, in as many words as were typed."""
    parser.add_argument("text", nargs="+", metavar="TEXT", help="a status or reject text, or a whole log line")
    parser.add_argument("--dsn", default="", metavar="X.Y.Z", help="the enhanced status code, when the text has none")


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the first rule that fits; exit 1 when none does."""
    verdict = verdict_of(" ".join(args.text), args.dsn)
    if args.json:
        context.output.json(verdict_json(verdict))
    elif verdict:
        print_verdict(verdict, context.output)
    else:
        context.output.note("no rule knows this text; --dsn X.Y.Z adds the code it was logged with")
    return 0 if verdict else 1


def verdict_of(text: str, dsn: str) -> Verdict | None:
    """The rule for ``text``; of a whole log line its own reason and code are taken."""
    from mailtui.maillog.causes import classify
    from mailtui.maillog.parser import Parser

    event = Parser().parse(text.encode("utf-8", "surrogateescape"))
    reason = event.fields.get("reason")
    if event.time is None or not reason:
        return classify(text, dsn=dsn)
    relay = event.fields.get("relay", "")
    return classify(reason, dsn=dsn or event.fields.get("dsn", ""), service=event.daemon, relay=relay)


def verdict_json(verdict: Verdict | None) -> dict[str, str] | None:
    """The rule's five answers."""
    if verdict is None:
        return None
    return {
        "rule": verdict.rule,
        "cause": verdict.cause,
        "who": verdict.who,
        "meaning": verdict.meaning,
        "action": verdict.action,
    }


def print_verdict(verdict: Verdict, output: Output) -> None:
    """The answers for reading."""
    output.line(output.styled(verdict.meaning, "bold"))
    for name, text in (("cause", verdict.cause), ("who must act", verdict.who), ("do", verdict.action)):
        for line in output.wrapped(text, INDENT, f"  {name}"):
            output.line(line)
    output.line(output.styled(f"  rule {verdict.rule}", "dim"))
