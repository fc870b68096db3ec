"""What the checks of the DNS say: rows of ``said/*.json`` (severity, title, advice) with the words of this case."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.findings import Finding
from mailtui.services.dns.answers import Answer
from mailtui.text import clean


def say(
    topic: str,
    kind: str,
    subject: str,
    evidence: Iterable[str] = (),
    *,
    of: str = "",
    fix: tuple[str, ...] = (),
    **words: object,
) -> Finding:
    """A finding of ``topic``; ``of`` tells apart several of a kind about the same subject. ``words`` and the
    subject fill the text.
    """
    row = _rows(topic)[kind]
    filled = {name: clean(str(word)) for name, word in {"subject": subject, **words}.items()}
    return Finding(
        f"dns.{topic}.{kind}:{clean(subject)}{'/' * bool(of)}{clean(of)}",
        row["severity"],
        "dns",
        clean(subject),
        row["title"].format_map(filled),
        tuple(map(clean, evidence)),
        row.get("advice", "").format_map(filled),
        fix or tuple(part.format(subject=subject) for part in row.get("fix", ())),
    )


def unknown(topic: str, answer: Answer, subject: str) -> Finding:
    """That something could not be told, which is neither good nor bad."""
    return say("any", f"unknown-{answer.state}", subject, answer.evidence(), of=topic, what=answer.type)


@cache
def _rows(topic: str) -> dict[str, Any]:
    rows: dict[str, Any] = json.loads(files(__package__).joinpath(f"said/{topic}.json").read_text(encoding="utf-8"))
    return rows
