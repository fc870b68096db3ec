"""Who makes a change, as the journal names them."""

from __future__ import annotations

import os
import pwd

from mailtui.changes.encoding import told
from mailtui.text import clean

_MAX_NAME = 100


def operator() -> str:
    """The person's login name where sudo tells it, with the user it runs as."""
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a user ID without a passwd entry
        user = str(os.geteuid())
    person = os.environ.get("SUDO_USER", "")
    name = f"{person} as {user}" if person and person != user else user
    return clean(told(name, _MAX_NAME))
