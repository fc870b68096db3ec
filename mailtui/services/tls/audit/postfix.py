"""What to say of Postfix's TLS settings, and what to set instead.

Sources: RFC 3207 4 (a public server must not require STARTTLS), RFC 8314, RFC 8996, RFC 9325, TLS_README, postconf(5).
No plan made here lets port 25 refuse a client that it took before: what requires TLS is only ever set for a service
of users, and by name where main.cf speaks for both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mailtui.findings import Finding
from mailtui.services.postfix.tables import COMPILED, TABLE, file_of, kind_of
from mailtui.services.tls.audit.model import Door, PostfixSite
from mailtui.services.tls.words import finding

LEVEL = "smtpd_tls_security_level"
WRAPPED = "smtpd_tls_wrappermode"
MANDATORY = "smtpd_tls_mandatory_protocols"
_LEVELS = frozenset({"", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure"})
_SERVER_LEVELS = frozenset({"", "none", "may", "encrypt"})
_TO_EVERYBODY = frozenset({"encrypt", "fingerprint", "verify", "secure", "dane-only"})
_PAIRS = (
    "smtpd_tls_cert_file",
    "smtpd_tls_key_file",
    "smtpd_tls_eccert_file",
    "smtpd_tls_eckey_file",
    "smtpd_tls_dcert_file",
    "smtpd_tls_dkey_file",
)
_BOUNDS = (3, 6)
"""From here on ``>=TLSv1.2`` is understood."""
_OLD = ("TLSv1", "TLSv1.1")
_SET = ("mailtui", "config", "set", "postfix")

Rule = Callable[[PostfixSite], Iterator[Finding]]


def postfix_findings(site: PostfixSite) -> tuple[Finding, ...]:
    """Every rule's."""
    return tuple(one for rule in _RULES for one in rule(site))


def modern(site: PostfixSite) -> str:
    """TLS 1.2 and later, as this Postfix writes it."""
    return ">=TLSv1.2" if site.version >= _BOUNDS else "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1"


def mandatory_fix(site: PostfixSite, door: Door) -> tuple[str, ...]:
    """Sets TLS 1.2 as the least for a service that requires TLS: in main.cf, where that concerns no stranger."""
    strangers = any(one.role == "mx" and one.level == "encrypt" for one in site.doors)
    scope = _scope(door) if strangers or MANDATORY in door.own else ""
    return (*_SET, f"{scope}{MANDATORY}={modern(site)}")


def _mx_requires(site: PostfixSite) -> Iterator[Finding]:
    for door in site.doors:
        if door.role == "mx" and door.level == "encrypt" and not door.wrapped and not door.local:
            yield finding("audit.mx-encrypt", door.service, _seen(door, LEVEL), fix=_relaxed(site, door))


def _relaxed(site: PostfixSite, door: Door) -> tuple[str, ...]:
    """``may`` for strangers; who had ``encrypt`` from main.cf and is for users keeps it by name."""
    if LEVEL in door.own:
        return (*_SET, f"{_scope(door)}{LEVEL}=may")
    kept = [one for one in site.doors if one.role == "submission" and not one.wrapped and LEVEL not in one.own]
    return (*_SET, f"{LEVEL}=may", *(f"{_scope(one)}{LEVEL}=encrypt" for one in kept))


def _wrapped(site: PostfixSite) -> Iterator[Finding]:
    """Clients of 25 and 587 wait for a greeting that never comes."""
    for door in site.doors:
        if door.wrapped and door.port in (25, 587):
            fix: tuple[str, ...]
            if WRAPPED in door.own:
                fix = (*_SET, f"{_scope(door)}{WRAPPED}=no")
            else:
                others = [one for one in site.doors if one.port == 465 and WRAPPED not in one.own]
                fix = (*_SET, f"{WRAPPED}=no", *(f"{_scope(one)}{WRAPPED}=yes" for one in others))
            yield finding("audit.wrapped", f"{door.service} {WRAPPED}", _seen(door, WRAPPED), fix=fix)


def _bogus(site: PostfixSite) -> Iterator[Finding]:
    """``postfix check`` says nothing of it, and every smtpd dies."""
    for door in site.doors:
        said = door.values.get(LEVEL, "")
        if said.lower() not in _LEVELS:
            fix = (*_SET, f"{_place(door, LEVEL)}{LEVEL}=may")
            yield finding("audit.bogus-level", f"{door.service} {LEVEL}", _seen(door, LEVEL), fix=fix, value=said)


def _submission(site: PostfixSite) -> Iterator[Finding]:
    for door in site.doors:
        if door.role == "submission" and door.level in _SERVER_LEVELS - {"encrypt"}:
            kind = "audit.submission-clear" if door.takes_clear_passwords and not door.local else "audit.submission"
            fix = (*_SET, f"{_scope(door)}{LEVEL}=encrypt")
            yield finding(kind, f"{door.service} {LEVEL}", _seen(door, LEVEL), fix=fix)


def _clear_passwords(site: PostfixSite) -> Iterator[Finding]:
    for door in site.doors:
        if door.role == "mx" and door.takes_clear_passwords and door.level != "none":
            kind = "audit.clear-local" if door.local else "audit.clear"
            fix = (*_SET, f"{_place(door, 'smtpd_tls_auth_only')}smtpd_tls_auth_only=yes")
            yield finding(kind, f"{door.service} smtpd_tls_auth_only", _seen(door, "smtpd_tls_auth_only"), fix=fix)
        if door.port == 25 and door.is_on("smtpd_sasl_auth_enable"):
            yield finding("audit.auth-25", door.service, _seen(door, "smtpd_sasl_auth_enable"))


def _mx_without(site: PostfixSite) -> Iterator[Finding]:
    names = ("smtpd_tls_chain_files", "smtpd_tls_cert_file", "smtpd_tls_eccert_file")
    for door in site.doors:
        if door.port == 25 and door.level == "none":
            has = any(door.values.get(name, "") not in ("", "none") for name in names)
            fix = (*_SET, f"{_place(door, LEVEL)}{LEVEL}=may") if has else ()
            yield finding("audit.mx-none", f"{door.service} {LEVEL}", _seen(door, LEVEL), fix=fix)


def _outgoing(site: PostfixSite) -> Iterator[Finding]:
    level = site.main.get("smtp_tls_security_level", "").lower()
    evidence = (f"smtp_tls_security_level = {level}",)
    if level in ("", "none") and "yes" not in (site.main.get("smtp_use_tls"), site.main.get("smtp_enforce_tls")):
        yield finding("audit.out-none", "smtp_tls_security_level", evidence)
    elif level in _TO_EVERYBODY and not site.main.get("relayhost"):
        yield finding("audit.out-encrypt", "smtp_tls_security_level", evidence)
    elif level not in _LEVELS:
        yield finding("audit.out-bogus", "smtp_tls_security_level", evidence, value=level)
    if level.startswith("dane") and site.main.get("smtp_dns_support_level") != "dnssec":
        yield finding("audit.dane-dns", "smtp_dns_support_level", evidence)


def version_findings(site: PostfixSite) -> Iterator[Finding]:
    """Old versions as they are set; what ports really take is ``audit/ports.py``."""
    for door in site.doors:
        versions = " and ".join(old_versions(door.values.get(MANDATORY, "")))
        if door.role == "submission" and door.level == "encrypt" and versions:
            fix = mandatory_fix(site, door)
            kind = "audit.old-local" if door.local else "audit.old"
            yield finding(kind, f"{door.service} {MANDATORY}", _seen(door, MANDATORY), fix=fix, versions=versions)


def old_versions(protocols: str) -> tuple[str, ...]:
    """Those that a list of protocols lets in: ``>=TLSv1``, ``!SSLv3,!TLSv1``, ``TLSv1.2 TLSv1.3``."""
    listed = [word for word in re.split(r"[,:\s]+", protocols) if word]
    least = next((word.removeprefix(">=") for word in listed if word.startswith(">=")), "")
    named = [word for word in listed if word[0] not in "!<>"]
    return tuple(
        version
        for version in _OLD
        if f"!{version}" not in listed
        and (not named or version in named)
        and (not least or least in ("0", "SSLv3") or (least in _OLD and _OLD.index(least) <= _OLD.index(version)))
    )


def _caches(site: PostfixSite) -> Iterator[Finding]:
    for name in ("smtpd_tls_session_cache_database", "smtp_tls_session_cache_database"):
        table = site.main.get(name, "")
        kind = kind_of(table) if TABLE.match(table) else ""
        if site.types and kind in COMPILED and kind not in site.types:
            fix = ("mailtui", "config", "unset", "postfix", name)
            yield finding("audit.cache", name, (f"{name} = {table}",), fix=fix, type=kind)


def _old_switches(site: PostfixSite) -> Iterator[Finding]:
    """``smtpd_use_tls`` and its kin: ignored where a level is set, translated where none is."""
    for side in ("smtpd", "smtp"):
        level = site.main.get(f"{side}_tls_security_level", "")
        for name in (f"{side}_use_tls", f"{side}_enforce_tls"):
            if name not in site.set_here:
                continue
            evidence = (f"{name} = {site.main.get(name, '')}", f"{side}_tls_security_level = {level}")
            if level or site.main.get(name, "").lower() != "yes":
                yield finding("audit.old-switch", name, evidence, fix=("mailtui", "config", "unset", "postfix", name))
            else:
                yield finding("audit.old-level", name, evidence, fix=(*_SET, f"{side}_tls_security_level=may"))


def _ignored(site: PostfixSite) -> Iterator[Finding]:
    """``smtpd_tls_chain_files`` goes before all older parameters: a renewal of those is never served."""
    if site.main.get("smtpd_tls_chain_files"):
        names = [name for name in _PAIRS if name in site.set_here and site.main.get(name) not in ("", "none", None)]
        if names:
            evidence = [f"{name} = {site.main[name]}" for name in ("smtpd_tls_chain_files", *names)]
            fix = ("mailtui", "config", "unset", "postfix", *names)
            yield finding("audit.ignored", names[0], evidence, fix=fix)


def _starred(site: PostfixSite) -> Iterator[Finding]:
    """``* encrypt``, as guides have it: there is no such default (postconf(5), ``smtp_tls_policy_maps``)."""
    for table in site.starred:
        fix = ("mailtui", "map", "unset", file_of(table), "*") if file_of(table) else ()
        yield finding("audit.starred", table, (f"smtp_tls_policy_maps = {table}",), fix=fix)


def _old_name(site: PostfixSite) -> Iterator[Finding]:
    for door in site.doors:
        if door.service.startswith("smtps/"):
            yield finding("audit.smtps", door.service)


def _no_submissions(site: PostfixSite) -> Iterator[Finding]:
    users = [door for door in site.doors if door.role == "submission" and not door.local]
    if users and not any(door.wrapped for door in users):
        yield finding("audit.no-submissions", users[0].service)


def _unlogged(site: PostfixSite) -> Iterator[Finding]:
    if site.main.get("smtpd_tls_loglevel") == "0" and any(door.level != "none" for door in site.doors):
        yield finding("audit.loglevel", "smtpd_tls_loglevel", ("smtpd_tls_loglevel = 0",))


def _scope(door: Door) -> str:
    return f"{door.service}/"


def _place(door: Door, name: str) -> str:
    """Where a parameter of a door is to be set: where it is set now."""
    return _scope(door) if name in door.own else ""


def _seen(door: Door, name: str) -> tuple[str, ...]:
    where = door.service if name in door.own else "main.cf"
    return (f"{where}: {name} = {door.values.get(name, '')}",)


_RULES: tuple[Rule, ...] = (
    _mx_requires,
    _wrapped,
    _bogus,
    _submission,
    _clear_passwords,
    _mx_without,
    _outgoing,
    _caches,
    _old_switches,
    _unlogged,
    _ignored,
    _no_submissions,
    _starred,
    _old_name,
)
