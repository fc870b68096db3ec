"""What the running Dovecot says of one user: sessions (doveadm-who(1)) and quota (doveadm-quota(1))."""

from __future__ import annotations

from dataclasses import dataclass

from mailtui.host.errors import HostError
from mailtui.host.tools import ToolResult, Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm, literal, tab_rows
from mailtui.services.dovecot.strangers import refuse_strangers
from mailtui.text import clean

_USAGE = 64
"""doveadm's exit status for a command it has not (EX_USAGE), as quota where the plugin is not loaded."""


@dataclass(frozen=True, slots=True)
class Session:
    """One connection of one user. All text is cleaned."""

    service: str
    """``imap``, ``pop3``, …"""
    pid: str
    ip: str


@dataclass(frozen=True, slots=True)
class Quota:
    """One limit. All text is cleaned."""

    root: str
    type: str
    """``STORAGE`` (in units of 1024 bytes) or ``MESSAGE``."""
    value: int
    limit: int | None
    """None where there is no limit."""


def sessions(tools: Tools, config: DovecotConfig, user: str) -> tuple[Session, ...]:
    """The open sessions of a user. Raises HostError where Dovecot is stopped or tells this user nothing."""
    result = tools.run(["doveadm", *config.where, "-f", "tab", "who", "-1", "--", literal(user)], check=False)
    _refuse_failed("who", result)
    # doveadm's mask matches parts of names too.
    rows = (row for row in tab_rows(result.text) if row.get("username") == user)
    return tuple(
        Session(clean(row.get("service") or row.get("proto", "")), clean(row["pid"]), clean(row["ip"])) for row in rows
    )


def quota(tools: Tools, config: DovecotConfig, user: str) -> tuple[Quota, ...]:
    """The limits of a user; none where the quota plugin is not in use. Raises as ``sessions`` does."""
    refuse_strangers(config, user)
    result = tools.run(Doveadm(tools, config).command(("quota", "get"), user, ()), check=False)
    if result.code == _USAGE or "nknown command" in result.error_text:
        return ()
    _refuse_failed("quota get", result)
    return tuple(
        Quota(clean(row["Quota name"]), clean(row["Type"]), int(row["Value"]), _number(row["Limit"]))
        for row in tab_rows(result.text)
        if row["Value"].isdecimal()
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _refuse_failed(command: str, result: ToolResult) -> None:
    lines = [clean(line) for line in result.error_text.splitlines() if line.strip()]
    if result.code != 0 or lines:
        raise HostError(f"doveadm {command}: {lines[0] if lines else f'exit status {result.code}'}")
