"""The test of one value that a word or a term stands for, typed by the kind of its field."""

from __future__ import annotations

import operator
import re
import time as clock
import warnings
from collections.abc import Callable
from fnmatch import translate

from mailtui.filters import fields, values
from mailtui.filters.getters import Scalar
from mailtui.filters.tree import WILDCARDS, Leaf, Term, Word

ScalarTest = Callable[[Scalar], bool]
Reader = Callable[[str], float | None]

REGEX_LIMIT = 4096
"""Only so much of a text is given to a user's regular expression."""

_MOST_REMEMBERED, _SHORT = 2**14, 256
"""Texts, and characters of one: some megabytes at most."""

_NO_ASCII_TWIN = {0x130: 0x131, 0x212A: 0x138}
"""İ and the Kelvin sign have ASCII lower cases: a test of a line's bytes would miss them."""

_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def _time(text: str) -> float | None:
    moment = values.moment(text)
    return moment.start if moment else None


_READERS: dict[str, Reader] = {
    fields.NUMBER: values.number,
    fields.SIZE: values.size,
    fields.DURATION: values.duration,
    fields.SEVERITY: values.severity,
    fields.TIME: _time,
}
_EXAMPLES = {
    fields.SIZE: "a size such as 10k or 1.5M",
    fields.DURATION: "a duration such as 90s, 2h or 1d",
    fields.SEVERITY: "one of " + ", ".join(values.SEVERITIES),
    fields.TIME: "a time such as 2h (ago), 14:30 or 2026-11-20",
}


def fold(text: str) -> str:
    """``text`` for comparison in any case."""
    return text.lower() if text.isascii() else text.translate(_NO_ASCII_TWIN).lower()


def scalar_test(leaf: Leaf) -> ScalarTest:
    """The test of one value (``!=`` as ``=``, ``!~`` as ``~``); ``ValueError`` says what is wrong."""
    if isinstance(leaf, Word):
        return _glob(f"*{leaf.text}*") if leaf.glob else _contains(leaf.text)
    kind, sign = fields.kind(leaf.field), leaf.operator.lstrip("!")
    if sign == "~":
        return _remembering(_regex(leaf.value))
    if sign in _ORDER:
        return _ordered(kind, sign, leaf)
    same = _same(kind, leaf.value)
    if same:
        return same
    if sign == "=":
        return lambda value: str(value) == leaf.value
    return _remembering(_fits(kind, leaf))


class _Remembered(dict[Scalar, bool]):
    """What a test said of a text that comes again: thousands of messages wait for the same reason."""

    def __init__(self, test: ScalarTest) -> None:
        super().__init__()
        self._test = test

    def __missing__(self, value: Scalar) -> bool:
        found = self._test(value)
        short = isinstance(value, str) and len(value) < _SHORT  # no number: 1 and 1.0 are the same key
        if short and len(self) < _MOST_REMEMBERED:
            self[value] = found
        return found


def _remembering(test: ScalarTest) -> ScalarTest:
    """``test``, asked once for each text."""
    return _Remembered(test).__getitem__


def _fits(kind: str, leaf: Term) -> ScalarTest:
    if leaf.glob:
        return _glob(leaf.value)
    if not leaf.value:
        return lambda value: value == ""
    if kind == fields.NETWORK and "/" in leaf.value:
        return _network(leaf.value)
    if kind == fields.DSN:
        return lambda value: f"{value}.".startswith(f"{leaf.value}.")
    return _contains(leaf.value)


def _contains(text: str) -> ScalarTest:
    needle = fold(text)
    return lambda value: needle in fold(str(value))


def _glob(pattern: str) -> ScalarTest:
    fixed = pattern.lstrip("*")
    if fixed != pattern and not any(wildcard in fixed for wildcard in WILDCARDS):
        end = fold(fixed)
        return lambda value: fold(str(value)).endswith(end)
    fits = re.compile(translate(fold(pattern).replace("[", "[[]"))).match
    return lambda value: fits(fold(str(value))) is not None


def _regex(pattern: str) -> ScalarTest:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            search = re.compile(pattern, re.IGNORECASE).search
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"this is no regular expression: {error}") from error
    return lambda value: search(str(value)[:REGEX_LIMIT]) is not None


def _network(text: str) -> ScalarTest:
    from ipaddress import ip_address, ip_network

    network = ip_network(text, strict=False)

    def inside(value: Scalar) -> bool:
        try:
            return ip_address(str(value).rpartition("[")[2].rstrip("]")) in network
        except ValueError:
            return False

    return inside


def _same(kind: str, text: str) -> ScalarTest | None:
    """Equality by value, for kinds that are not text and literals that are of the kind."""
    reader = _READERS.get(kind)
    if reader is None or reader(text) is None:
        return None
    if kind == fields.TIME:
        return _within(text)
    wanted = reader(text)
    return lambda value: _measure(reader, value) == wanted


def _within(text: str) -> ScalarTest:
    """Times in the stretch that ``text`` names."""
    moment = values.moment(text)
    if moment is None:
        return lambda value: False
    return lambda value: (time := _measure(_time, value)) is not None and moment.start <= time < moment.end


def _ordered(kind: str, sign: str, leaf: Term) -> ScalarTest:
    reader = _READERS.get(kind, values.number)
    limit = _limit(kind, sign, leaf.value)
    if limit is None:
        example = _EXAMPLES.get(kind, "a number, a size or a duration")
        raise ValueError(f"{leaf.field}{sign} wants {example}")
    holds = _ORDER[sign]
    return lambda value: (measure := _measure(reader, value)) is not None and holds(measure, limit())


def _limit(kind: str, sign: str, text: str) -> Callable[[], float] | None:
    """What to compare with. A time ago moves with the clock; a date stands for its whole stretch."""
    if kind != fields.TIME:
        number = _READERS.get(kind, values.number)(text)
        return None if number is None else lambda: number
    ago = values.duration(text) if text[-1:].isalpha() else None
    if ago is not None:
        return lambda: clock.time() - ago
    moment = values.moment(text)
    if moment is None:
        return None
    edge = moment.start if sign in ("<", ">=") else max(moment.start, moment.end - 1e-6)
    return lambda: edge


def _measure(reader: Reader, value: Scalar) -> float | None:
    return reader(value) if isinstance(value, str) else value
