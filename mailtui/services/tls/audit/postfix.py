"""What to say of Postfix's TLS settings, and what to set instead.

Sources: RFC 3207 4 (a public server must not require STARTTLS), RFC 8314, RFC 8996, RFC 9325, TLS_README, postconf(5).
No plan made here lets port 25 refuse a client that it took before: what requires TLS is only ever set for a service
of users, and by name where main.cf speaks for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mailtui.findings import Finding
from mailtui.services.postfix.tables import COMPILED, TABLE, kind_of
from mailtui.services.tls.audit.model import SET, Door, PostfixSite
from mailtui.services.tls.words import finding

LEVEL = "smtpd_tls_security_level"
WRAPPED = "smtpd_tls_wrappermode"
_LEVELS = frozenset({"", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure"})
_SERVER_LEVELS = frozenset({"", "none", "may", "encrypt"})
_PAIRS = (
    "smtpd_tls_cert_file",
    "smtpd_tls_key_file",
    "smtpd_tls_eccert_file",
    "smtpd_tls_eckey_file",
    "smtpd_tls_dcert_file",
    "smtpd_tls_dkey_file",
)

Rule = Callable[[PostfixSite], Iterator[Finding]]


def postfix_findings(site: PostfixSite) -> tuple[Finding, ...]:
    """Every rule's."""
    return tuple(one for rule in _RULES for one in rule(site))


def _mx_requires(site: PostfixSite) -> Iterator[Finding]:
    for door in site.doors:
        if door.role == "mx" and door.level == "encrypt" and not door.wrapped and not door.local:
            yield finding("audit.mx-encrypt", door.service, door.seen(LEVEL), fix=_relaxed(site, door))


def _relaxed(site: PostfixSite, door: Door) -> tuple[str, ...]:
    """``may`` for strangers; who had ``encrypt`` from main.cf and is for users keeps it by name."""
    if LEVEL in door.own:
        return (*SET, f"{door.scope}{LEVEL}=may")
    kept = [one for one in site.doors if one.role == "submission" and not one.wrapped and LEVEL not in one.own]
    return (*SET, f"{LEVEL}=may", *(f"{one.scope}{LEVEL}=encrypt" for one in kept))


def _wrapped(site: PostfixSite) -> Iterator[Finding]:
    """Clients of 25 and 587 wait for a greeting that never comes."""
    for door in site.doors:
        if door.wrapped and door.port in (25, 587):
            fix: tuple[str, ...]
            if WRAPPED in door.own:
                fix = (*SET, f"{door.scope}{WRAPPED}=no")
            else:
                others = [one for one in site.doors if one.port == 465 and WRAPPED not in one.own]
                fix = (*SET, f"{WRAPPED}=no", *(f"{one.scope}{WRAPPED}=yes" for one in others))
            yield finding("audit.wrapped", f"{door.service} {WRAPPED}", door.seen(WRAPPED), fix=fix)


def _bogus(site: PostfixSite) -> Iterator[Finding]:
    """``postfix check`` says nothing of it, and every smtpd dies."""
    for door in site.doors:
        said = door.values.get(LEVEL, "")
        if said.lower() not in _LEVELS:
            fix = (*SET, f"{door.place(LEVEL)}{LEVEL}=may")
            yield finding("audit.bogus-level", f"{door.service} {LEVEL}", door.seen(LEVEL), fix=fix, value=said)


def _submission(site: PostfixSite) -> Iterator[Finding]:
    for door in site.doors:
        if door.role == "submission" and door.level in _SERVER_LEVELS - {"encrypt"}:
            kind = "audit.submission-clear" if door.takes_clear_passwords and not door.local else "audit.submission"
            fix = (*SET, f"{door.scope}{LEVEL}=encrypt")
            yield finding(kind, f"{door.service} {LEVEL}", door.seen(LEVEL), fix=fix)


def _clear_passwords(site: PostfixSite) -> Iterator[Finding]:
    """Told once for all services that have it from main.cf."""
    name = "smtpd_tls_auth_only"
    clear = [door for door in site.doors if door.role == "mx" and door.takes_clear_passwords and door.level != "none"]
    for place in dict.fromkeys(door.place(name) for door in clear):
        doors = [door for door in clear if door.place(name) == place]
        kind = "audit.clear-local" if all(door.local for door in doors) else "audit.clear"
        evidence = [f"{door.service} takes AUTH before STARTTLS" for door in doors]
        subject = f"{doors[0].service} {name}" if place else name
        yield finding(kind, subject, [*doors[0].seen(name), *evidence], fix=(*SET, f"{place}{name}=yes"))
    for door in site.doors:
        if door.port == 25 and door.is_on("smtpd_sasl_auth_enable"):
            yield finding("audit.auth-25", door.service, door.seen("smtpd_sasl_auth_enable"))


def _mx_without(site: PostfixSite) -> Iterator[Finding]:
    names = ("smtpd_tls_chain_files", "smtpd_tls_cert_file", "smtpd_tls_eccert_file")
    for door in site.doors:
        if door.port == 25 and door.level == "none":
            has = any(door.values.get(name, "") not in ("", "none") for name in names)
            fix = (*SET, f"{door.place(LEVEL)}{LEVEL}=may") if has else ()
            yield finding("audit.mx-none", f"{door.service} {LEVEL}", door.seen(LEVEL), fix=fix)


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
                yield finding("audit.old-level", name, evidence, fix=(*SET, f"{side}_tls_security_level=may"))


def _ignored(site: PostfixSite) -> Iterator[Finding]:
    """``smtpd_tls_chain_files`` goes before all older parameters: a renewal of those is never served."""
    if site.main.get("smtpd_tls_chain_files"):
        names = [name for name in _PAIRS if name in site.set_here and site.main.get(name) not in ("", "none", None)]
        if names:
            evidence = [f"{name} = {site.main[name]}" for name in ("smtpd_tls_chain_files", *names)]
            fix = ("mailtui", "config", "unset", "postfix", *names)
            yield finding("audit.ignored", names[0], evidence, fix=fix)


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


_RULES: tuple[Rule, ...] = (
    _mx_requires,
    _wrapped,
    _bogus,
    _submission,
    _clear_passwords,
    _mx_without,
    _caches,
    _old_switches,
    _unlogged,
    _ignored,
    _no_submissions,
    _old_name,
)
