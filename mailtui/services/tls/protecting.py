"""A plan that makes files with private keys their owner's alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mailtui.changes.plan import Plan
from mailtui.host.errors import UsageError
from mailtui.host.files import read_file
from mailtui.services.tls.deploy.private import private_step
from mailtui.services.tls.pile import LARGEST
from mailtui.text import clean

_KEY = b"PRIVATE KEY-----"


def protect_plan(files: Sequence[Path]) -> Plan:
    """Raises UsageError for a file without a key and where all are private, PermissionDenied or HostError."""
    for file in files:
        if _KEY not in read_file(file, limit=LARGEST).data:
            raise UsageError(
                f"{clean(str(file))} holds no private key", unlock="who reads a certificate is all the same"
            )
    step = private_step(files)
    if step is None:
        raise UsageError("it is so already: nobody but the owner may read it")
    told = ", ".join(clean(str(file)) for file in files)
    return Plan(
        f"Nobody but its owner reads {told}",
        (
            replace(
                step,
                why=f"{told}: mode 0600",
                risk="a program that reads it as another user, or by its group, cannot any more",
                undo="the mode stays: what was open once is not opened again by an undo",
                commands=(("chmod", "600", "--", *map(str, files)),),
            ),
        ),
    )
