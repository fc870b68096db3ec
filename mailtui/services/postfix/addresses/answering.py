"""The table and the entry that answered for an address, to be edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mailtui.services.postfix.addresses.model import Resolution, Step
from mailtui.services.postfix.maps.files import EDITED
from mailtui.services.postfix.maps.used import Table, Use


class _Resolves(Protocol):
    def resolve(self, address: str) -> Resolution:
        """Where mail for an address goes."""


def table_of(step: Step) -> Table:
    """The table a step asked."""
    return Table(step.table, (Use(step.parameter),))


def why_not_edited(step: Step | None) -> str:
    """Why there is no entry of a file here; ``""`` where there is one."""
    if step is None or step.result is None or not step.line:
        return "No entry of a table answered here."
    table = table_of(step)
    if table.file is None or table.kind not in EDITED or table.holds_secrets:
        return "This table does not stand in a file that could be edited here."
    return ""


def way_in_a_circle(address: str, resolver: _Resolves) -> Sequence[Step]:
    """The aliases that mail for an address follows where they lead nowhere; none where they do, or stand in no file.

    Runs tools; raises MailtuiError.
    """
    found = resolver.resolve(address)
    way = [step for step in found.steps if step.stage == "rewriting" and step.result is not None]
    return way if found.problem and way and not why_not_edited(way[-1]) else ()
