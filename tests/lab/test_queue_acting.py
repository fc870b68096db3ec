"""Every action on queued mail and its undo, on a real Postfix."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from mailtui.changes.plan import Plan, Target
from mailtui.host.errors import UsageError
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.wait import wait_until
from mailtui.services.postfix.queue.listing import read_queue
from mailtui.services.postfix.queue.queuefile import read_head
from mailtui.services.postfix.queue.spool import Spool
from mailtui.services.postfix.queue.structure import structure
from tests.lab.observing import eventually_logged, logged
from tests.lab.queue_machine import TOOLS, Machine, names

RETRY = 900


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab that tries nothing again by itself during a test."""
    with Lab(retry_seconds=RETRY) as running:
        yield running


@pytest.fixture
def machine(lab: Lab, tmp_path: Path) -> Machine:
    return Machine(lab, tmp_path / "state")


def test_the_queue_file_tells_what_postqueue_tells(machine: Machine) -> None:
    machine.queued("same@lab.example", "one@full.example", count=2)
    clients.send_local(machine.lab, '"a b"@lab.example', "n@full.example")
    clients.send_local(machine.lab, "<>", "n@full.example")
    assert wait_until(lambda: machine.states("") == ["deferred"], step=0.05)
    listed = read_queue(TOOLS, machine.postfix).entries
    places = Spool(machine.lab.queue).find({entry.queue_id for entry in listed})
    for entry in listed:
        known = Spool.of(machine.postfix).read(entry.queue_id)
        assert known and known[:2] == (places[entry.queue_id].queue_name, places[entry.queue_id].path)
        head = read_head(places[entry.queue_id].path)
        assert head and head.is_(entry.target().identity), entry
        assert not head.is_({**entry.target().identity, "sender": "other@lab.example"})
        assert not head.is_({**entry.target().identity, "message_size": entry.message_size + 1})


def test_hold_and_undo_leave_alone_what_was_on_hold(machine: Machine) -> None:
    entries = machine.queued("hold@lab.example", count=3)
    machine.lab.command("postsuper", "-h", entries[0].queue_id)
    receipt = machine.changes.apply(machine.plans.hold(entries))
    assert (receipt.outcome, set(receipt.done)) == ("applied", names(entries[1:]))
    assert [(one.target, one.why) for one in receipt.skipped] == [(entries[0].queue_id, "already on hold")]
    assert machine.states("hold@lab.example") == ["hold"] * 3
    undone = machine.changes.undo(receipt.change)
    assert set(undone.done) == names(entries[1:])
    assert [e.queue_id for e in machine.entries("hold@lab.example") if e.queue_name == "hold"] == [entries[0].queue_id]


def test_release_and_undo(machine: Machine) -> None:
    entries = machine.queued("release@lab.example", count=2)
    machine.changes.apply(machine.plans.hold(entries))
    receipt = machine.changes.apply(machine.plans.release(entries))
    assert set(receipt.done) == names(entries)
    assert "hold" not in machine.states("release@lab.example")
    assert machine.changes.apply(machine.plans.release(entries)).outcome == "nothing"
    machine.changes.undo(receipt.change)
    assert machine.states("release@lab.example") == ["hold"] * 2


def test_requeue_gives_a_new_id_and_has_no_undo(machine: Machine) -> None:
    entries = machine.queued("requeue@lab.example")
    plan = machine.plans.requeue(entries)
    assert not plan.reversible
    receipt = machine.changes.apply(plan)
    assert (receipt.outcome, receipt.done) == ("applied", (entries[0].queue_id,))
    machine.changes.apply(machine.plans.flush())
    assert wait_until(lambda: names(machine.entries("requeue@lab.example")).isdisjoint(names(entries)), step=0.05)
    assert "replaced" in receipt.undo
    eventually_logged(machine.lab, "pickup", f"orig_id={entries[0].queue_id}")


def test_expire_returns_it_at_the_next_attempt(machine: Machine) -> None:
    entries = machine.queued("expire@lab.example")
    receipt = machine.changes.apply(machine.plans.expire(entries))
    assert receipt.outcome == "applied"
    again = machine.changes.apply(machine.plans.expire(entries))
    assert (again.outcome, [one.why for one in again.skipped]) == ("nothing", ["already expired"])
    machine.changes.apply(machine.plans.deliver(entries))
    eventually_logged(machine.lab, entries[0].queue_id, "force-expired")


def test_deliver_tries_these_and_not_those_on_hold(machine: Machine) -> None:
    entries = machine.queued("deliver@lab.example", "friend#@grey.example", count=2)
    machine.changes.apply(machine.plans.hold(entries[:1]))
    receipt = machine.changes.apply(machine.plans.deliver(entries))
    assert receipt.done == (entries[1].queue_id,)
    assert receipt.skipped[0].why.startswith("on hold")
    eventually_logged(machine.lab, entries[1].queue_id, "status=sent")
    assert machine.states("deliver@lab.example") == ["hold"]


def test_a_site_without_a_list_and_flushing_all(machine: Machine) -> None:
    (entry,) = machine.queued("flush@lab.example", "friend@grey.example")
    refused = machine.changes.apply(machine.plans.flush("full.example"))
    assert refused.outcome == "failed" and "no list of this site" in refused.failed[0].why
    assert machine.changes.apply(machine.plans.flush()).outcome == "applied"
    eventually_logged(machine.lab, entry.queue_id, "status=sent")


def raw(machine: Machine, queue_id: str) -> bytes:
    return Path(Spool(machine.lab.queue).find({queue_id})[queue_id].path).read_bytes()


@pytest.mark.parametrize("long_ids", ["no", "yes"])
def test_delete_and_undo_deliver_once_to_the_same_recipients(machine: Machine, long_ids: str) -> None:
    machine.lab.command("postconf", "-e", f"enable_long_queue_ids={long_ids}")
    machine.lab.command("postfix", "reload")
    sender = f"deleted-{long_ids}@lab.example"
    entries = machine.queued(sender, "one#@grey.example", "two#@grey.example", count=2)
    machine.lab.command("postsuper", "-h", entries[0].queue_id)
    spool = Spool.of(machine.postfix)
    assert all(spool.read(name) == spool.read_at(place) for name, place in spool.find(names(entries)).items())
    before = {raw(machine, entry.queue_id) for entry in entries}
    receipt = machine.changes.apply(machine.plans.delete(entries))
    assert (receipt.outcome, set(receipt.done)) == ("applied", names(entries))
    assert machine.entries(sender) == []
    undone = machine.changes.undo(receipt.change)
    assert (undone.outcome, set(undone.done)) == ("applied", names(entries))
    back = machine.entries(sender)
    assert sorted(entry.queue_name for entry in back) == ["deferred", "hold"]
    assert {raw(machine, entry.queue_id) for entry in back} == before
    assert {entry.arrival_time for entry in back} == {entry.arrival_time for entry in entries}
    assert {undone.now.get(name, name) for name in undone.done} == names(back), "the receipt names them as they are now"
    if long_ids == "yes":  # a short ID is made of the inode, which may be another now
        assert names(back) == names(entries)
    # Postfix's own check finds nothing to repair.
    assert "Rename" not in TOOLS.run(["postsuper", *machine.postfix.where, "-s"], timeout=60).error_text
    machine.changes.apply(machine.plans.release(back))
    machine.changes.apply(machine.plans.deliver(back))
    assert wait_until(lambda: machine.entries(sender) == [], step=0.1)
    for entry in back:
        eventually_logged(machine.lab, entry.queue_id, "removed")
        sent = [line for line in machine.lab.log.read_text().splitlines() if f"{entry.queue_id}: to=<" in line]
        sent = [line.partition("to=<")[2].partition(">")[0] for line in sent if "status=sent" in line]
        assert sorted(sent) == sorted(entry.addresses)


def test_delete_can_be_done_again_after_its_undo(machine: Machine) -> None:
    machine.lab.command("postconf", "-e", "enable_long_queue_ids=yes")
    machine.lab.command("postfix", "reload")
    entries = machine.queued("again@lab.example")
    receipt = machine.changes.apply(machine.plans.delete(entries))
    undone = machine.changes.undo(receipt.change)
    again = machine.changes.undo(undone.change)
    assert machine.entries("again@lab.example") == []
    assert machine.changes.undo(again.change).outcome == "applied"
    assert names(machine.entries("again@lab.example")) == names(entries)


def test_undoing_a_hold_follows_what_was_deleted_and_put_back_since(machine: Machine) -> None:
    machine.with_short_ids()
    sender = "follow@lab.example"
    entries = machine.queued(sender, "follow#@grey.example", count=3)
    held = machine.changes.apply(machine.plans.hold(entries))
    machine.delete_and_put_back(entries[:2])
    assert len(names(machine.entries(sender)) & names(entries)) == 1
    assert machine.states(sender) == ["hold"] * 3
    released = machine.changes.undo(held.change)
    assert (released.outcome, set(released.done), released.skipped) == ("applied", names(entries), ())
    assert machine.changes.change(held.change).state == "undone"
    machine.changes.apply(machine.plans.flush())
    assert wait_until(lambda: machine.entries(sender) == [], step=0.1)


def test_doing_again_follows_too(machine: Machine) -> None:
    machine.with_short_ids()
    sender = "follow-again@lab.example"
    entries = machine.queued(sender, count=2)
    held = machine.changes.apply(machine.plans.hold(entries))
    released = machine.changes.undo(held.change)
    back = machine.delete_and_put_back(entries)
    assert set(machine.changes.undo(released.change).done) == names(entries)
    assert machine.states(sender) == ["hold"] * 2
    again = machine.changes.undo(back.change)
    assert (set(again.done), machine.entries(sender)) == (names(entries), [])
    assert set(machine.changes.undo(again.change).done) == names(entries)
    assert machine.states(sender) == ["hold"] * 2


def test_a_name_that_is_another_message_now_is_not_followed(machine: Machine) -> None:
    machine.with_short_ids()
    sender = "follow-not@lab.example"
    (entry,) = machine.queued(sender)
    (other,) = machine.queued("somebody-else@lab.example")
    machine.lab.command("postsuper", "-h", other.queue_id)
    held = machine.changes.apply(machine.plans.hold([entry]))
    machine.delete_and_put_back([entry])
    (now,) = names(machine.entries(sender))
    machine.lab.command("postsuper", "-d", now)
    (marks,) = (machine.state / "copies").glob("*.back")
    marks.write_text(f"{entry.queue_id} {other.queue_id}\n")
    undone = machine.changes.undo(held.change)
    assert undone.outcome == "nothing"
    assert [(one.target, one.why) for one in undone.skipped] == [
        (
            entry.queue_id,
            f"another message has this ID now (deleted and put back meanwhile, as {other.queue_id})",
        )
    ]
    assert machine.states("somebody-else@lab.example") == ["hold"]


def test_what_is_too_large_for_a_copy_is_said_before(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.postfix.queue.plans.LARGEST", 100)
    entries = machine.queued("large@lab.example")
    plan = machine.plans.delete(entries)
    assert not plan.reversible and "too large for a copy" in plan.steps[0].risk
    receipt = machine.changes.apply(plan)
    assert receipt.outcome == "applied" and "no copy is kept" in receipt.undo
    assert machine.entries("large@lab.example") == []


def altered(plan: Plan, change: Callable[[Target], Target]) -> Plan:
    (step,) = plan.steps
    return Plan(plan.title, (replace(step, targets=tuple(change(target) for target in step.targets)),))


def test_gone_and_reused_and_hostile_ids_are_not_touched(machine: Machine) -> None:
    entries = machine.queued("reused@lab.example", count=2)
    hostile = ("ALL", "-", "--help", "../hold/x", "ABCDEF\n" + entries[1].queue_id)
    for make in (machine.plans.hold, machine.plans.delete, machine.plans.deliver, machine.plans.requeue):
        reused = machine.changes.apply(
            altered(make(entries[:1]), lambda t: replace(t, identity={**t.identity, "arrival_time": 1.0}))
        )
        assert (reused.outcome, reused.skipped[0].why) == ("nothing", "another message has this ID now")
        gone = machine.changes.apply(altered(make(entries[:1]), lambda t: replace(t, name="ABCDEF0123456")))
        assert (gone.outcome, gone.skipped[0].why) == ("nothing", "gone")
        for name in hostile:
            receipt = machine.changes.apply(altered(make(entries[:1]), partial(replace, name=name)))
            assert (receipt.outcome, receipt.skipped[0].why) == ("nothing", "this is no queue ID")
    assert machine.states("reused@lab.example") == ["deferred"] * 2
    assert not logged(machine.lab, "postsuper", entries[0].queue_id)


def test_a_queue_that_is_not_where_postfix_looks_is_put_in_order(machine: Machine) -> None:
    machine.lab.command("postconf", "-e", "enable_long_queue_ids=no")  # long ones may be named after another inode
    machine.lab.command("postfix", "reload")
    entries = machine.queued("order@lab.example", count=2)
    found = Spool.of(machine.postfix).find(names(entries))
    moved, restored = (Path(found[entry.queue_id].path) for entry in entries)
    moved.rename(moved.parent.parent / moved.name)  # as with another hash_queue_depth
    copy = restored.with_name("new")  # as out of a backup
    copy.write_bytes(restored.read_bytes())
    shutil.copystat(restored, copy)
    os.chown(copy, restored.stat().st_uid, restored.stat().st_gid)
    copy.rename(restored)
    assert {finding.title for finding in structure(machine.postfix)} == {
        "1 message lies where Postfix does not look for it",
        "1 message is not named as its file is numbered",
    }
    receipt = machine.changes.apply(machine.plans.mend())
    assert receipt.outcome == "applied"
    assert structure(machine.postfix) == () and len(machine.entries("order@lab.example")) == 2
    with pytest.raises(UsageError, match="in order"):
        machine.plans.mend()


def test_a_damaged_queue_file_is_left_alone(machine: Machine) -> None:
    entries = machine.queued("damaged@lab.example", count=2)
    place = Spool(machine.lab.queue).find({entries[0].queue_id})[entries[0].queue_id]
    data = Path(place.path).read_bytes()
    Path(place.path).write_bytes(b"\xff" * len(data))
    receipt = machine.changes.apply(machine.plans.hold(entries))
    assert receipt.done == (entries[1].queue_id,)
    assert "damaged" in receipt.skipped[0].why
    assert Path(place.path).read_bytes() == b"\xff" * len(data)
    Path(place.path).unlink()
