"""Tree to test: each part of a filter compiled to one function of a record's fields."""

from __future__ import annotations

from collections.abc import Callable

from mailtui.filters import fields
from mailtui.filters.compare import fold, scalar_test
from mailtui.filters.getters import ANYWHERE, Getter, values_of
from mailtui.filters.tree import WILDCARDS, And, Leaf, Node, Not, Term, Word

Test = Callable[[Getter], bool]


def compile_node(node: Node) -> Test:
    """The test of ``node``; ``ValueError`` with a sentence where a value makes no sense."""
    if isinstance(node, Word | Term):
        return compile_leaf(node)
    if isinstance(node, Not):
        inner = compile_node(node.part)
        return lambda get: not inner(get)
    tests = tuple(map(compile_node, node.parts))
    return _all(tests) if isinstance(node, And) else _any(tests)


# Loops: all() and any() of a generator take twice as long, for each of many thousand records.


def _all(tests: tuple[Test, ...]) -> Test:
    def every(get: Getter) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(get):
                return False
        return True

    return every


def _any(tests: tuple[Test, ...]) -> Test:
    def one(get: Getter) -> bool:
        for test in tests:  # noqa: SIM110
            if test(get):
                return True
        return False

    return one


def compile_leaf(leaf: Leaf) -> Test:
    """The test of one word or term."""
    test = scalar_test(leaf)
    if isinstance(leaf, Word):
        texts = values_of(ANYWHERE)
        return lambda get: any(map(test, texts(get)))
    values, wanted = values_of(leaf.field), not leaf.operator.startswith("!")
    if leaf.each:

        def every(get: Getter) -> bool:
            found = values(get)
            for value in found:
                if test(value) is not wanted:
                    return False
            return bool(found)

        return every
    return lambda get: any(map(test, values(get))) is wanted


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
