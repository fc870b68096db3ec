"""Promises of the filter language that hold for any input."""

from __future__ import annotations

import contextlib

from hypothesis import example, given
from hypothesis import strategies as st

from mailtui.filters import FilterError, parse
from mailtui.filters.getters import Value, values_of
from mailtui.filters.match import compile_node
from mailtui.filters.tree import WILDCARDS, And, Node, Not, Or, Term, Word

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAMES = st.sampled_from(["from", "sender", "recipient", "reason", "status", "message-id", "x_domain"])
WORDS = st.builds(Word, ANY_TEXT.filter(bool))
TERMS = st.builds(Term, NAMES, st.sampled_from([":", "=", "!="]), ANY_TEXT, each=st.booleans()) | st.builds(
    Term, st.just("size"), st.sampled_from(["<", "<=", ">", ">="]), st.sampled_from(["10k", "1.5M"])
)
PATTERNS = st.text("ab*?.", min_size=1, max_size=6).filter(lambda text: bool(WILDCARDS & set(text)))
GLOBS = st.builds(Word, PATTERNS, st.just(True)) | st.builds(
    Term, NAMES, st.just(":"), PATTERNS, st.just(True), st.booleans()
)


def _join(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return (
        st.builds(Not, parts)
        | st.builds(And, several.filter(lambda nodes: not any(isinstance(node, And) for node in nodes)))
        | st.builds(Or, several.filter(lambda nodes: not any(isinstance(node, Or) for node in nodes)))
    )


TREES: st.SearchStrategy[Node] = st.recursive(WORDS | TERMS | GLOBS, _join, max_leaves=8)


@given(TREES)
def test_text_of_a_tree_parses_to_the_same_tree(tree: Node) -> None:
    assert parse(str(tree)).tree == tree


@given(st.text(st.sampled_from('ab "()-:=~<>!\\*?/.1k@') | st.characters(), max_size=30))
@example('a="\\\\"')
@example("reason~(a|b)")
@example("recipient~\\(")
@example("each_:x")
@example("a:=b")
def test_any_text_parses_to_a_filter_that_round_trips_or_names_a_column(text: str) -> None:
    try:
        found = parse(text)
    except FilterError as error:
        assert 0 <= error.column <= len(text)
        return
    again = parse(str(found))
    assert again == found
    assert hash(again) == hash(found)
    assert str(again) == str(found)


VALUES = st.dictionaries(
    st.sampled_from(["from", "to", "reason", "size", "text"]),
    ANY_TEXT | st.integers() | st.floats() | st.lists(ANY_TEXT, max_size=3),
)


@given(TREES, VALUES)
def test_matching_never_fails_and_negation_is_the_opposite(tree: Node, record: dict[str, Value]) -> None:
    found = parse(str(tree))
    assert parse(str(Not(tree))).matches(record) is not found.matches(record)
    assert all(reason.because for reason in found.explain(record))


LINE_PARTS = st.text(st.sampled_from("abKİksS ıé\udcff") | st.characters(), max_size=10)


@given(TREES, LINE_PARTS, LINE_PARTS)
def test_a_line_without_the_literals_cannot_match(tree: Node, sender: str, rest: str) -> None:
    text = f"from=<{sender}>, {rest}"
    record: dict[str, Value] = {"from": sender, "text": text}
    raw = text.encode("utf-8", "surrogatepass").lower()
    found = parse(str(tree))
    if not all(literal.encode() in raw for literal in found.literals()):
        assert not found.matches(record)


def test_literals_of_what_operators_type() -> None:
    assert parse("ABC123").literals() == {"abc123"}
    assert parse("to:*@example.org -x").literals() == {"@example.org"}
    assert parse("a b (c d or c e)").literals() == {"a", "b", "c"}
    assert parse("severity:error grün").literals() == set()
    assert parse("message-id:abc").literals() == {"abc"}
    assert parse("").literals() == set()


@given(st.text(max_size=20))
def test_a_regular_expression_is_compiled_or_refused(pattern: str) -> None:
    with contextlib.suppress(ValueError):
        compile_node(Term("reason", "~", pattern), values_of)({"reason": "some reason"}.get)
