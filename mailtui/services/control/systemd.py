"""What systemd knows of a service: systemctl(1), ``show``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools

RUNS = Path("/run/systemd/system")
"""There where systemd is what the machine was started with: sd_booted(3)."""
_ASKED = ("LoadState", "ActiveState", "SubState", "UnitFileState", "MainPID", "NRestarts")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that is installed."""

    name: str
    active: str
    """``active inactive failed activating deactivating reloading``."""
    detail: str
    """``running exited dead`` …: systemd's own word for it."""
    enabled: str
    """``enabled disabled static masked`` …: whether it starts with the machine."""
    pid: int | None = None
    restarts: int = 0
    """How often systemd has started it again by itself."""


class Systemd:
    """Asks; nothing is changed. Where systemd does not run there is no unit."""

    def __init__(self, tools: Tools, runs: Path = RUNS) -> None:
        self._tools = tools
        self._runs = runs

    @property
    def runs(self) -> bool:
        """Whether services are systemd's."""
        return self._runs.is_dir()

    def unit(self, name: str) -> Unit | None:
        """A unit by its name without ``.service``; None where there is none."""
        if not self.runs:
            return None
        try:
            asked = f"--property={','.join(_ASKED)}"
            said = self._tools.run(["systemctl", "show", asked, "--", f"{name}.service"]).text
        except MailtuiError:
            return None
        known = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
        if known.get("LoadState") not in ("loaded", "masked"):
            return None
        pid, restarts = known.get("MainPID", ""), known.get("NRestarts", "")
        return Unit(
            name,
            known.get("ActiveState", ""),
            known.get("SubState", ""),
            known.get("UnitFileState", ""),
            int(pid) if pid.isdigit() and pid != "0" else None,
            int(restarts) if restarts.isdigit() else 0,
        )
