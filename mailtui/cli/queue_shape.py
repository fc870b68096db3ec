"""``mailtui queue shape``: how many messages of what age wait for whom, or come from whom."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.queue_chosen import check, chosen, queue_of
from mailtui.services.postfix.queue.shape import COLUMNS, shape
from mailtui.text import human_size, iso

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.postfix.queue.shape import Shape, ShapeRow

_WIDTH = 7
_LOG_COLUMNS = frozenset({"sasl_username", "client"})
DEFAULT_ROWS = 20
"""Lines of a table for reading; JSON has them all."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the table; an empty queue is fine."""
    check(args)
    limit, args.limit = args.limit, None
    if args.by not in COLUMNS:
        shape((), args.by)
    listing = chosen(args, queue_of(context), log=args.by in _LOG_COLUMNS)
    found = shape(listing.entries, args.by)
    if args.json:
        context.output.json(_shape_json(found, limit))
    else:
        _print(found, DEFAULT_ROWS if limit is None else limit, context.output)
    for problem in listing.problems:
        context.output.note(problem)
    return 0


def _shape_json(found: Shape, limit: int | None) -> dict[str, object]:
    return {
        "by": found.by,
        "minutes": found.buckets,
        "total": _row_json(found.total),
        "rows": [_row_json(row) for row in found.rows[:limit]],
    }


def _row_json(row: ShapeRow) -> dict[str, object]:
    return {
        "name": row.name,
        "total": row.total,
        "counts": row.counts,
        "size": row.size,
        "oldest": iso(row.oldest) if row.total else None,
    }


def _print(found: Shape, limit: int, output: Output) -> None:
    titles = ["T", *map(str, found.buckets), f"{found.buckets[-1]}+", "size"]
    output.line(output.styled("".join(title.rjust(_WIDTH) for title in titles) + f"  {found.by}", "bold"))
    for row in (found.total, *found.rows[:limit]):
        cells = [row.total, *row.counts, human_size(row.size).replace(" ", "")]
        output.line("".join(str(cell).rjust(_WIDTH) for cell in cells), "  ", row.name)
    if len(found.rows) > limit:
        output.note(f"{len(found.rows) - limit} more; --limit N shows more of them")
