"""Where Sieve scripts are, as Dovecot 2.4 has it: a block ``sieve_script`` for each.

Source: doc.dovecot.org, "Sieve: Upgrading Pigeonhole 0.5 to 2.4".
"""

from __future__ import annotations

import re

from mailtui.services.configuration.model import Setting
from mailtui.services.configuration.translate.location import new_variables

_KIND = re.compile(r"sieve(?:_(before|after|default|global|discard)(\d*))?$")


def scripts(name: str, value: str) -> tuple[Setting, ...]:
    """The block for one setting of ``plugin`` that names a script; nothing for any other setting."""
    kind = _KIND.match(name)
    if kind is None:
        return ()
    own = f"{kind[1]}{kind[2]}" if kind[1] else "personal"
    where = f"sieve_script {own} {{"
    path, *options = value.split(";")
    found = [Setting(f"{where} type", kind[1])] if kind[1] else []
    found.append(Setting(f"{where} path", new_variables(path.removeprefix("file:"))))
    for option in options:
        option_name, _, given = option.partition("=")
        if option_name == "active":
            found.append(Setting(f"{where} active_path", new_variables(given)))
    return tuple(found)
