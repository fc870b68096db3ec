"""A certificate that is renewed is seen: written over, renamed over, or by a link that leads elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailtui.services.tls.renewal import watch
from mailtui.services.tls.renewal.watch import CertificateWatch
from tests.support.waiting import until


@contextmanager
def watched(*files: Path) -> Iterator[list[int]]:
    """How often a change was told, as it grows."""
    told: list[int] = []
    watching = CertificateWatch(lambda: map(str, files), lambda: told.append(1))
    watching.start()
    try:
        yield told
    finally:
        watching.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "certificate watch"]


def test_a_link_that_leads_elsewhere(tmp_path: Path) -> None:
    """As certbot renews."""
    archive, live = tmp_path / "archive", tmp_path / "live"
    archive.mkdir()
    live.mkdir()
    (archive / "full1.pem").write_text("one")
    link = live / "full.pem"
    link.symlink_to("../archive/full1.pem")
    with watched(link) as told:
        (archive / "full2.pem").write_text("two")
        link.unlink()
        link.symlink_to("../archive/full2.pem")
        assert until(lambda: bool(told), 4)


def test_a_file_written_over_and_renamed_over(tmp_path: Path) -> None:
    file, beside = tmp_path / "full.pem", tmp_path / "new"
    file.write_text("one")
    with watched(file) as told:
        file.write_text("another")
        assert until(lambda: bool(told), 4)
        before = len(told)
        beside.write_text("a third")
        beside.rename(file)
        assert until(lambda: len(told) > before, 4)


def test_a_folder_that_comes_later(tmp_path: Path) -> None:
    file = tmp_path / "later" / "full.pem"
    before = watch.LOOK
    watch.LOOK = 50
    try:
        with watched(file) as told:
            file.parent.mkdir()
            file.write_text("one")
            assert until(lambda: bool(told), 4)
    finally:
        watch.LOOK = before
