"""After a mending, the mail that waited for it is offered: through cleanup again where its address was wrong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mailtui.changes.plan import Plan, Step
from mailtui.services.afterwards import afterwards
from mailtui.services.postfix.queue.model import QueueEntry, QueueRecipient

WRONG, FULL = "4.1.1 <gone@x>: User unknown", "connect to b[192.0.2.1]:25: Connection refused"


def after(action: str, *waiting: tuple[str, str]) -> Any:
    entries = [
        QueueEntry(queue, f"ABC{number}", 1.0, 10, "", (QueueRecipient("a@b", reason),))
        for number, (queue, reason) in enumerate(waiting)
    ]
    queue = SimpleNamespace(read=lambda: SimpleNamespace(entries=entries))
    plans = SimpleNamespace(requeue=lambda chosen: [one.queue_id for one in chosen], flush=lambda: "all")
    return afterwards(Plan("x", (Step(action, {}, "x"),)), queue, plans)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("action", "waiting", "offered"),
    [
        ("map-save", [("deferred", FULL), ("deferred", WRONG), ("hold", WRONG)], ["ABC1"]),
        ("map-save", [("deferred", FULL)], "all"),
        ("configuration-reload", [("deferred", WRONG)], "all"),
        ("map-save", [("hold", WRONG), ("active", "")], None),
        ("mailbox-repair", [("deferred", FULL)], None),
    ],
)
def test_what_is_tried(action: str, waiting: list[tuple[str, str]], offered: object) -> None:
    assert after(action, *waiting) == offered
