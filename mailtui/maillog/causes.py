"""What a status or reject text means: the first rule of ``data/causes.json`` that fits.

A text is made by our own Postfix (``L``), quoted from a remote server (``R``: ``host H[IP] said: REPLY``) or our
smtpd's refusal of somebody else's mail (``I``); rules marked ``A`` fit any. What a rule means where the server is one
of ours, on this machine or network, its ``local`` says. Codes: RFC 3463, the IANA registry of
enhanced status codes; wording: Postfix's source and the big providers' postmaster pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from typing import Any

from mailtui.maillog.data import table
from mailtui.maillog.model import Verdict
from mailtui.maillog.servers import QUOTED, is_ours, unwrapped

_REPLY_CODE = re.compile(r"[245](?:\d\d[ -]|\.\d{1,3}\.\d{1,3} )")
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_ANYWHERE = "LRI"
_LONGEST = 2000
"""Postfix logs no more of a reply; the rest of a longer text is not looked at."""

_ADDRESS = re.compile(r"[^\s<>()@,;:]{1,64}@[\w.-]{1,255}")
_IPV4 = re.compile(r"(?<![\d.])(?!127\.)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])")
_NUMBER = re.compile(r"(?<![\w.-])\d{5,}(?![\w.-])")


def classify(text: str, *, dsn: str = "", where: str = "", service: str = "", relay: str = "") -> Verdict | None:
    """The meaning of ``text``, or None where no rule fits.

    ``dsn`` is the code it was logged with; ``where`` is ``L``, ``R`` or ``I`` where that is known; ``service`` the
    daemon that logged it (smtpd and postscreen refuse others' mail); ``relay`` the server it was sent to, which may
    be ours, as may the one that the text names. A text of which nothing is known, as an operator types it, is looked
    for in all three.
    """
    told = text[: 2 * _LONGEST]
    text = unwrapped(told)[:_LONGEST]
    quoted = QUOTED.match(text)
    ours = is_ours(service, relay, told if quoted or where in ("", "L") else "")
    if quoted:
        where, text = "R", quoted["reply"]
    elif not where:
        where = "I" if service in ("smtpd", "postscreen") else "R" if _REPLY_CODE.match(text) else _ANYWHERE
    if dsn and not _ENHANCED.search(text):
        text = f"{text} {dsn}"
    # What an address says is no cause; and the same text comes thousands of times with others: one look for each shape.
    shape = _NUMBER.sub("0", _IPV4.sub("0.0.0.0", _ADDRESS.sub("a@b", text)))  # noqa: S104
    return next(filter(None, (_look_up(shape, place, ours) for place in where)), None)


@lru_cache(maxsize=4096)
def _look_up(text: str, where: str, ours: bool) -> Verdict | None:
    for rule in _rules():
        if rule.where in (where, "A") and rule.pattern.search(text):
            return rule.inbound if where == "I" else rule.local if ours else rule.verdict
    return None


class _Rule:
    """One row of ``causes.json``; its pattern is compiled when a text comes that far."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.where: str = row["where"]
        self.verdict = _verdict(row)
        self.inbound = _verdict({**row, **row.get("inbound", {})})
        self.local = _verdict({**row, **row.get("local", {})})
        self._regex: str = row["regex"]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The text it fits."""
        return re.compile(self._regex, re.IGNORECASE | re.DOTALL)


def _verdict(row: Mapping[str, str]) -> Verdict:
    return Verdict(row["id"], row["cause"], row["who"], row["meaning"], row["action"])


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(map(_Rule, table("causes")))
