"""Who looks at which machine: the left half of the title bar."""

from __future__ import annotations

import getpass
import os
import socket
from dataclasses import dataclass

from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class Identity:
    """Host, user and privilege of this console."""

    host: str
    user: str
    privileged: bool

    @classmethod
    def of_this_process(cls) -> Identity:
        """As the operating system says."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # a user ID without a passwd entry
            user = str(os.geteuid())
        return cls(clean(socket.gethostname()), clean(user), os.geteuid() == 0)
