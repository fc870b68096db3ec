"""Tree to test: each part of a filter compiled to one function of a record's fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailtui.filters import fields
from mailtui.filters.compare import ScalarTest, fold, scalar_test
from mailtui.filters.getters import ANYWHERE, SCALARS, R, Reader, Scalar, scalars
from mailtui.filters.tree import WILDCARDS, And, Leaf, Node, Not, Term, Word

Test = Callable[[R], bool]


def compile_node(node: Node, reader_of: Callable[[str], Reader[R]]) -> Test[R]:
    """The test of ``node``, of records that ``reader_of`` knows how to ask for a field.

    Raises ``ValueError`` with a sentence where a value makes no sense.
    """
    if isinstance(node, Word | Term):
        return compile_leaf(node, reader_of)
    if isinstance(node, Not):
        inner = compile_node(node.part, reader_of)
        return lambda record: not inner(record)
    tests = tuple(compile_node(part, reader_of) for part in node.parts)
    return _all(tests) if isinstance(node, And) else _any(tests)


# Loops: all() and any() of a generator take twice as long, for each of many thousand records.


def _all(tests: tuple[Test[R], ...]) -> Test[R]:
    def every(record: R) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(record):
                return False
        return True

    return every


def _any(tests: tuple[Test[R], ...]) -> Test[R]:
    def one(record: R) -> bool:
        for test in tests:  # noqa: SIM110
            if test(record):
                return True
        return False

    return one


def compile_leaf(leaf: Leaf, reader_of: Callable[[str], Reader[R]]) -> Test[R]:
    """The test of one word or term."""
    test = scalar_test(leaf)
    read = reader_of(ANYWHERE if isinstance(leaf, Word) else leaf.field)
    wanted = isinstance(leaf, Word) or not leaf.operator.startswith("!")
    several = _each if isinstance(leaf, Term) and leaf.each else _one

    def holds(record: R) -> bool:
        value = read(record)
        if isinstance(value, SCALARS):  # nearly always: what is made of one value may be asked of it alone
            return test(value) is wanted
        return several(test, scalars(value), wanted)

    return holds


def _each(test: ScalarTest, values: Sequence[Scalar], wanted: bool) -> bool:
    return bool(values) and all(test(value) is wanted for value in values)


def _one(test: ScalarTest, values: Sequence[Scalar], wanted: bool) -> bool:
    return any(map(test, values)) is wanted


def literals(node: Node) -> frozenset[str]:
    """Lower-case ASCII strings that all occur in the lower-cased raw line of every event ``node`` matches."""
    if isinstance(node, Word):
        return _runs(node.text, node.glob)
    if isinstance(node, Term):
        return _runs(node.value, node.glob) if _is_verbatim(node) else frozenset()
    if isinstance(node, Not):
        return frozenset()
    sets = [literals(part) for part in node.parts]
    if isinstance(node, And):
        return frozenset().union(*sets)
    return sets[0].intersection(*sets[1:])


def _is_verbatim(term: Term) -> bool:
    return term.operator in (":", "=") and term.field in fields.VERBATIM and "/" not in term.value


def _runs(text: str, glob: bool) -> frozenset[str]:
    """The stretches of ``text`` between wildcards."""
    if not text.isascii():
        return frozenset()
    spaced = "".join("\0" if glob and char in WILDCARDS else char for char in fold(text))
    return frozenset(filter(None, spaced.split("\0")))
