"""Whether Dovecot would start with a configuration, asked before it is installed: ``doveconf -n -c candidate``.

An unknown or misspelt setting stops Dovecot at its next start; a reload with one is refused and the old one stays.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from mailtui.host.errors import HostError, ToolFailed
from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_text import Sources
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.text import clean


def tested(tools: Tools, sources: Sources) -> str:
    """What ``doveconf -n`` says of it. Raises HostError with Dovecot's words where it would not start."""
    with TemporaryDirectory(prefix="mailtui-") as private:
        candidate = Path(private, "dovecot.conf")
        candidate.write_bytes(os.fsencode(sources.flat()))
        try:
            return tools.run(["doveconf", "-c", str(candidate), "-n"]).text
        except ToolFailed as error:
            words = re.sub(rf"{re.escape(str(candidate))} line \d+", "the new configuration", error.message)
            raise HostError(f"Dovecot would not start: {clean(words)}", unlock="nothing was changed") from error


def value_in(tools: Tools, sources: Sources, name: str) -> str:
    """What a top-level setting would be."""
    with TemporaryDirectory(prefix="mailtui-") as private:
        candidate = Path(private, "dovecot.conf")
        candidate.write_bytes(os.fsencode(sources.flat()))
        return DovecotConfig(tools, candidate).get(name)
