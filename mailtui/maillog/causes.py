"""What a status or reject text means: the first rule of ``data/causes.json`` that fits.

A text is made by our own Postfix (``L``), quoted from a remote server (``R``: ``host H[IP] said: REPLY``) or our
smtpd's refusal of somebody else's mail (``I``); rules marked ``A`` fit any. Codes: RFC 3463, the IANA registry of
enhanced status codes; wording: Postfix's source and the big providers' postmaster pages.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from mailtui.maillog.data import table
from mailtui.maillog.model import Verdict

_SUSPENDED = "delivery temporarily suspended: "
_QUOTED = re.compile(
    r"host (?P<host>\S+) (?:said|refused to talk to me): "
    r"(?P<reply>.*?)(?: \(in reply to (?P<command>[^)]*) command\)?)?$",
    re.DOTALL,
)
_REPLY_CODE = re.compile(r"[245]\d\d[ -]")
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_REPEATED_CODE = re.compile(r"(?<=\s)[245]\d\d[- ](?:[245]\.\d{1,3}\.\d{1,3} )?")
_LONGEST = 2000
"""Postfix logs no more of a reply; the rest of a longer text is not looked at."""

_ADDRESS = re.compile(r"<[^<>]{0,320}>")
_IPV4 = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}")
_NUMBER = re.compile(r"\d{4,}")


def classify(text: str, *, dsn: str = "", where: str = "", service: str = "") -> Verdict | None:
    """The meaning of ``text``, or None where no rule fits.

    ``dsn`` is the code it was logged with; ``where`` is ``L``, ``R`` or ``I`` where that is known; ``service`` the
    daemon that logged it (smtpd and postscreen refuse others' mail).
    """
    text = unwrapped(text)[:_LONGEST]
    quoted = _QUOTED.match(text)
    if quoted:
        where, text = "R", quoted["reply"]
    elif not where:
        where = "I" if service in ("smtpd", "postscreen") else "R" if _REPLY_CODE.match(text) else "L"
    if dsn and not _ENHANCED.search(text):
        text = f"{text} {dsn}"
    # The same text comes thousands of times with other addresses and numbers: one look for each shape.
    return _look_up(_NUMBER.sub("0", _IPV4.sub("0.0.0.0", _ADDRESS.sub("<a@b>", text))), where)  # noqa: S104


def unwrapped(text: str) -> str:
    """The text behind qmgr's ``delivery temporarily suspended: ``, which repeats the first failure."""
    while text.startswith(_SUSPENDED):
        text = text[len(_SUSPENDED) :]
    return text


def said(text: str) -> str:
    """A remote reply for reading: without the codes that every line of a multi-line reply repeats."""
    return _REPEATED_CODE.sub("", unwrapped(text))


def rule(name: str) -> Verdict:
    """The verdict of the rule with this id."""
    return next(verdict for _, _, verdict in _rules() if verdict.rule == name)


@lru_cache(maxsize=4096)
def _look_up(text: str, where: str) -> Verdict | None:
    for allowed, pattern, verdict in _rules():
        if allowed in (where, "A") and pattern.search(text):
            return verdict
    return None


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str], Verdict], ...]:
    return tuple(
        (
            row["where"],
            re.compile(row["regex"], re.IGNORECASE | re.DOTALL),
            Verdict(row["id"], row["cause"], row["who"], row["meaning"], row["action"]),
        )
        for row in table("causes")
    )
