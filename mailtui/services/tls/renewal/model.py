"""A certificate that an ACME client renews."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mailtui.services.configuration.model import Program

Client = Literal["certbot", "acme.sh", "lego"]


@dataclass(frozen=True, slots=True)
class Lineage:
    """One certificate through all its renewals."""

    client: Client
    name: str
    """What the client calls it; cleaned."""
    key: Path
    chain: Path
    """The leaf with its issuers, where the client puts each new one."""
    settings: Path
    """The client's own file on it; of lego its folder."""
    hooks: tuple[str, ...]
    """What the client runs after a renewal, as commands or texts of scripts."""

    def tells(self, program: Program) -> bool:
        """Whether one of the hooks makes a program read the new certificate."""
        words = ("postfix",) if program == "postfix" else ("dovecot", "doveadm")
        told = ("reload", "restart", "mailtui cert deploy")
        return any(any(word in line for word in words) and any(how in line for how in told) for line in self._lines())

    def _lines(self) -> list[str]:
        """A script's lines; ``for s in postfix dovecot`` and a reload in the next line belong together."""
        return [
            " ".join(line for line in hook.splitlines() if not line.lstrip().startswith("#")) for hook in self.hooks
        ]
