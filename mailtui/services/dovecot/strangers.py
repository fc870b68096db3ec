"""Whom Dovecot tells nothing: questions it would refuse, and write to its log as errors, are not asked.

Its socket ``auth-userdb`` is everybody's (mode 0666) by default. Who connects and is neither root nor its owner, nor of
its group, is told only of users whose userdb entry has its own user ID in it: ``mail_uid``, which fills in what an
entry lacks, is not asked (``user_verify_restricted_uid``). A list of users or a look into passdb is refused. It is so
in 2.3 and 2.4 (``auth_master_connection_set_permissions`` in src/auth/auth-master-connection.c). With any other mode
the kernel keeps strangers out, of which Dovecot hears nothing.
"""

from __future__ import annotations

import os
import pwd
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from mailtui.host.errors import MailtuiError, PermissionDenied

_EVERYBODYS = 0o666
_PASSWD = re.compile(r"^ *driver = passwd$|^userdb passwd \{", re.MULTILINE)
_USERDB = re.compile(r"^userdb\b.*?^\}", re.MULTILINE | re.DOTALL)
_UID = re.compile(r"\buid(?::default)? *= *([^\s;%]+)")
"""In a userdb's arguments (2.3) or fields (2.4)."""
_MAY_HAVE_UID = re.compile(r"\bpasswd-file\b|\buid\b")
"""A userdb whose entries may have one each: in a field of a file, or asked for by a query (2.4 shows it)."""


class Settings(Protocol):
    """What is asked of ``DovecotConfig``."""

    @property
    def text(self) -> str:
        """What differs from the defaults."""

    def get(self, name: str) -> str:
        """Value of a setting."""


def refuse_strangers(config: Settings, user: str = "") -> None:
    """Raises PermissionDenied where Dovecot would not tell us of ``user``; without one, of passdb or of all users."""
    if os.geteuid() == 0 or not _restricted(config):
        return
    if user and _perhaps_ours(config, user):
        return
    told = "tells of users without our own uid in userdb" if user else "lists its users, and says who may log in,"
    raise PermissionDenied(f"Dovecot {told} to root alone", unlock="run mailtui with sudo")


def _restricted(config: Settings) -> bool:
    """Whether we may connect, and are a stranger then; False where that cannot be told."""
    with suppress(MailtuiError, OSError):
        facts = (Path(config.get("base_dir")) / "auth-userdb").stat()
        known = os.geteuid() == facts.st_uid or os.getegid() == facts.st_gid
        return stat.S_IMODE(facts.st_mode) == _EVERYBODYS and not known
    return False


def _perhaps_ours(config: Settings, user: str) -> bool:
    """Whether userdb may have our uid for ``user``: as a user of this machine, or as the one all mail belongs to."""
    names = {str(os.geteuid())}
    with suppress(KeyError):
        names.add(pwd.getpwuid(os.geteuid()).pw_name)
    with suppress(MailtuiError):
        if user.partition("@")[0] in names and _PASSWD.search(config.text):
            return True
        entries = "\n".join(_USERDB.findall(config.text))
        written = set(_UID.findall(entries))
        if _MAY_HAVE_UID.search(_UID.sub("", entries)):
            written.add(config.get("mail_uid"))
        return not names.isdisjoint(written)
    return False
