"""Replacing files: old or new and whole, with the rights they had, whatever goes wrong."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mailtui.host.errors import HostError, PermissionDenied
from mailtui.host.files import FileChanged, atomic_replace, digest, read_file

OLD, NEW = b"old content\n", b"new content, which is longer\n"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "virtual"
    path.write_bytes(OLD)
    path.chmod(0o640)
    return path


def replace(path: Path, data: bytes = NEW, **options: bool) -> None:
    atomic_replace(path, data, expected=read_file(path).digest, **options)


def left_over(path: Path) -> list[str]:
    return [there.name for there in path.parent.glob(".mailtui*")]


def test_content_is_replaced_and_nothing_is_left_beside(target: Path) -> None:
    replace(target)
    assert (target.read_bytes(), left_over(target)) == (NEW, [])


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o4755])
def test_mode_is_kept(target: Path, mode: int) -> None:
    target.chmod(mode)
    replace(target)
    assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_owner_and_group_are_kept(target: Path) -> None:
    os.chown(target, 65534, 4)
    replace(target)
    assert (target.stat().st_uid, target.stat().st_gid) == (65534, 4)


def test_extended_attributes_are_kept(target: Path) -> None:
    os.setxattr(target, "user.origin", b"salt")
    replace(target)
    assert os.getxattr(target, "user.origin") == b"salt"


def acl(*entries: tuple[int, int, int]) -> bytes:
    """A POSIX ACL as the kernel keeps it: version 2, then (tag, permissions, id)."""
    return b"\2\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + permissions.to_bytes(2, "little") + (owner & 0xFFFFFFFF).to_bytes(4, "little")
        for tag, permissions, owner in entries
    )


# owner rw, user 65534 r, group none, mask r, others none
ACL = acl((0x01, 6, -1), (0x02, 4, 65534), (0x04, 0, -1), (0x10, 4, -1), (0x20, 0, -1))


def test_an_acl_is_kept(target: Path) -> None:
    os.setxattr(target, "system.posix_acl_access", ACL)
    replace(target)
    assert os.getxattr(target, "system.posix_acl_access") == ACL
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_folder_s_default_acl_does_not_give_the_file_away(target: Path) -> None:
    os.setxattr(target.parent, "system.posix_acl_default", ACL)
    replace(target)
    assert "system.posix_acl_access" not in os.listxattr(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_the_new_file_is_never_readable_for_others_before_it_has_its_rights(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    write = os.write

    def watched(fd: int, data: bytes) -> int:
        seen.append(stat.S_IMODE(os.fstat(fd).st_mode))
        return write(fd, data)

    monkeypatch.setattr(os, "write", watched)
    target.chmod(0o644)
    replace(target)
    assert seen == [0o600]


def test_a_file_changed_since_it_was_read_is_refused(target: Path) -> None:
    with pytest.raises(FileChanged, match="has changed since it was read"):
        atomic_replace(target, NEW, expected=digest(b"what we saw"))
    assert (target.read_bytes(), left_over(target)) == (OLD, [])


@pytest.mark.parametrize("how", ["edited", "replaced"])
def test_a_file_changed_while_we_write_is_refused(target: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    fsync = os.fsync

    def meddle(fd: int) -> None:
        fsync(fd)
        if how == "edited":
            target.write_bytes(b"theirs\n")
        else:
            target.with_name("theirs").write_bytes(b"theirs\n")
            target.with_name("theirs").rename(target)

    expected = read_file(target).digest
    monkeypatch.setattr(os, "fsync", meddle)
    with pytest.raises(FileChanged):
        atomic_replace(target, NEW, expected=expected)
    assert (target.read_bytes(), left_over(target)) == (b"theirs\n", [])


def test_a_symbolic_link_is_refused_or_kept_with_its_target_replaced(target: Path) -> None:
    link = target.with_name("link")
    link.symlink_to(target.name)
    with pytest.raises(HostError, match="is a symbolic link"):
        replace(link)
    replace(link, follow=True)
    assert link.is_symlink()
    assert target.read_bytes() == NEW


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(HostError, match="not a regular file"):
        read_file(tmp_path / "pipe")
    with pytest.raises(HostError, match="not a regular file"):
        atomic_replace(tmp_path / "pipe", NEW, expected="")
    with pytest.raises(HostError, match="No such file"):
        read_file(tmp_path / "missing")


def test_reading_is_bounded_and_can_refuse_links(target: Path) -> None:
    assert read_file(target, limit=len(OLD)).data == OLD
    with pytest.raises(HostError, match="larger than"):
        read_file(target, limit=len(OLD) - 1)
    target.with_name("link").symlink_to(target)
    with pytest.raises(HostError, match="symbolic link"):
        read_file(target.with_name("link"), follow=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without rights")
def test_a_user_without_rights_is_told(target: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from mailtui.host.files import *\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: atomic_replace(Path(sys.argv[1]), b'x', expected=digest(b'old content\\n'))\n"
        "except Exception as error: print(type(error).__name__, error.unlock)\n"
    )
    target.chmod(0o644)
    for parent in list(target.parents)[:-2]:
        parent.chmod(0o755)
    said = subprocess.run([sys.executable, "-c", script, target], capture_output=True, text=True, check=True)
    assert said.stdout == f"{PermissionDenied.__name__} run mailtui with sudo\n"
    assert target.read_bytes() == OLD


def test_a_full_disk_leaves_the_old_file(target: Path) -> None:
    """The limit on file size stands in for the disk: writes beyond it fail as they do there, half done."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    expected = read_file(target).digest
    old_handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(HostError, match="File too large"):
            atomic_replace(target, b"x" * 200_000, expected=expected)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old_handler)
    assert (target.read_bytes(), left_over(target)) == (OLD, [])


# Replaces the file while every system call that could leave something half done first asks whether to die.
KILLED = """
import os, signal, sys
from pathlib import Path
from mailtui.host import files

step = int(sys.argv[2])

def dying(call):
    def wrapper(*args, **kwargs):
        global step
        if step == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        step -= 1
        return call(*args, **kwargs)
    return wrapper

path = Path(sys.argv[1])
expected = files.read_file(path).digest
for name in ("open", "write", "fchmod", "fsync", "rename", "close"):
    setattr(os, name, dying(getattr(os, name)))
files.atomic_replace(path, b"new content, which is longer\\n", expected=expected)
"""


def test_killed_at_any_step_the_file_is_the_old_or_the_new_one(target: Path) -> None:
    seen = set()
    for step in range(50):
        target.write_bytes(OLD)
        code = subprocess.run([sys.executable, "-c", KILLED, target, str(step)], check=False).returncode
        assert code in (0, -signal.SIGKILL)
        assert target.read_bytes() in (OLD, NEW)
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
        seen.add((code, target.read_bytes()))
        if code == 0:
            break
    assert seen == {(-signal.SIGKILL, OLD), (-signal.SIGKILL, NEW), (0, NEW)}


def test_readers_see_the_whole_old_or_the_whole_new_file(target: Path) -> None:
    done = threading.Event()
    seen: set[bytes] = set()

    def watch() -> None:
        while not done.is_set():
            seen.add(target.read_bytes())

    reader = threading.Thread(target=watch)
    reader.start()
    for number in range(200):
        replace(target, OLD if number % 2 else NEW)
    done.set()
    reader.join()
    assert seen <= {OLD, NEW}
