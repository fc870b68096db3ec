"""Why the queue's tools refuse this user, and what would let them."""

from __future__ import annotations

import shlex
import shutil
import sys

from mailtui.host.errors import HostError, MailtuiError, PermissionDenied, ToolFailed
from mailtui.host.users import user
from mailtui.services.postfix.config import PostfixConfig

_DOWN = "mail system is down"
_UNREADABLE = "malformed showq server response"
_NOT_ALLOWED = "not allowed to view the mail queue"
_NO_SUCH_INSTANCE = "unauthorized configuration directory"


def sudo_rule() -> str:
    """The line for sudoers(5) that lets this user run mailtui as root."""
    program = shutil.which("mailtui") or shlex.quote(sys.argv[0])
    return f"{user()} ALL=(root) {program}"


def listing_refused(error: ToolFailed, postfix: PostfixConfig) -> MailtuiError:
    """What a failure of postqueue(1) means; it says it in English, whatever the locale."""
    said = error.stderr
    if _NOT_ALLOWED in said:
        return PermissionDenied(
            f"{user()} may not list the queue: authorized_mailq_users does not name this user",
            unlock=f"postconf -e 'authorized_mailq_users = {_with_user(postfix)}', or sudo by the rule: {sudo_rule()}",
        )
    if _NO_SUCH_INSTANCE in said:
        return PermissionDenied(
            "only root may use this Postfix configuration directory",
            unlock=f"name it in alternate_config_directories, or sudo by the rule: {sudo_rule()}",
        )
    if _UNREADABLE in said:
        return HostError(
            "the queue cannot be listed: showq(8) ended early",
            unlock="postfix check and the mail log say why; before its first start Postfix lacks some queue folders",
        )
    if _DOWN in said:
        return HostError(
            "Postfix is stopped: nobody but root can list its queue now",
            unlock=f"postfix start, or sudo by the rule: {sudo_rule()}",
        )
    return error


def _with_user(postfix: PostfixConfig) -> str:
    """``authorized_mailq_users`` with this user in front, since the first match counts (postconf(5))."""
    before = postfix.get("authorized_mailq_users")
    return f"{user()}, {before}" if before else user()
