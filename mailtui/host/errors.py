"""The error family: everything a service may raise because of the machine it runs on.

A screen or the command line turns these into a sentence; ``unlock`` says what the operator can do about it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

_PACKAGES = {
    "postfix": "postfix postconf postqueue postsuper postmap postalias postcat sendmail",
    "dovecot-core": "dovecot doveadm doveconf",
    "openssl": "openssl",
    "zstd": "zstd",
}
"""Programs by the Debian package that has them."""
_PLACE = re.compile(r"(/[^\s,:]+)[,:]? line (\d+)")
"""Where Postfix's and Dovecot's programs find their configuration wrong."""
_UNREADABLE = re.compile(
    r"(?:open|read|stat)[ (](/[^\s:)]+)(?:: |\) failed: )(No such file|Permission denied|Is a directory)"
)
"""How they say that they could not read a file."""
_CONFIGURATION = re.compile(
    r"\b(?:main|master)\.cf\b|\bdovecot\.conf\b|[Cc]onfiguration file |reading configuration"
    r"|bad (?:numerical|boolean|octal) configuration|bad string length|bad time value"
)
"""How they say that it is their configuration that they cannot read."""
_READERS = ("postconf", "doveconf")
"""Who has nothing else to say no to."""
_LONGEST = 300
"""Characters told of what a program said: it may repeat a file that is no text."""
_STEPS = {
    "No such file": "put {} back, from a backup or from its package's, then try again",
    "Permission denied": "run mailtui with sudo: only few may read {}",
    "Is a directory": "{} must be a file: look at what it is, then put the file back",
}


class MailtuiError(Exception):
    """Base of every expected failure; ``unlock`` is the next step for the operator, or ``""``."""

    exit_code = 1

    def __init__(self, message: str, *, unlock: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.unlock = unlock

    @property
    def told(self) -> str:
        """What failed, and behind it what can be done."""
        if not self.unlock:
            return self.message
        sign = "." if self.unlock[0].isupper() else ";"
        return f"{self.message.rstrip('.')}{sign} {self.unlock}"


class UsageError(MailtuiError):
    """The operator's words or settings are wrong."""

    exit_code = 2


class HostError(MailtuiError):
    """The machine does not give what is needed."""

    exit_code = 3


class Defect(MailtuiError):
    """A fault in mailtui itself; what else it does goes on."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(
            f"a fault in mailtui: {type(fault).__name__}: {fault}{_place(fault)}",
            unlock="please report this line, with the output of mailtui info; whatever else it does goes on",
        )


class ToolMissing(HostError):
    """A program is not installed, or not where programs are looked for."""

    def __init__(self, tool: str, *, unlock: str = "") -> None:
        package = next((package for package, tools in _PACKAGES.items() if tool in tools.split()), "")
        super().__init__(f"{tool} is not installed", unlock=unlock or (package and f"apt install {package}"))
        self.tool = tool


class PermissionDenied(HostError):
    """The user this runs as may not read or do something."""


class ToolTimeout(HostError):
    """A program did not answer in time; its process group was ended."""

    def __init__(self, argv: Sequence[str], seconds: float) -> None:
        super().__init__(f"{argv[0]} gave no answer within {seconds:g} s")
        self.argv = tuple(argv)
        self.seconds = seconds


class ToolFailed(MailtuiError):
    """A program ran and said no; where it cannot read its configuration, what was wanted of it is not to be had."""

    def __init__(self, argv: Sequence[str], code: int, stderr: str) -> None:
        last = (stderr.strip().splitlines() or [f"exit status {code}"])[-1]
        super().__init__(f"{argv[0]}: {_said(argv[0], last)}", unlock=line_to_mend(last))
        self.argv = tuple(argv)
        self.code = code
        self.stderr = stderr
        if self.misconfigured:
            self.exit_code = HostError.exit_code

    @property
    def misconfigured(self) -> bool:
        """Whether Postfix or Dovecot cannot read its configuration."""
        return self.argv[0] in _READERS or _CONFIGURATION.search(self.stderr) is not None


def _place(fault: Exception) -> str:
    """Where in the source a fault arose, for its report."""
    step = fault.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return f" ({Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno})" if step else ""


def line_to_mend(said: str) -> str:
    """The next step where a program names what it cannot read of its configuration; ``""`` elsewhere."""
    if place := _PLACE.search(said):
        return f"mend line {place[2]} of {place[1]}, then try again"
    file = _UNREADABLE.search(said)
    return _STEPS[file[2]].format(file[1]) if file else ""


def look_beside(path: Path) -> str:
    """The next step where a file is not there."""
    return f"see what is there: ls -l {shlex.quote(str(path.parent))}"


def _said(tool: str, line: str) -> str:
    """A line without the name that the program put before it, with or without its path; its beginning if it is long."""
    name, colon, rest = line.partition(": ")
    said = rest if colon and name.rpartition("/")[2] == tool else line
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
