"""What postqueue does not tell of the queue: that nobody works on it, damaged files, other instances' queues."""

from __future__ import annotations

from pathlib import Path

from mailtui.host.processes import is_program
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean


def beside(postfix: PostfixConfig) -> tuple[str, ...]:
    """One sentence each; raises what ``PostfixConfig.get`` raises."""
    return (*_stopped(postfix), *_damaged(Path(postfix.get("queue_directory")) / "corrupt"), *_others(postfix))


def _stopped(postfix: PostfixConfig) -> tuple[str, ...]:
    """Root can list the queue of a Postfix that does not run."""
    try:
        words = postfix.pid_file.read_text().split()
    except FileNotFoundError:
        words = []
    except (OSError, ValueError):  # root's to read
        return ()
    if words and words[0].isdigit() and is_program(int(words[0]), ("master",)):
        return ()
    return ("Postfix is stopped: nothing in its queue is tried until it is started",)


def _damaged(folder: Path) -> tuple[str, ...]:
    """Queue files that qmgr(8) could not read; root's to look at."""
    try:
        count = sum(1 for _ in folder.iterdir())
    except OSError:
        return ()
    files, are = ("file", "is") if count == 1 else ("files", "are")
    return (f"{count} damaged queue {files} {are} set aside in {folder}",) if count else ()


def _others(postfix: PostfixConfig) -> tuple[str, ...]:
    """Instances that share the first one's programs (postmulti(1)) but not its queue."""
    found = [clean(folder) for folder in postfix.get("multi_instance_directories").replace(",", " ").split()]
    return tuple(f"another instance has its own queue: mailtui --postfix-config {folder} queue" for folder in found)
