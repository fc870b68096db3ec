"""Who this runs as, and who there is."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine (passwd(5))."""

    name: str
    home: str
    shell: str = ""
    uid: int = 0


def user() -> str:
    """Name of the user this runs as, or its number where it has none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def perhaps_sudo(otherwise: str = "") -> str:
    """What to do about a failure that may be for lack of rights; ``otherwise`` where this is root already."""
    return "run mailtui with sudo" if os.geteuid() else otherwise


def account(name: str) -> Account | None:
    """The account of that name, if there is one."""
    try:
        found = pwd.getpwnam(name)
    except (KeyError, ValueError):
        return None
    return Account(found.pw_name, found.pw_dir, found.pw_shell, found.pw_uid)
