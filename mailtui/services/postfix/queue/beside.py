"""What lies beside the queue that postqueue lists: damaged files put aside, and other instances' queues."""

from __future__ import annotations

from pathlib import Path

from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean


def beside(postfix: PostfixConfig) -> tuple[str, ...]:
    """One sentence each; raises what ``PostfixConfig.get`` raises."""
    return (*_damaged(Path(postfix.get("queue_directory")) / "corrupt"), *_others(postfix))


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
