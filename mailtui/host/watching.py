"""Files looked at as soon as they may have changed: told by the kernel (inotify), and now and then without that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

STEP = 25
"""Milliseconds of quiet after which a change is reported."""
_DEBOUNCE = 200


def looks(paths: Callable[[], Collection[Path]], stopped: threading.Event, *, every: int) -> Iterator[None]:
    """Comes back at once, whenever one of the files may have changed, and after ``every`` milliseconds without that.

    Folders are watched, those of linked files too: watching a file ends when another takes its name.
    """
    from watchfiles import watch

    yield
    while not stopped.is_set():
        folders = _folders(paths())
        try:
            for _ in watch(
                *folders,
                watch_filter=lambda _, path: Path(path).name in {one.name for one in paths()},
                debounce=_DEBOUNCE,
                step=STEP,
                rust_timeout=every,
                yield_on_timeout=True,
                stop_event=stopped,
                recursive=False,
            ):
                yield
                if folders != _folders(paths()):
                    break
        except OSError:  # a folder has gone this moment, or the system has no watch left for us
            stopped.wait(every / 1000)
            yield


def _folders(paths: Collection[Path]) -> set[Path]:
    folders = {folder for path in paths for folder in (path.parent, path.resolve().parent)}
    return {folder for folder in folders if folder.is_dir()}
