"""Values that a Postfix daemon would not start with, and services that take passwords in clear text: postconf(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailtui.findings import Finding
from mailtui.services.configuration.lint.words import finding
from mailtui.services.postfix.config import MasterService, PostfixConfig

_INTEGER = re.compile(r"-?\d+")
_TIME = re.compile(r"\d+[smhdw]")
_TIME_VALUE = re.compile(r"\d+[smhdwSMHDW]?")
_OTHER = frozenset(("compatibility_level", "lmtp_tcp_port", "smtp_tcp_port", "smtpd_forbid_bare_newline"))
"""Parameters that take more than what their default looks like."""
_OTHER_ENDS = ("_tls_loglevel", "_feedback")
_LOOPBACK = ("127.", "[::1]", "localhost", "loopback")


def value_findings(postfix: PostfixConfig, defaults: Mapping[str, str]) -> Iterator[Finding]:
    """What is set in main.cf and for each service of master.cf, against the form that ``defaults`` have."""
    for name in postfix.set_here:
        yield from _form(name, name, postfix.get(name), defaults.get(name, ""))
    for service in postfix.services:
        for name, value in service.overrides:
            yield from _form(f"{service.name}/{service.type}/{name}", name, value, defaults.get(name, ""))
    yield from _cleartext(postfix)


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


def _cleartext(postfix: PostfixConfig) -> Iterator[Finding]:
    for service in postfix.services:
        if service.type == "inet" and service.command.split(" ", 1)[0] == "smtpd":
            yield from _of_smtpd(postfix, service)


def _of_smtpd(postfix: PostfixConfig, service: MasterService) -> Iterator[Finding]:
    own = dict(service.overrides)
    get = {name: own.get(name, postfix.get(name)) for name in _ASKED}
    if get["smtpd_sasl_auth_enable"] != "yes":
        return
    subject = f"{service.name}/inet"
    crypted = get["smtpd_tls_security_level"] == "encrypt" or "yes" in (
        get["smtpd_tls_wrappermode"],
        get["smtpd_tls_auth_only"],
    )
    hosts = service.name.rpartition(":")[0] or postfix.get("inet_interfaces")
    if not crypted and not hosts.startswith(_LOOPBACK):
        level = get["smtpd_tls_security_level"] or "none"
        evidence = f"smtpd_sasl_auth_enable = yes, smtpd_tls_auth_only = no, smtpd_tls_security_level = {level}"
        name = f"{subject}/smtpd_tls_auth_only" if "smtpd_sasl_auth_enable" in own else "smtpd_tls_auth_only"
        fix = ("mailtui", "config", "set", "postfix", f"{name}=yes") if level != "none" else ()
        yield finding("cleartext", subject, evidence, fix=fix)


_ASKED = (
    "smtpd_sasl_auth_enable",
    "smtpd_tls_security_level",
    "smtpd_tls_wrappermode",
    "smtpd_tls_auth_only",
)
