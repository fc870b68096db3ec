"""``Audit``: whether TLS is set and served as it should be today, and plans for what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.audit.breaking import with_logins
from mailtui.services.tls.audit.dovecot import dovecot_findings
from mailtui.services.tls.audit.outdated import outdated
from mailtui.services.tls.audit.ports import asks, port_findings
from mailtui.services.tls.audit.postfix import postfix_findings
from mailtui.services.tls.audit.sites import dovecot_site, postfix_site
from mailtui.services.tls.listeners import Listeners
from mailtui.services.tls.logins import LoginBook
from mailtui.services.tls.probe import served_by

T = TypeVar("T")


class Audit:
    """Of one Postfix and one Dovecot; everything is read and asked anew at each call."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def findings(self, book: LoginBook | None = None) -> tuple[Finding, ...]:
        """Everything, with who would break where ``book`` tells of logins.

        Takes a second; raises the first program's error where neither can be read.
        """
        postfix, dovecot = self._postfix.again(), self._dovecot.again()
        listeners = Listeners(self._tools, postfix, dovecot).configured()
        mail = _or_none(lambda: postfix_site(self._tools, postfix, listeners))
        boxes = _or_none(lambda: dovecot_site(self._tools, dovecot, listeners))
        asked = [one for one in listeners if one.tls and one.starttls is not None]
        answers = served_by(asks(asked))
        found = (
            *(postfix_findings(mail) if mail else ()),
            *(outdated("postfix", mail.version, mail.main, mail.set_here) if mail else ()),
            *(dovecot_findings(boxes) if boxes else ()),
            *(outdated("dovecot", boxes.version, boxes.values, boxes.set_here) if boxes else ()),
            *port_findings(asked, answers, mail, boxes),
        )
        return tuple(with_logins(one, book, mail) for one in found) if book else found


def _or_none(read: Callable[[], T]) -> T | None:
    """What is read; None where its program is not there, which its own check tells."""
    try:
        return read()
    except MailtuiError:
        return None
