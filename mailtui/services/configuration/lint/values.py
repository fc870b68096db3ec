"""Values that a Postfix daemon would not start with: postconf(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailtui.findings import Finding
from mailtui.services.configuration.lint.words import finding
from mailtui.services.postfix.config import PostfixConfig

_INTEGER = re.compile(r"-?\d+")
_TIME = re.compile(r"\d+[smhdw]")
_TIME_VALUE = re.compile(r"\d+[smhdwSMHDW]?")
_OTHER = frozenset(("compatibility_level", "lmtp_tcp_port", "smtp_tcp_port", "smtpd_forbid_bare_newline"))
"""Parameters that take more than what their default looks like."""
_OTHER_ENDS = ("_tls_loglevel", "_feedback")


def value_findings(postfix: PostfixConfig, defaults: Mapping[str, str]) -> Iterator[Finding]:
    """What is set in main.cf and for each service of master.cf, against the form that ``defaults`` have."""
    for name in postfix.set_here:
        yield from _form(name, name, postfix.get(name), defaults.get(name, ""))
    for service in postfix.services:
        for name, value in service.overrides:
            yield from _form(f"{service.name}/{service.type}/{name}", name, value, defaults.get(name, ""))


def _form(subject: str, name: str, value: str, default: str) -> Iterator[Finding]:
    """A daemon ends with "bad boolean configuration" and the like."""
    if name in _OTHER or name.endswith(_OTHER_ENDS) or "$" in value:
        return
    evidence = f"{subject} = {value}"
    if default in ("yes", "no") and value.lower() not in ("yes", "no"):
        yield finding("boolean", subject, evidence)
    elif _INTEGER.fullmatch(default) and not _INTEGER.fullmatch(value):
        yield finding("number", subject, evidence)
    elif _TIME.fullmatch(default) and not _TIME_VALUE.fullmatch(value):
        yield finding("time", subject, evidence)
