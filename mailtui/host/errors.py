"""The error family: everything a service may raise because of the machine it runs on.

A screen or the command line turns these into a sentence; ``unlock`` says what the operator can do about it.
"""

from __future__ import annotations

from collections.abc import Sequence


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
            f"a fault in mailtui: {type(fault).__name__}: {fault}",
            unlock="everything else goes on; please report this line with the output of mailtui info",
        )


class ToolMissing(HostError):
    """A program is not installed, or not where programs are looked for."""

    def __init__(self, tool: str, *, unlock: str = "") -> None:
        super().__init__(f"{tool} is not installed", unlock=unlock)
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
    """A program ran and said no."""

    def __init__(self, argv: Sequence[str], code: int, stderr: str) -> None:
        last = stderr.strip().splitlines()[-1:] or [f"exit status {code}"]
        super().__init__(f"{argv[0]}: {last[0].removeprefix(f'{argv[0]}: ')}")
        self.argv = tuple(argv)
        self.code = code
        self.stderr = stderr
