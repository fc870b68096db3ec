"""Where the aliases of a table lead: in a circle, to nobody, to a program or file that is not there."""

from __future__ import annotations

from mailtui.services.postfix.addresses.lookups import TableError
from mailtui.services.postfix.maps.flaws import Flaw
from mailtui.services.postfix.maps.local_targets import LocalTargets
from mailtui.services.postfix.maps.overlaps import overlapping
from mailtui.services.postfix.maps.recipients import Recipients
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.maps.uses import shapes
from mailtui.services.postfix.maps.virtual_targets import VirtualTargets

MOST = 20_000
"""Entries of a table whose targets are followed; of a larger table none are."""


class Targets:
    """Follows the aliases of one Postfix."""

    def __init__(self, recipients: Recipients) -> None:
        self._recipients = recipients
        self._virtual = VirtualTargets(recipients)
        self._local = LocalTargets(recipients)

    def flaws(self, table: Table, source: Source) -> tuple[Flaw, ...]:
        """Circles and dead targets of aliases, domains of another class, too; none where a table cannot be asked."""
        if len(source.entries) > MOST:
            return ()
        try:
            self._recipients.require()
            if {use.parameter for use in table.uses} == {"virtual_alias_maps"} and source.format == "postmap":
                return tuple(self._virtual.flaws(source))
            if shapes(table) == {"domain"}:
                return tuple(overlapping(table, source, self._recipients))
            return tuple(self._local.flaws(source)) if table.is_aliases else ()
        except TableError:
            return ()
