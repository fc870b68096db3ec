"""What the operator has taken note of is not told again, until it is something else."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from mailtui.findings import Finding
from mailtui.host.errors import HostError, UsageError
from mailtui.services.checks.attention import FILE, Attention, gone, news

STALE = Finding("map.stale:virtual", "warning", "maps", "virtual", "older than its source")
DOWN = Finding("service.down:Dovecot", "error", "services", "Dovecot", "does not run")


@pytest.fixture
def attention(tmp_path: Path) -> Attention:
    return Attention(tmp_path / "state", "ann as root")


def test_an_acknowledged_finding_stays_acknowledged_while_it_is_the_same(attention: Attention) -> None:
    attention.acknowledge(STALE, note="ticket 12")
    known = attention.memory().known[STALE.id]
    assert known.covers(STALE, time.time())
    assert not known.covers(replace(STALE, severity="error"), time.time())
    assert (known.who, known.note) == ("ann as root", "ticket 12")


def test_a_snoozed_finding_comes_back_when_its_time_is_over(attention: Attention) -> None:
    now = time.time()
    attention.acknowledge(STALE, until=now + 60)
    known = attention.memory().known[STALE.id]
    assert known.covers(STALE, now + 59)
    assert not known.covers(STALE, now + 61)


def test_forgetting_what_nobody_noted_is_refused(attention: Attention) -> None:
    with pytest.raises(UsageError):
        attention.forget(STALE.id)
    attention.acknowledge(STALE)
    attention.forget(STALE.id)
    assert not attention.memory().known


def test_news_are_what_the_last_look_did_not_see(attention: Attention) -> None:
    attention.look((STALE,), ("maps", "services"))
    memory = attention.memory()
    assert news(memory, STALE) == "known"
    assert news(memory, replace(STALE, severity="error")) == "changed"
    assert news(memory, DOWN) == "new"
    assert gone(memory, (DOWN,), ("maps", "services")) == ("virtual: older than its source",)


def test_a_look_at_one_area_forgets_nothing_of_another(attention: Attention) -> None:
    attention.look((STALE, DOWN), ("maps", "services"))
    attention.look((), ("services",))
    memory = attention.memory()
    assert news(memory, STALE) == "known"
    assert news(memory, DOWN) == "new"
    assert gone(memory, (), ("services",)) == ()


def test_the_file_is_for_this_user_alone(attention: Attention, tmp_path: Path) -> None:
    attention.look((STALE,), ("maps",))
    assert (tmp_path / "state" / FILE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"known": {"a": 1}, "seen": {}, "looked": 0}', b"\xff\x00"])
def test_a_file_that_is_not_ours_is_refused_not_overwritten(attention: Attention, tmp_path: Path, data: bytes) -> None:
    attention.look((STALE,), ("maps",))
    (tmp_path / "state" / FILE).write_bytes(data)
    with pytest.raises(HostError):
        attention.acknowledge(STALE)
    assert (tmp_path / "state" / FILE).read_bytes() == data
