"""``mailtui map``: Postfix's lookup tables: which are in use, what is wrong, what they answer, and changing them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli.changing import add_change_arguments, carry_out
from mailtui.cli.findings import print_findings
from mailtui.cli.stories import time_json
from mailtui.host.errors import UsageError
from mailtui.services.postfix.tables import file_of
from mailtui.text import age, clean

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.postfix.maps.files import TableFiles
    from mailtui.services.postfix.maps.plans import MapPlans
    from mailtui.services.postfix.maps.service import Answer, Maps
    from mailtui.services.postfix.maps.used import Table

EXAMPLES = """\
  mailtui map                              every table in use, and who uses it
  mailtui map check                        what is wrong with them, then exit 1
  mailtui map check /etc/postfix/virtual
  mailtui map get /etc/postfix/virtual info@shop.example
  mailtui map set /etc/postfix/virtual info@shop.example anna@shop.example
  mailtui map unset /etc/postfix/virtual info@shop.example
  mailtui map build /etc/postfix/virtual --dry-run
  mailtui map edit /etc/postfix/virtual    $EDITOR, then the plan
  mailtui map convert /etc/postfix/virtual lmdb    another type, everywhere"""

_VERBS = ("list", "check", "get", "set", "unset", "build", "convert", "edit")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb and what it is about."""
    parser.add_argument("verb", nargs="?", default="list", choices=_VERBS, help="default: list")
    parser.add_argument(
        "words", nargs="*", metavar="FILE [KEY [VALUE]]", help="a table's source file, a key, its value"
    )
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it; exit 1 for findings, and for a key that is not there."""
    from mailtui.services.postfix.maps.plans import MapPlans
    from mailtui.services.postfix.maps.service import Maps

    maps = Maps(context.tools, context.postfix)
    plans = MapPlans(maps, context.postfix)
    match args.verb, args.words:
        case "list", []:
            return _list(maps, args, context)
        case "check", []:
            return print_findings(maps.check(), args, context)
        case "check", [file]:
            return print_findings(maps.check(Path(file)), args, context)
        case "get", [file, key]:
            return _get(maps.get(Path(file), key), args, context)
        case "set", [file, _, _] if maps.of_file(_source(file))[0].holds_secrets:
            raise UsageError(
                "the values of this table are passwords, which every user may read on a command line",
                unlock=f"mailtui map edit {clean(file)}",
            )
        case "set", [file, key, value]:
            plan = plans.set(_source(file), key, value)
            _remark(maps, _source(file), plan.steps[0].content or b"", context, key)
            return carry_out(plan, args, context)
        case "unset", [file, key]:
            return carry_out(plans.unset(_source(file), key), args, context)
        case "build", [file]:
            return carry_out(plans.build(_source(file)), args, context)
        case "convert", [file, *kind] if len(kind) < 2:
            return carry_out(context.services.conversion.plan(_source(file), *kind), args, context)
        case "edit", [file]:
            return _edit(maps, plans, _source(file), args, context)
    raise UsageError(f"map {args.verb} was given {len(args.words)} words", unlock="mailtui map --help")


def _source(word: str) -> Path:
    """The file to change, where a table is named by its type as well: ``hash:/etc/postfix/virtual``."""
    return Path(file_of(word) or word)


def _edit(maps: Maps, plans: MapPlans, file: Path, args: argparse.Namespace, context: Context) -> int:
    from mailtui.host.editor import in_editor

    before = maps.text(maps.of_file(file)[0])
    data = in_editor(before, file.name)
    _remark(maps, file, data, context)
    return carry_out(plans.edit(file, before, data), args, context)


def _remark(maps: Maps, file: Path, data: bytes, context: Context, key: str = "") -> None:
    """Say what is wrong with a text before it is saved, or with one key of it."""
    table = maps.of_file(file)[0]
    for remark in maps.remarks(table, data, key):
        context.output.note(f"{clean(str(file))}:{remark.line}: {remark.text}")


def _list(maps: Maps, args: argparse.Namespace, context: Context) -> int:
    from mailtui.services.postfix.maps.files import is_source

    tables = maps.tables.used
    if args.json:
        context.output.json([_table_json(maps, table) for table in tables])
        return 0
    for table in tables:
        files = maps.files(table)
        state = "not compiled since its last change" if files.stale else files.problem
        context.output.line(f"{clean(table.name)}  {context.output.styled(clean(state), 'red')}".rstrip())
        entries = "its entries stand elsewhere: asked, not edited" if is_source(table) else ""
        for about in (", ".join(map(str, table.uses)), _age_and_mode(files), entries):
            if about:
                context.output.line(context.output.styled(f"    {about}", "dim"))
    return 0


def _age_and_mode(files: TableFiles) -> str:
    """How old source and index are, and who may read the source; ``""`` for a table without files."""
    told = [
        f"{what} {age(time)} ago" if time else ""
        for what, time in (("changed", files.source_time), ("compiled", files.index_time))
    ]
    told.append(f"mode {files.mode:04o}" if files.mode is not None else "")
    return ", ".join(filter(None, told))


def _table_json(maps: Maps, table: Table) -> dict[str, object]:
    from mailtui.services.postfix.maps.files import EDITED

    files = maps.files(table)
    return {
        "table": table.name,
        "type": table.kind,
        "file": str(table.file) if table.file else None,
        "index": str(table.index) if table.index else None,
        "changed": time_json(files.source_time),
        "built": time_json(files.index_time),
        "stale": files.stale,
        "mode": f"{files.mode:04o}" if files.mode is not None else None,
        "problem": files.problem,
        "editable": table.kind in EDITED,
        "uses": [{"parameter": use.parameter, "service": use.service} for use in table.uses],
    }


def _get(answers: tuple[Answer, ...], args: argparse.Namespace, context: Context) -> int:
    if args.json:
        context.output.json([_answer_json(answer) for answer in answers])
    for answer in answers if not args.json else ():
        problem = answer.problem.removeprefix(f"{clean(answer.table.name)}: ")
        value = problem or ("no such key" if answer.value is None else answer.value)
        context.output.line(f"{clean(answer.table.name)}: {clean(value)}")
        for entry in answer.entries:
            text = f"{entry.key.decode('utf-8', 'replace')} {entry.value.decode('utf-8', 'replace')}"
            context.output.line(
                context.output.styled(f"    {answer.table.file}:{entry.first + 1}: {clean(text)}", "dim")
            )
    return 0 if any(answer.value is not None for answer in answers) else 1


def _answer_json(answer: Answer) -> dict[str, object]:
    return {
        "table": answer.table.name,
        "value": answer.value,
        "lines": [entry.first + 1 for entry in answer.entries],
        "problem": answer.problem,
    }
