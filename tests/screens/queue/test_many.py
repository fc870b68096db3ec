"""50,000 messages: what a key costs depends on what is in sight, never on how many there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailtui.screens.queue import table as table_module
from mailtui.screens.queue.arranged import Indexed, Wanted, arranged
from mailtui.screens.queue.cells import cells
from mailtui.services.postfix.queue.model import QueueListing
from tests.screens.queue.machine import ENTRIES, services
from tests.screens.queue.test_list import ids, opened
from tests.screens.test_console import console, until

COUNT = 50_000
MANY = tuple(replace(ENTRIES[n % 8], queue_id=f"4dXz{n:07d}", arrival_time=float(n)) for n in range(COUNT))
ROWS = 24


async def test_only_rows_in_sight_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = services()
    machine.queue.entries = MANY
    made = []

    def counting(entry, now, *, gone=False):  # type: ignore[no-untyped-def]
        made.append(entry.queue_id)
        return cells(entry, now, gone=gone)

    async with console(machine) as pilot:
        table = await opened(pilot)
        monkeypatch.setattr(table_module, "cells", counting)
        for key in ("pagedown", "G", "g", "asterisk", "U", "S"):
            before = ids(pilot)[0]
            made.clear()
            await pilot.press(key)
            await until(pilot, lambda key=key, before=before: key != "S" or ids(pilot)[0] != before)  # type: ignore[misc]
            assert len(made) <= 4 * ROWS, key
        assert len(table.arranged.rows) == COUNT


def test_a_listing_is_indexed_once_and_its_rows_are_used_again() -> None:
    indexed = Indexed(QueueListing(MANY))
    by_age, by_size = (arranged(indexed, Wanted(by=by)) for by in ("-age", "message_size"))
    assert by_age.entries is by_size.entries
    assert {id(row) for row in by_age.rows} == {id(row) for row in by_size.rows}
