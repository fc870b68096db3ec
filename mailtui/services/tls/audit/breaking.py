"""Who would break if a finding were mended: added to its evidence, from the log's real logins."""

from __future__ import annotations

from dataclasses import replace

from mailtui.findings import Finding
from mailtui.services.tls.audit.model import PostfixSite
from mailtui.services.tls.logins import LoginBook, Way, logged_as

_MAILBOXES = ("imap", "pop3", "sieve")
_TLS = "without TLS"
_OLD = "with a version older than TLS 1.2"
_HERE = "this way"
_EITHER = "by either port"
_QUESTIONS = {
    "tls.audit.submission-clear": _TLS,
    "tls.audit.submission": _TLS,
    "tls.audit.clear": _TLS,
    "tls.audit.clear-local": _TLS,
    "tls.audit.dovecot-yes": _TLS,
    "tls.audit.old": _OLD,
    "tls.audit.old-local": _OLD,
    "tls.audit.old-mx": _OLD,
    "tls.audit.auth-25": _HERE,
    "tls.audit.plain": _EITHER,
}


def with_logins(finding: Finding, book: LoginBook, mail: PostfixSite | None) -> Finding:
    """The same, with who would break where that is the question."""
    question = _QUESTIONS.get(finding.id.partition(":")[0])
    if question is None:
        return finding
    doors = _doors(finding, mail)
    return replace(finding, evidence=(*finding.evidence, *book.evidence(_ways(book, question, doors), question)))


def _ways(book: LoginBook, question: str, doors: tuple[str, ...]) -> tuple[Way, ...]:
    if question == _TLS:
        return book.without_tls(*doors)
    return book.with_old_versions(*doors) if question == _OLD else book.through(*doors)


def _doors(finding: Finding, mail: PostfixSite | None) -> tuple[str, ...]:
    """What the log calls the services that a finding is about."""
    words = finding.subject.split()
    for door in mail.doors if mail else ():
        if door.service in words:
            return (logged_as(door.values.get("syslog_name", "")),)
    names = {word.partition("-login/")[0] for word in words if "-login/" in word}
    return tuple(name.replace("managesieve", "sieve") for name in names) or _MAILBOXES
