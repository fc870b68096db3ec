"""A parsed filter: a value that can be compared, shown, asked and explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from mailtui.filters import match
from mailtui.filters.errors import FilterError
from mailtui.filters.getters import (
    ANYWHERE,
    Getter,
    R,
    Readers,
    Record,
    Scalar,
    field_values,
    getter_of,
    reader_of,
    values_of,
)
from mailtui.filters.grammar import parse_tree
from mailtui.filters.tree import And, Leaf, Node, Not, Term, Word

MAX_SHOWN = 3


class Reason(NamedTuple):
    """One word or term of a filter, and what the record held against it."""

    part: str
    matched: bool
    because: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Made by ``parse``; ``str`` gives text that parses to an equal filter."""

    tree: Node
    _test: match.Test[Getter] = field(compare=False, repr=False)

    def __str__(self) -> str:
        return str(self.tree)

    def __bool__(self) -> bool:
        """Whether it keeps anything out."""
        return self.tree != And(())

    def __and__(self, other: Filter) -> Filter:
        """What both let through."""
        parts = [part for tree in (self.tree, other.tree) for part in _parts(tree)]
        return _filter(parts[0] if len(parts) == 1 else And(tuple(parts)))

    def matches(self, record: Record) -> bool:
        """Whether ``record``, a mapping or a function of the field name, is let through."""
        return self._test(getter_of(record))

    def over(self, readers: Readers[R]) -> Callable[[R], bool]:
        """What ``matches`` says, for many records of one kind; a field that has no reader has no value."""
        return match.compile_node(self.tree, partial(reader_of, readers))

    def explain(self, record: Record) -> tuple[Reason, ...]:
        """Every word and term with its answer for ``record`` and the values that gave it."""
        return tuple(_reason(leaf, record) for leaf in _leaves(self.tree))

    def fields(self) -> tuple[str, ...]:
        """The fields it asks for, in their order; words ask for none."""
        return tuple(dict.fromkeys(leaf.field for leaf in _leaves(self.tree) if isinstance(leaf, Term)))

    def literals(self) -> frozenset[str]:
        """Lower-case ASCII strings that all occur in the lower-cased log line of every event let through."""
        return match.literals(self.tree)


def parse(text: str) -> Filter:
    """Parse ``text``; ``FilterError`` knows the column."""
    tree = parse_tree(text)
    try:
        return _filter(tree)
    except ValueError as error:
        raise _located(tree, text, error) from error


def _filter(tree: Node) -> Filter:
    return Filter(tree, match.compile_node(tree, values_of))


def _located(tree: Node, text: str, error: ValueError) -> FilterError:
    """``error`` with the column of the term that makes no sense."""
    for leaf in _leaves(tree):
        try:
            match.compile_leaf(leaf, values_of)
        except ValueError as wrong:
            start = f"{leaf.field}{leaf.operator}" if isinstance(leaf, Term) else ""
            return FilterError(str(wrong), max(0, text.lower().find(start)) + len(start), text)
    return FilterError(str(error), 0, text)


def _parts(tree: Node) -> tuple[Node, ...]:
    return tree.parts if isinstance(tree, And) else (tree,)


def _leaves(node: Node) -> list[Leaf]:
    if isinstance(node, Word | Term):
        return [node]
    if isinstance(node, Not):
        return _leaves(node.part)
    return [leaf for part in node.parts for leaf in _leaves(part)]


def _reason(leaf: Leaf, record: Record) -> Reason:
    get = getter_of(record)
    name = ANYWHERE if isinstance(leaf, Word) else leaf.field
    matched = match.compile_leaf(leaf, values_of)(get)
    if isinstance(leaf, Word):
        return Reason(str(leaf), matched, "in the text" if matched else "not in the text")
    return Reason(str(leaf), matched, _because(name, field_values(get, name)))


def _because(name: str, values: tuple[Scalar, ...]) -> str:
    if not values:
        return f"there is no {name}"
    shown = ", ".join(str(value) or '""' for value in values[:MAX_SHOWN])
    more = f" and {len(values) - MAX_SHOWN} more" if len(values) > MAX_SHOWN else ""
    return f"{name} is {shown}{more}"


EVERYTHING = parse("")
