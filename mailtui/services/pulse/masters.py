"""Whether Postfix and Dovecot run: by the process their pid file names, or where that is root's, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mailtui.host import processes
from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.files import read_file
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse_model import ServiceState


def service_states(postfix: PostfixConfig, dovecot: DovecotConfig) -> tuple[ServiceState, ...]:
    """Postfix and Dovecot."""
    start = " ".join(["dovecot", *dovecot.where]) if dovecot.where else "systemctl start dovecot"
    dovecot_state = _state("Dovecot", lambda: (dovecot.version, dovecot.pid_file), "dovecot", f"sudo {start}")
    return _postfix_state(postfix), dovecot_state


def require_postfix(postfix: PostfixConfig) -> None:
    """Raises HostError, with the command that starts it, where Postfix is known not to run."""
    found = _postfix_state(postfix)
    if found.state == "down":
        raise HostError(found.problem, unlock=found.unlock)


def _postfix_state(postfix: PostfixConfig) -> ServiceState:
    start = " ".join(["postfix", *postfix.where, "start"]) if postfix.where else "systemctl start postfix"
    return _state("Postfix", lambda: (postfix.version, postfix.pid_file), "master", f"sudo {start}")


def _state(name: str, ask: Callable[[], tuple[str, Path]], master: str, start: str) -> ServiceState:
    try:
        version, pid_file = ask()
    except MailtuiError as error:
        return ServiceState(name, "unknown", problem=error.message, unlock=error.unlock)
    try:
        words = read_file(pid_file, limit=100).data.split()
    except MailtuiError:
        if pid_file.is_file():  # it is there, but root's
            return _by_name(name, version, master, start)
        words = []
    if words and words[0].isdigit() and processes.is_program(int(words[0]), (master,)):
        return ServiceState(name, "up", version, f"master process {int(words[0])}")
    return _down(name, version, f"{pid_file} names no running {master}", start)


def _by_name(name: str, version: str, master: str, start: str) -> ServiceState:
    pid = processes.running((master,))
    if pid is not None:
        return ServiceState(name, "up", version, f"a process named {master} runs ({pid})")
    if processes.others_hidden():
        hidden = "this system hides other users' processes"
        return ServiceState(name, "unknown", version, problem=hidden, unlock="run mailtui with sudo")
    return _down(name, version, f"no process named {master} runs", start)


def _down(name: str, version: str, evidence: str, start: str) -> ServiceState:
    return ServiceState(name, "down", version, evidence, f"{name} does not run", start)
