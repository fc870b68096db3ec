"""Killed at any moment of a hundred changes of all kinds: the journal is true, the machine is old or new, undo works.

``MAILTUI_KILLS`` sets how many of each kind, ``MAILTUI_SEED`` repeats a run.
"""

from __future__ import annotations

import os
import random
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from mailtui.changes.changes import Changes
from mailtui.changes.history import Change
from mailtui.lab import Lab
from mailtui.lab.wait import wait_until
from mailtui.services.changing import build_changes
from mailtui.settings import Settings
from tests.lab.certificate_machine import TOOLS, Machine, hasten
from tests.lab.deeds import Deed, State, deeds
from tests.lab.workshop import Goldens
from tests.unit.changes.killing import in_child

EACH = int(os.environ.get("MAILTUI_KILLS", "15"))
SEED = int(os.environ.get("MAILTUI_SEED", str(random.randrange(2**32))))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab that tries nothing again by itself during a test."""
    with Lab(retry_seconds=900) as running:
        yield running


def changes_of(lab: Lab) -> Changes:
    """As a mailtui that is started now sees them."""
    machine = Machine(lab)
    return build_changes(
        Settings(lab.postfix_config, lab.dovecot_config, state=lab.state), TOOLS, machine.postfix, machine.dovecot
    )


def killed_after(seconds: float, work: Callable[[], object], *, with_tools: bool) -> bool:
    """Whether a child that does ``work`` was killed so much later; ``with_tools``: whatever it had started, too."""
    child = in_child(work)
    ended = os.pidfd_open(child)
    if not select.select([ended], [], [], seconds)[0]:
        tools = psutil.Process(child).children(recursive=True)
        for process in (child, *(tool.pid for tool in tools if with_tools)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        psutil.wait_procs(tools, timeout=20)
    os.close(ended)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def newest(lab: Lab) -> Change | None:
    """The last change, ended if it was interrupted; nothing in the journal is left open.

    What a killed one had just forked, to work as a mail user, holds the journal until it has ended, too.
    """
    assert wait_until(lambda: not any(change.running for change in changes_of(lab).recent()), 20, 0.02)
    for change in changes_of(lab).interrupted():
        changes_of(lab).recover(change.id)
    changes = changes_of(lab)
    assert not changes.interrupted()
    found = changes.changes()
    return found[0] if found else None


def is_true(deed: Deed, change: Change, old: State) -> None:
    """What the journal says was done was done, and nothing else; a change that is one thing is whole or not there."""
    deed.fits()
    if deed.by_target:
        assert deed.state() == frozenset(change.done)
    else:
        assert (deed.state() != old) == bool(change.done), (
            f"{change.state} {change.done} {change.skipped} {change.failed}"
        )


def undone(lab: Lab, deed: Deed, change: Change, old: State, seconds: float, chance: random.Random) -> None:
    """Undo it, in a process that is killed as well; then, if need be, in peace."""
    killed_after(chance.uniform(0, seconds), partial(changes_of(lab).undo, change.id), with_tools=chance.random() < 0.5)
    newest(lab)
    deed.fits()
    if not changes_of(lab).change(change.id).undoable:
        receipt = changes_of(lab).undo(change.id)
        assert not receipt.failed
        if deed.stays and change.failed and receipt.skipped:
            assert "it was cut off" in receipt.skipped[0].why
            assert deed.stays()
            return
    assert wait_until(lambda: deed.again(old) if deed.again else deed.state() == old, step=0.05)
    deed.fits()


def test_a_hundred_changes_killed_at_random(
    lab: Lab, goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasten(lab, monkeypatch)
    chance = random.Random(SEED)
    print(f"MAILTUI_SEED={SEED}")
    took: dict[str, float] = {}
    kills = 0
    for number in range(EACH + 1):
        for deed in deeds_of(lab, goldens, tmp_path / str(number)):
            plan = deed.plan()
            old, before = deed.state(), newest(lab)
            seconds = chance.uniform(0, took[deed.name]) if number else 60.0
            begin = time.monotonic()
            work = partial(changes_of(lab).apply, plan)
            kills += (killed := killed_after(seconds, work, with_tools=chance.random() < 0.5))
            took.setdefault(deed.name, time.monotonic() - begin)
            change = newest(lab)
            told = f"{deed.name} {number}, seed {SEED}, killed after {seconds:.3f} s"
            print(told, killed, change.state if change else "")
            if change is None or (before is not None and change.id == before.id):
                assert deed.state() == old, told  # killed before it began
                continue
            is_true(deed, change, old)
            if change.done:
                undone(lab, deed, change, old, took[deed.name], chance)
    assert kills > EACH * len(took) / 4


def deeds_of(lab: Lab, goldens: Goldens, folder: Path) -> tuple[Deed, ...]:
    """Each round has places of its own."""
    folder.mkdir()
    return deeds(lab, goldens, folder)
