"""What the text of main.cf says that its writer did not mean: postconf(5), "The general format of the main.cf file".

Everything behind ``=`` up to the next line without leading white space is the value: a ``#`` inside a line, quotes
of any kind and indented assignments are part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from mailtui.findings import Finding
from mailtui.services.configuration.cf_text import Logical, logical_lines
from mailtui.services.configuration.lint.words import finding

TYPOGRAPHIC = re.compile("[\u00a0\u2010-\u2015\u2018-\u201f\u2212\u00ab\u00bb]")
"""What a web page or a word processor makes of blanks, hyphens and quotes."""
_COMMENT = re.compile(r"\s#(?=\s|\w)")
_ASSIGNMENT = re.compile(r"\s+(\w+)\s*=")
_QUOTED = re.compile(r"""(["'])[^"']*\1$""")
_SHELL = re.compile(r"_(?:command|commands|template|footer|filter|text)$")
"""Parameters in whose values quotes mean something."""

Known = Callable[[str], bool]


def main_findings(file: str, text: str, known: Known) -> Iterator[Finding]:
    """``known`` tells parameters of this Postfix from other words; ``file`` is how evidence names the file."""
    lines = tuple(logical_lines(text))
    for one in lines:
        yield from _of_line(file, one, known)
    yield from _twice(file, lines)


def _of_line(file: str, one: Logical, known: Known) -> Iterator[Finding]:
    place = f"{file}:{one.number}"
    for line in one.lines[1:]:
        inside = _ASSIGNMENT.match(line.text)
        if inside and known(inside[1]):
            yield finding("swallowed", inside[1], f"{file}:{line.number}: {line.text.strip()}", into=one.name)
    comment = _COMMENT.search(one.value)
    if comment and "{" not in one.value[: comment.start()]:
        kept = " ".join(one.value[: comment.start()].split())
        fix = ("mailtui", "config", "set", "postfix", f"{one.name}={kept}") if len(one.lines) == 1 else ()
        yield finding("comment", one.name, f"{place}: {one.text.strip()}", fix=fix)
    if TYPOGRAPHIC.search(one.text):
        yield finding("typographic", one.name, f"{place}: {one.text.strip()}", signs=_signs(one.text))
    elif _QUOTED.match(one.value) and not _SHELL.search(one.name):
        fix = ("mailtui", "config", "set", "postfix", f"{one.name}={one.value[1:-1]}")
        yield finding("quoted", one.name, f"{place}: {one.text.strip()}", fix=fix)


def _twice(file: str, lines: Sequence[Logical]) -> Iterator[Finding]:
    by_name: dict[str, list[Logical]] = {}
    for one in lines:
        by_name.setdefault(one.name, []).append(one)
    for name, several in by_name.items():
        if len(several) > 1:
            evidence = [f"{file}:{one.number}: {' '.join(one.text.split())}" for one in several]
            same = len({one.value for one in several}) == 1
            yield finding("repeated" if same else "overridden", name, *evidence)


def _signs(text: str) -> str:
    return " ".join(f"{sign} (U+{ord(sign):04X})" for sign in dict.fromkeys(TYPOGRAPHIC.findall(text)))
