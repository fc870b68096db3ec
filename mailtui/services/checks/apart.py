"""The checks in a process of their own, for the console.

A look at everything loads much and takes a second's work; all of it is given back when that process ends, and keys are
answered meanwhile. It is told what to look at on standard input, and tells what it found on standard output, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mailtui.findings import Finding
from mailtui.host.tools import Tools
from mailtui.services.checks.model import Report, Unchecked
from mailtui.settings import Settings

_LONGEST = 300.0
"""Seconds; each check has a limit of its own."""
_NICE = 10
"""From its first import on: keys come first."""
_BEGIN = f"""
import json, os, sys
os.nice({_NICE})
told = json.load(sys.stdin)
sys.path[:] = told["path"]
from {__name__} import answer
answer(told)
"""


class ChecksApart:
    """All checks of the machine that ``settings`` name."""

    def __init__(self, settings: Settings, tools: Tools) -> None:
        self._settings = settings
        self._tools = tools

    def run(self) -> Report:
        """Run them; raises ToolFailed, ToolTimeout or PermissionDenied where no such process can be had."""
        settings = self._settings
        told = {
            "path": sys.path,
            "environment": dict(os.environ),
            "postfix": settings.postfix_config and str(settings.postfix_config),
            "dovecot": settings.dovecot_config and str(settings.dovecot_config),
            "logs": [str(log) for log in settings.logs],
            "state": str(settings.state),
            "read_only": settings.read_only,
        }
        argv = [sys.executable, "-I", "-c", _BEGIN]
        return _report(json.loads(self._tools.run(argv, stdin=json.dumps(told).encode(), timeout=_LONGEST).stdout))


def answer(told: dict[str, Any]) -> None:
    """The work of that process."""
    from mailtui.services.container import Services

    os.environ.update(told["environment"])
    time.tzset()
    postfix, dovecot = (told[name] and Path(told[name]) for name in ("postfix", "dovecot"))
    logs = tuple(Path(log) for log in told["logs"])
    settings = Settings(postfix, dovecot, logs, Path(told["state"]), told["read_only"])
    json.dump(asdict(Services(settings).checks.run()), sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # a check that hangs is waited for no longer


def _report(told: dict[str, Any]) -> Report:
    findings = tuple(_finding(one) for one in told.pop("findings"))
    unchecked = tuple(Unchecked(**one) for one in told.pop("unchecked"))
    return Report(findings, unchecked=unchecked, **{name: _frozen(value) for name, value in told.items()})


def _finding(told: dict[str, Any]) -> Finding:
    return Finding(**{name: _frozen(value) for name, value in told.items()})


def _frozen(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value
