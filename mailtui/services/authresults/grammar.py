"""The grammar of Authentication-Results (RFC 8601, 2.2), of its ARC form (RFC 8617, 4.1.1) and Received-SPF (RFC 7208).

Strangers write these fields: what does not fit the grammar is left out and said to be so, and nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mailtui.services.authresults.model import Result
from mailtui.text import clean

LONGEST = 16_384
"""Letters of one field that are read."""
_MOST_RESULTS = 100
_METHOD = re.compile(r"\s*([A-Za-z][\w-]{0,40})\s*(?:/\s*\d+\s*)?=\s*([A-Za-z][\w-]{0,40})(?=\s|$)")
_PROPERTY = re.compile(r"\s*([A-Za-z][\w-]{0,40})\s*\.\s*([\w-]{1,60})\s*=\s*(\x00\d+\x00|[^\s;]+)")
_REASON = re.compile(r"\s*reason\s*=\s*(\x00\d+\x00|[^\s;]+)", re.IGNORECASE)
_HELD = re.compile(r"\x00(\d+)\x00")
_COMMENT = re.compile(r"\x01(\d+)\x01")
_ARC = re.compile(r"\s*i\s*=\s*\d{1,3}\s*;")
_SPF = re.compile(r"\s*([A-Za-z]{3,12})\b")
_PAIR = re.compile(r"([\w-]{1,40})\s*=\s*(\x00\d+\x00|[^\s;]+)")
_SPF_NAMES = {"envelope-from": "smtp.mailfrom", "helo": "smtp.helo", "client-ip": "policy.iprev"}


class Parsed(NamedTuple):
    """One field's content."""

    authserv_id: str
    results: tuple[Result, ...]
    problem: str


def parse(value: str, *, arc: bool = False) -> Parsed:
    """What a field says; ``arc`` for ARC-Authentication-Results, which begins with an instance."""
    text, held, comments = _without_comments(value[:LONGEST])
    if arc and (instance := _ARC.match(text)):
        text = text[instance.end() :]
    head, *parts = text.split(";")
    words = _COMMENT.sub(" ", head).split()
    who = _restored(words[0], held) if words else ""
    results: list[Result] = []
    strange = 0
    for part in parts[:_MOST_RESULTS]:
        if _COMMENT.sub("", part).strip().lower() in ("", "none"):
            continue
        result = _result(part, held, comments)
        results += [result] if result else []
        strange += result is None
    problem = "" if who else "it does not say who checked"
    return Parsed(who, tuple(results), f"{strange} of its parts cannot be read" if strange else problem)


def parse_received_spf(value: str) -> Parsed:
    """Received-SPF: a result, then names and values; who checked stands in ``receiver``."""
    text, held, comments = _without_comments(value[:LONGEST])
    text = _COMMENT.sub(" ", text)
    found = _SPF.match(text)
    if not found:
        return Parsed("", (), "it cannot be read")
    pairs = {name.lower(): _restored(value, held) for name, value in _PAIR.findall(text)}
    known = tuple((_SPF_NAMES[name], value) for name, value in pairs.items() if name in _SPF_NAMES)
    comment = clean(comments[0]) if comments else ""
    return Parsed(pairs.get("receiver", ""), (Result("spf", found[1].lower(), "", known, comment),), "")


def _result(part: str, held: list[str], comments: list[str]) -> Result | None:
    text = _COMMENT.sub(" ", part)
    found = _METHOD.match(text)
    if not found:
        return None
    rest = text[found.end() :]
    reason = _REASON.match(rest)
    names = tuple((f"{kind}.{name}".lower(), _restored(value, held)) for kind, name, value in _PROPERTY.findall(rest))
    aside = _COMMENT.search(part)
    comment = clean(comments[int(aside[1])]) if aside else ""
    return Result(found[1].lower(), found[2].lower(), _restored(reason[1], held) if reason else "", names, comment)


def _without_comments(value: str) -> tuple[str, list[str], list[str]]:
    """Comments and quoted strings as numbers between controls of their own; and both apart."""
    held: list[str] = []
    comments: list[str] = []
    out: list[str] = []
    letters = iter(value.replace("\x00", " ").replace("\x01", " "))
    for letter in letters:
        if letter == '"':
            held.append(_quoted(letters))
            out.append(f"\x00{len(held) - 1}\x00")
        elif letter == "(":
            comments.append(_comment(letters))
            out.append(f"\x01{len(comments) - 1}\x01")
        else:
            out.append(letter)
    return "".join(out), held, comments


def _quoted(letters: Iterator[str]) -> str:
    found: list[str] = []
    for letter in letters:
        if letter == '"':
            break
        found.append(next(letters, "") if letter == "\\" else letter)
    return "".join(found)


def _comment(letters: Iterator[str]) -> str:
    """Up to the parenthesis that closes it; comments nest."""
    found: list[str] = []
    depth = 1
    for letter in letters:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if not depth:
            break
        found.append(next(letters, "") if letter == "\\" else letter)
    return " ".join("".join(found).split())


def _restored(text: str, held: list[str]) -> str:
    """With its quoted strings back in place, cleaned."""
    return clean(_HELD.sub(lambda found: held[int(found[1])], text).strip())
