"""Steps that make an ACME client tell the servers of a renewed certificate.

certbot runs every executable file of ``renewal-hooks/deploy``; acme.sh runs ``Le_ReloadCmd`` of the domain's own
file; lego is given its hook in the line that runs it: ``lego renew --renew-hook``, since version 5
``lego run --deploy-hook``.
"""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from mailtui.changes.files import replace_step
from mailtui.changes.plan import Step
from mailtui.host.errors import HostError, UsageError
from mailtui.host.files import read_file
from mailtui.services.tls.renewal.clients import timer_files
from mailtui.services.tls.renewal.model import Lineage
from mailtui.text import clean

SCRIPT = "mailtui-reload"
_MODE = 0o755
_WHY = "run after each renewal, so that the new certificate is served"
_RELOAD_CMD = re.compile(r"^Le_ReloadCmd=.*$", re.MULTILINE)
_LEGO = re.compile(r"^(?!\s*#).*\blego\b.*\b(?P<verb>renew|run)\b(?P<rest>[^\n;|&<>]*)$", re.MULTILINE)
_OPTION = {"renew": "--renew-hook", "run": "--deploy-hook"}

Commands = Sequence[tuple[str, ...]]


def hook_steps(lineage: Lineage, commands: Commands, root: Path) -> tuple[Step, ...]:
    """What installs ``commands`` as the hook of a certificate. Raises UsageError or HostError where that cannot be."""
    match lineage.client:
        case "certbot":
            return (_certbot(lineage, commands),)
        case "acme.sh":
            return (_acme_sh(lineage, commands),)
    return _lego(lineage, commands, root)


def script(commands: Commands) -> bytes:
    """A shell script that runs all of them, and fails where one did."""
    lines = [f"{shlex.join(command)} || status=1" for command in commands]
    text = "\n".join(
        [
            "#!/bin/sh",
            "# Installed by mailtui: the mail servers read a renewed certificate only when they are told.",
            "status=0",
            *lines,
            "exit $status",
        ]
    )
    return f"{text}\n".encode()


def _certbot(lineage: Lineage, commands: Commands) -> Step:
    folder = lineage.settings.parent.parent / "renewal-hooks" / "deploy"
    if not folder.is_dir():
        raise HostError(
            f"{clean(str(folder))} is not there", unlock="certbot makes it when it runs: certbot certificates"
        )
    return replace_step(folder / SCRIPT, script(commands), _WHY, mode=_MODE)


def _acme_sh(lineage: Lineage, commands: Commands) -> Step:
    """A command that is there already goes on being run, before ours."""
    text = read_file(lineage.settings).data.decode("utf-8", "surrogateescape")
    whole = "; ".join([*lineage.hooks[:1], *(shlex.join(command) for command in commands)])
    packed = base64.b64encode(whole.encode()).decode("ascii")
    line = f"Le_ReloadCmd='__ACME_BASE64__START_{packed}__ACME_BASE64__END_'"
    new, there = _RELOAD_CMD.subn(line, text, count=1)
    if not there:
        new = text.rstrip("\n") + f"\n{line}\n"
    return replace_step(lineage.settings, new.encode("utf-8", "surrogateescape"), f"{_WHY}: {clean(whole)}")


def _lego(lineage: Lineage, commands: Commands, root: Path) -> tuple[Step, ...]:
    hook = lineage.settings / SCRIPT
    found = [(file, match) for file, text in timer_files(root) for match in _LEGO.finditer(text)]
    if len(found) != 1:
        raise UsageError(
            f"{len(found)} lines of cron and systemd run lego, and one is needed to add the hook to",
            unlock=f"add to it: --deploy-hook (before version 5: --renew-hook) {shlex.quote(str(hook))}",
        )
    file, match = found[0]
    text = match.string
    end = match.end("rest")
    new = f"{text[:end].rstrip(' ')} {_OPTION[match['verb']]} {shlex.quote(str(hook))}{text[end:]}"
    risk = "systemd must read its unit again: systemctl daemon-reload" if file.suffix == ".service" else ""
    return (
        replace_step(hook, script(commands), _WHY, mode=_MODE),
        replace_step(file, new.encode("utf-8", "surrogateescape"), "lego is told of it", risk=risk),
    )
