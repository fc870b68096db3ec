"""``Audit``: whether TLS is set and served as it should be today, and plans for what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.audit.breaking import with_logins
from mailtui.services.tls.audit.dovecot import dovecot_findings
from mailtui.services.tls.audit.model import DovecotSite, PostfixSite
from mailtui.services.tls.audit.outdated import outdated
from mailtui.services.tls.audit.outgoing import outgoing_findings
from mailtui.services.tls.audit.ports import asks, port_findings
from mailtui.services.tls.audit.postfix import postfix_findings
from mailtui.services.tls.audit.sites import dovecot_site, postfix_site
from mailtui.services.tls.audit.versions import version_findings
from mailtui.services.tls.listeners import configured
from mailtui.services.tls.logins import LoginBook
from mailtui.services.tls.probe import served_by

T = TypeVar("T")


class Audit:
    """Of one Postfix and one Dovecot; everything is read and asked anew at each call."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def findings(self, book: LoginBook | None = None, *, ask: bool = True) -> tuple[Finding, ...]:
        """Everything, with who would break where ``book`` tells of logins.

        ``ask`` for old versions at every port: each refusal is a line in the servers' logs, so that what looks all day
        does without. Raises the first program's error where neither can be read.
        """
        postfix, dovecot = self._postfix.held(), self._dovecot.held()
        listeners = configured(self._tools, postfix, dovecot)
        mail = _or_none(lambda: postfix_site(self._tools, postfix, listeners))
        boxes = _or_none(lambda: dovecot_site(self._tools, dovecot, listeners))
        found = [*_of_postfix(mail)] if mail else []
        found += _of_dovecot(boxes) if boxes else []
        if ask:
            asked = [one for one in listeners if one.tls and one.starttls is not None]
            found += port_findings(asked, served_by(asks(asked)), mail, boxes)
        elif mail:
            found += version_findings(mail)
        return tuple(with_logins(one, book, mail) if book else one for one in found)


def _of_postfix(site: PostfixSite) -> Iterator[Finding]:
    yield from postfix_findings(site)
    yield from outgoing_findings(site)
    yield from outdated("postfix", site.version, site.main, site.set_here)


def _of_dovecot(site: DovecotSite) -> Iterator[Finding]:
    yield from dovecot_findings(site)
    yield from outdated("dovecot", site.version, site.values, site.set_here)


def _or_none(read: Callable[[], T]) -> T | None:
    """What is read; None where its program is not there, which its own check tells."""
    try:
        return read()
    except MailtuiError:
        return None
