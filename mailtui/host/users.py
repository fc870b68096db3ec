"""Who this runs as."""

from __future__ import annotations

import os
import pwd


def user() -> str:
    """Name of the user this runs as, or its number where it has none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
