"""Copies: whole or not kept, private, found again, swept when their time is over."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from pathlib import Path

import pytest

from mailtui.host.errors import HostError, MailtuiError
from mailtui.services.postfix.queue import copies as module
from mailtui.services.postfix.queue.copies import KEPT, Copies, Copy


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    found = {}
    for name, data in (("AAAAAA1", b"first\x00"), ("AAAAAA2", b"second" * 300_000)):
        (tmp_path / name).write_bytes(data)
        found[name] = str(tmp_path / name)
    return found


def test_what_is_kept_is_read_again_and_private(tmp_path: Path, files: dict[str, str]) -> None:
    copies = Copies(tmp_path / "state")
    kept, missed = copies.keep({**files, "AAAAAA3": str(tmp_path / "nowhere")})
    assert missed == {"AAAAAA3": "gone"}
    for name, path in files.items():
        assert copies.content(Copy.read(kept[name].json())) == Path(path).read_bytes()
    (pack,) = (tmp_path / "state/copies").iterdir()
    assert stat.S_IMODE(pack.stat().st_mode) == 0o600
    assert stat.S_IMODE(pack.parent.stat().st_mode) == 0o700


def test_a_message_being_delivered_is_not_copied(tmp_path: Path, files: dict[str, str]) -> None:
    with Path(files["AAAAAA1"]).open("rb") as agent:
        fcntl.flock(agent, fcntl.LOCK_SH)
        kept, missed = Copies(tmp_path / "state").keep(files)
    assert [*kept] == ["AAAAAA2"]
    assert "delivered this moment" in missed["AAAAAA1"]


def test_no_room_keeps_nothing(tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOTAL", 1_000_000)
    copies = Copies(tmp_path / "state")
    with pytest.raises(HostError, match="no room"):
        copies.keep(files)
    assert [*(tmp_path / "state/copies").iterdir()] == []


def test_copies_are_swept_after_their_days(tmp_path: Path, files: dict[str, str]) -> None:
    copies = Copies(tmp_path / "state")
    old, _ = copies.keep(files)
    new, _ = copies.keep(files)
    copies.mark(old["AAAAAA1"].pack, {"AAAAAA1": "AAAAAA9"})
    past = time.time() - KEPT - 1
    os.utime(tmp_path / "state/copies" / old["AAAAAA1"].pack, (past, past))
    room = copies.room
    copies.purge()
    assert copies.room == room
    packs = [path.name for path in (tmp_path / "state/copies").iterdir() if not path.suffix]
    assert packs == [new["AAAAAA1"].pack]
    assert copies.names_alike()["AAAAAA1"] == ["AAAAAA1", "AAAAAA9"]  # an older hold of it can still be undone
    with pytest.raises(HostError, match="kept for 7 days"):
        copies.content(old["AAAAAA1"])


def test_what_was_put_back_is_known(tmp_path: Path, files: dict[str, str]) -> None:
    copies = Copies(tmp_path / "state")
    kept, _ = copies.keep(files)
    pack = kept["AAAAAA1"].pack
    assert copies.put_back(pack) == {}
    copies.mark(pack, {"AAAAAA1": "AAAAAA9"})
    copies.mark(pack, {"AAAAAA2": "AAAAAA2"})
    assert copies.put_back(pack) == {"AAAAAA1": "AAAAAA9", "AAAAAA2": "AAAAAA2"}


def test_a_message_is_known_by_all_its_names(tmp_path: Path, files: dict[str, str]) -> None:
    copies = Copies(tmp_path / "state")
    assert copies.names_alike() == {}
    for back in ({"AAAAAA1": "AAAAAA9", "AAAAAA2": "AAAAAA2"}, {"AAAAAA9": "AAAAAAB"}, {"AAAAAA1": "AAAAAAC"}):
        kept, _ = copies.keep(files)
        copies.mark(kept["AAAAAA1"].pack, back)
    alike = copies.names_alike()
    assert alike["AAAAAA2"] == ["AAAAAA2"]
    for name in ("AAAAAA1", "AAAAAA9", "AAAAAAB", "AAAAAAC"):
        assert alike[name] == ["AAAAAA1", "AAAAAA9", "AAAAAAB", "AAAAAAC"]


@pytest.mark.parametrize("value", [None, [], ["../../etc/passwd", 0, 9, "x"], ["ab", "0", 9, "x"], ["ab", 0, 9]])
def test_a_journal_that_names_no_copy_is_refused(value: object) -> None:
    with pytest.raises(MailtuiError):
        Copy.read(value)
