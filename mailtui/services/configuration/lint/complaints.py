"""What Postfix itself says of its files: postconf(1) warns of what is unused or removed, and ends at the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from mailtui.findings import Finding
from mailtui.services.configuration.lint.words import finding
from mailtui.services.configuration.outdated import outdated_parameter

_SAID = re.compile(r"postconf: (warning|fatal|error): (.*)")
_UNUSED = re.compile(r"(\S+): unused parameter: ([^=\s]+)=(.*)")
_TOLD_ELSEWHERE = re.compile(
    r"overriding earlier entry: |support for parameter |using backwards-compatible|#comment after other text"
)
"""``main_text`` and ``service`` tell of these with more to go by."""


def complaint_findings(said: str, known: Collection[str]) -> Iterator[Finding]:
    """``said`` is what postconf wrote on standard error; ``known`` are the parameters there are."""
    told: set[str] = set()
    for severity, words in _SAID.findall(said):
        if _TOLD_ELSEWHERE.search(words) or words in told:
            continue
        told.add(words)
        unused = _UNUSED.match(words)
        if unused:
            yield from _unused(unused[1], unused[2], unused[3], known)
        elif severity == "warning":
            yield finding("complaint", _subject(words), words, program="Postfix")
        else:
            yield finding("refused", _subject(words), words, program="Postfix", advice="Mend it before anything else.")


def _unused(file: str, name: str, value: str, known: Collection[str]) -> Iterator[Finding]:
    old = outdated_parameter(name)
    if old is None:
        near = get_close_matches(name, known, 1, 0.85)
        meant = f"Is {near[0]} meant?" if near else "Was it meant for another version? It can be taken away."
        yield finding("unknown", name, file, meant=meant, fix=_away(file, name))
    elif old.gone:
        yield finding("useless", name, file, advice=old.advice(value), fix=_away(file, name))


def _away(file: str, name: str) -> Sequence[str]:
    return ("mailtui", "config", "unset", "postfix", name) if file.endswith("main.cf") else ()


def _subject(words: str) -> str:
    """The file a sentence of Postfix is about."""
    return "master.cf" if "master.cf" in words or "field" in words else "main.cf"
