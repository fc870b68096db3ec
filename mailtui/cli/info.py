"""``mailtui info``: what is here, and what is missing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailtui.text import human_size

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.inventory import Inventory, Log, Place
    from mailtui.cli.output import Output

EXAMPLES = """\
  mailtui info
  mailtui info --postfix-config /etc/postfix-out
  mailtui info --json | jq .missing"""

INDENT = 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing of its own."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Print what was found; a thing that is missing is news, not a failure."""
    from mailtui.cli.inventory import take

    found = take(context)
    if args.json:
        context.output.json(_as_json(found))
    else:
        _print(found, context.output)
    return 0


def _as_json(found: Inventory) -> dict[str, object]:
    value: dict[str, object] = {}
    for name, part in found._asdict().items():
        if isinstance(part, list):
            value[name] = [entry._asdict() for entry in part]
        else:
            value[name] = part._asdict() if hasattr(part, "_asdict") else part
    return value


def _print(found: Inventory, output: Output) -> None:
    for name, lines in _sections(found):
        for number, line in enumerate(lines):
            output.line(output.styled((name if number == 0 else "").ljust(INDENT), "bold"), line)
    for lack in found.missing:
        output.line(output.styled("missing".ljust(INDENT), "bold", "yellow"), f"{lack.what}: {lack.why}")
        if lack.unlock:
            output.line(" " * INDENT, lack.unlock)


def _sections(found: Inventory) -> Iterator[tuple[str, list[str]]]:
    for name, version in found.versions.items():
        yield name, ["not known" if version is None else version or "not found"]
    yield (
        "instances",
        [
            f"{instance.name} in {instance.config_directory}{'' if instance.enabled else ', disabled'}"
            for instance in found.instances
        ],
    )
    yield "configuration", list(map(_place, found.configuration))
    yield "logs", list(map(_log, found.logs))
    rights = found.privileges
    yield "user", [f"{rights.user}, groups {' '.join(rights.groups)}"]
    yield "sudo", rights.sudo
    yield "settings", list(map(_place, found.settings)) or ["none, defaults are used"]
    yield "state", [found.state]


def _place(place: Place) -> str:
    return place.path if place.readable else f"{place.path} (not readable)"


def _log(log: Log) -> str:
    size = human_size(log.size) if log.readable else "not readable"
    return f"{log.name} ({size}, found by {log.found_by})"
