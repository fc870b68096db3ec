"""Aliases that must be there: postmaster (RFC 5321, 4.5.1) and root, to whom the machine itself writes.

smtpd(8) takes mail for postmaster at any domain of ``mydestination`` whether there is such a name or not, and local(8)
throws it away where there is no alias.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailtui.findings import Finding
from mailtui.services.postfix.addresses.lookups import TableError
from mailtui.services.postfix.maps.recipients import Recipients
from mailtui.services.postfix.maps.telling import map_finding
from mailtui.services.postfix.maps.used import Table

_NAMES = {"postmaster": "nopostmaster", "root": "noroot"}


def missing_aliases(tables: Sequence[Table], recipients: Recipients) -> Iterator[Finding]:
    """A finding for each that no table of ``alias_maps`` has; none where local(8) delivers nothing by aliases."""
    alias_tables = [table for table in tables if any(use.parameter == "alias_maps" for use in table.uses)]
    if not alias_tables or recipients.delivers_elsewhere:
        return
    try:
        recipients.require()
        for name, kind in _NAMES.items():
            if not recipients.is_alias(name):
                yield map_finding(kind, alias_tables[0], f"alias_maps has no {name}")
    except TableError:
        return
