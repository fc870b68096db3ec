"""Cells side by side: how wide each column is in the room there is; what rows are as records and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from mailtui.screens.words import SEVERITY_MARK

_SEVERITIES = {mark: severity for severity, mark in SEVERITY_MARK.items()}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Room that is left goes to those that ``grow``, in that proportion."""

    name: str
    title: str
    width: int
    grow: int = 0
    right: bool = False
    """Numbers stand at the right edge."""
    only_from: int = 0
    """Shown in tables at least this wide."""
    keep_end: bool = False
    """What does not fit is cut off at the front: of paths the last part tells one from another."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; its key names it across updates."""

    key: str
    cells: tuple[Content, ...]

    def is_same(self, other: TableRow) -> bool:
        """Whether it looks the same; ``Content`` compares without its colours."""
        return self.key == other.key and all(map(Content.is_same, self.cells, other.cells))


def widths(columns: Sequence[Column], room: int) -> dict[str, int]:
    """Cells each column gets, by name; those that do not fit are not there."""
    shown = [column for column in columns if room >= column.only_from]
    left = max(0, room - sum(column.width + 1 for column in shown) + 1)
    shares = sum(column.grow for column in shown) or 1
    return {column.name: column.width + left * column.grow // shares for column in shown}


def beside(columns: Sequence[Column], cells: Sequence[Content], room: int) -> Content:
    """The cells in one line, each cut or filled up to its column's width."""
    return Content(" ").join(fitted(*place) for place in placed(columns, cells, room))


def placed(columns: Sequence[Column], cells: Sequence[Content], room: int) -> Iterator[tuple[Content, Column, int]]:
    """The cells that are shown in so much room, with their columns and how wide those are."""
    width = widths(columns, room)
    for column, cell in zip(columns, cells, strict=True):
        if column.name in width:
            yield cell, column, width[column.name]


def fitted(cell: Content, column: Column, width: int) -> Content:
    """A cell cut or filled up."""
    if cell.cell_length > width:
        return _end(cell, width) if column.keep_end else cell.truncate(width, ellipsis=True)
    return cell.pad_left(width - cell.cell_length) if column.right else cell.pad_right(width - cell.cell_length)


def column_at(columns: Sequence[Column], x: int, room: int) -> str | None:
    """The name of the column at cell ``x``."""
    start = 0
    for name, width in widths(columns, room).items():
        if start <= x < start + width:
            return name
        start += width + 1
    return None


def fields(columns: Sequence[Column], row: TableRow) -> dict[str, str | tuple[str, ...]]:
    """What a filter may ask of a row: each cell by its column's name, a mark as the severity it stands for."""
    told = {column.name: _value(cell.plain) for column, cell in zip(columns, row.cells, strict=True)}
    return {**told, "text": tuple(cell.plain for cell in row.cells)}


def as_text(columns: Sequence[Column], rows: Sequence[TableRow]) -> str:
    """The rows under their titles, a line each, tabs between the cells, which are not cut."""
    titles = "\t".join(column.title or column.name.capitalize() for column in columns)
    lines = ["\t".join(_value(cell.plain) for cell in row.cells) for row in rows]
    return "\n".join((titles, *lines)) if lines else ""


def _value(plain: str) -> str:
    """A number without its commas; a severity by its name."""
    digits = plain.replace(",", "")
    return digits if digits.isdigit() else _SEVERITIES.get(plain, plain.replace("\n", " "))


def _end(cell: Content, width: int) -> Content:
    """The last ``width`` cells."""
    start = max(0, len(cell) - width + 1)
    while cell[start:].cell_length >= width > 0:  # wide characters
        start += 1
    kept = Content("…") + cell[start:]
    return kept.pad_right(width - kept.cell_length)
