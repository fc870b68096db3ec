"""What is wrong with the text of master.cf: master(5), "SYNTAX"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.configuration.cf_text import Logical, logical_lines
from mailtui.services.configuration.lint.main_text import TYPOGRAPHIC
from mailtui.services.configuration.lint.words import finding

_SPACED = re.compile(r"-o\s+(\w+)\s+=\s*(\S*)")


def master_findings(file: str, text: str) -> Iterator[Finding]:
    """What its text says that its writer did not mean."""
    for one in logical_lines(text):
        subject = " ".join(one.text.split()[:2])
        for line in one.lines:
            evidence = f"{file}:{line.number}: {line.text.strip()}"
            if not line.text.isascii():
                kind = "dash" if TYPOGRAPHIC.search(line.text) else "foreign"
                yield finding(kind, subject, evidence)
            if spaced := _SPACED.search(line.text):
                yield finding("spaced", subject, evidence, right=f"-o {spaced[1]}={spaced[2]}")
        if one.text.startswith("-"):
            yield finding("unindented", subject, f"{file}:{one.number}: {_first(one)}")


def _first(one: Logical) -> str:
    return one.lines[0].text.strip()
