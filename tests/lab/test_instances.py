"""Two instances of Postfix on one machine: each has its own queue, and what is done to one leaves the other alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from tests.lab.queue_machine import Machine

SENDER = "alice@lab.example"


@pytest.fixture
def instances() -> Iterator[tuple[Machine, Machine]]:
    """The second is named by the first, as ``postmulti -e import`` leaves it; both hold mail of the same sender."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Lab(retry_seconds=600)) for _ in range(2))
        first.command("postconf", "-e", f"multi_instance_directories={second.postfix_config}")
        machines = Machine(first, first.state), Machine(second, second.state)
        for machine in machines:
            machine.queued(SENDER, count=2)
        yield machines


def test_each_has_its_own_queue(instances: tuple[Machine, Machine], capsys: pytest.CaptureFixture[str]) -> None:
    first, second = instances
    before = second.entries(SENDER)
    ids = {entry.queue_id for entry in first.entries(SENDER)}

    assert main([*first.lab.options(), "queue", "--json"]) == 0
    listed, beside = capsys.readouterr()
    assert {one["queue_id"] for one in json.loads(listed)} == ids
    assert f"another instance has its own queue: mailtui --postfix-config {second.lab.postfix_config} queue" in beside

    assert main([*first.lab.options(), "queue", "hold", "--where", f"sender:{SENDER}", "--yes"]) == 0
    assert (first.states(SENDER), second.entries(SENDER)) == (["hold"] * 2, before)
    assert main([*first.lab.options(), "undo", first.changes.recent()[0].id, "--yes"]) == 0
    assert main([*first.lab.options(), "queue", "delete", "--where", f"sender:{SENDER}", "--yes"]) == 0
    assert (first.states(SENDER), second.entries(SENDER)) == ([], before)

    capsys.readouterr()
    assert main([*second.lab.options(), "queue", "--json"]) == 0
    told = capsys.readouterr().out
    assert {one["queue_id"] for one in json.loads(told)} == {entry.queue_id for entry in before}
