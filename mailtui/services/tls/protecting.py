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

_KEYS = (b"PRIVATE KEY-----", b"LS0tLS1CRUdJTi")
"""In PEM, and in base64 as ``postmap -F`` copies PEM into a table."""


def protect_plan(files: Sequence[Path]) -> Plan:
    """Raises UsageError where none of the files holds a key or all are private, PermissionDenied or HostError."""
    told = ", ".join(clean(str(file)) for file in files)
    if not any(key in read_file(file, limit=LARGEST).data for file in files for key in _KEYS):
        raise UsageError(f"there is no private key in {told}", unlock="who reads a certificate is all the same")
    step = private_step(files)
    if step is None:
        raise UsageError("it is so already: nobody but the owner may read it")
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
