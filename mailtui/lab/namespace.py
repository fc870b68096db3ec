"""Root without root: Postfix needs several users, and a user name space gives them to anybody (user_namespaces(7)).

Whoever enters becomes root in there; the other users are those that ``/etc/subuid`` sets apart for them.
"""

from __future__ import annotations

import os
import subprocess
import sys

from mailtui.host.errors import HostError

_UNSHARE = ("unshare", "--user", "--map-root-user", "--map-auto")
_UNLOCK = (
    "run it with sudo, or set users apart for this one: "
    "sudo apt install uidmap && sudo usermod -v 100000-165535 -w 100000-165535 $USER"
)


def become_root() -> None:
    """Return as root, or start this program anew as the root of a name space of its own."""
    if os.geteuid() == 0:
        return
    refusal = _refusal()
    if refusal:
        raise HostError(f"only root can start Postfix, and this user gets no name space ({refusal})", unlock=_UNLOCK)
    os.execvp(_UNSHARE[0], [*_UNSHARE, sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - not a shell's work


def _refusal() -> str:
    """Why there is no name space, or nothing."""
    try:
        tried = subprocess.run(
            [*_UNSHARE, "true"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except OSError as error:
        return str(error)
    return (tried.stderr.strip() or "unshare failed") if tried.returncode else ""
