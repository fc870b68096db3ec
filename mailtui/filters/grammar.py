"""Text to tree: a recursive descent over the characters, so that every error knows its column."""

from __future__ import annotations

import re

from mailtui.filters import fields
from mailtui.filters.errors import FilterError
from mailtui.filters.tree import TERM_START, WILDCARDS, And, Leaf, Node, Not, Or, Term, Word

MAX_LENGTH = 4000
MAX_DEPTH = 40

_BLANK = re.compile(r"\s*")
_BARE = re.compile(r'[^\s()"]*')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')
_REGEX_PIECE = re.compile(r'(?:[^\s()"\\]|\\[^\s])*')
_KEYWORD = re.compile(r'(and|or|not)(?=[\s()"]|$)', re.IGNORECASE)
_SPELLINGS = {"==": "=", "=~": "~"}


def parse_tree(text: str) -> Node:
    """Parse ``text``; blank text gives ``And(())``."""
    if len(text) > MAX_LENGTH:
        raise FilterError(f"longer than {MAX_LENGTH} characters", MAX_LENGTH, text[:MAX_LENGTH])
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def parse(self) -> Node:
        if not self.text.strip():
            return And(())
        tree = self._either(0)
        if self.at < len(self.text):
            raise self._error("this parenthesis was never opened")
        return tree

    def _error(self, message: str, column: int | None = None) -> FilterError:
        return FilterError(message, self.at if column is None else column, self.text)

    def _skip(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _keyword(self, *words: str) -> bool:
        """Consume one of ``words`` if it stands here."""
        self._skip()
        match = _KEYWORD.match(self.text, self.at)
        if not match or match[1].lower() not in words:
            return False
        self.at = match.end()
        return True

    def _either(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._keyword("or"):
            parts.append(self._all(depth))
        return _joined(Or, parts)

    def _all(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while True:
            explicit = self._keyword("and")
            self._skip()
            if not explicit and self._at_end():
                return _joined(And, parts)
            parts.append(self._one(depth))

    def _at_end(self) -> bool:
        """Whether the terms that must all hold end here."""
        match = _KEYWORD.match(self.text, self.at)
        return self.text[self.at : self.at + 1] in ("", ")") or bool(match and match[1].lower() == "or")

    def _one(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._error(f"nested more than {MAX_DEPTH} deep")
        if self._keyword("not"):
            return Not(self._one(depth + 1))
        rest = self.text[self.at : self.at + 2]
        if not rest or rest[0] == ")":
            raise self._error("something to search for is missing here")
        if rest[0] == "(":
            return self._group(depth)
        if rest[0] == "-" and len(rest) == 2 and not rest[1].isspace() and rest[1] != ")":
            self.at += 1
            return Not(self._one(depth + 1))
        if _KEYWORD.match(self.text, self.at):
            raise self._error('this word joins two others; to search for it put it in "quotes"')
        return self._leaf()

    def _group(self, depth: int) -> Node:
        opened = self.at
        self.at += 1
        tree = self._either(depth + 1)
        self._skip()
        if not self.text.startswith(")", self.at):
            raise self._error("this parenthesis is never closed", opened)
        self.at += 1
        return tree

    def _leaf(self) -> Leaf:
        match = TERM_START.match(self.text, self.at)
        if match and not (match[3] == ":" and self.text.startswith(("//", ":"), match.end())):
            return self._term(match)
        if self.text[self.at] == '"':
            return Word(self._quoted())
        word = self._bare()
        return Word(word, glob=bool(WILDCARDS & set(word)))

    def _term(self, match: re.Match[str]) -> Term:
        each, field = bool(match[1]), match[2].lower()
        operator = _SPELLINGS.get(match[3], match[3])
        self.at = match.end()
        if self.text.startswith('"', self.at):
            return Term(field, operator, self._quoted(), each=each)
        value = self._regex() if operator in ("~", "!~") else self._bare()
        if not value:
            raise self._error(f'{match[0]} needs a value; {match[0]}"" means an empty one')
        if fields.kind(field) == fields.ADDRESS and value[0] == "<" and value[-1] == ">":
            value = value[1:-1]
        return Term(field, operator, value, glob=operator == ":" and bool(WILDCARDS & set(value)), each=each)

    def _bare(self) -> str:
        match = _BARE.match(self.text, self.at)
        self.at, value = (match.end(), match[0]) if match else (self.at, "")
        return value

    def _quoted(self) -> str:
        match = _QUOTED.match(self.text, self.at)
        if not match:
            raise self._error("this quote is never closed")
        self.at = match.end()
        return _ESCAPE.sub(r"\1", match[1])

    def _regex(self) -> str:
        """A bare regular expression: parentheses belong to it as long as they are balanced."""
        start, depth = self.at, 0
        while True:
            piece = _REGEX_PIECE.match(self.text, self.at)
            self.at = piece.end() if piece else self.at
            char = self.text[self.at : self.at + 1]
            if char == "(" or (char == ")" and depth):
                depth += 1 if char == "(" else -1
                self.at += 1
            else:
                return self.text[start : self.at]


def _joined(join: type[And] | type[Or], parts: list[Node]) -> Node:
    """One node for ``parts``; nested ones of the same kind are drawn in."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And | Or) and type(part) is join else (part,))
    return join(tuple(flat))
