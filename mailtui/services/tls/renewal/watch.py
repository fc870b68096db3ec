"""Certificates in use, watched: a renewal is seen within seconds, so that what is still served can be compared."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from mailtui.host.watching import looks

LOOK = 2000
"""Milliseconds after which the files are looked at even without a change being reported."""
Marks = dict[Path, tuple[int, int, int] | None]


class CertificateWatch:
    """Calls ``changed`` from a thread of its own whenever one of ``files`` has become another; ``stop`` ends it.

    ``files`` is asked each time, for what is in use changes too; a link counts as changed when it leads elsewhere.
    """

    def __init__(self, files: Callable[[], Iterable[str]], changed: Callable[[], None]) -> None:
        self._files = files
        self._changed = changed
        self._stopped = threading.Event()
        self._known: Marks = {}
        self._thread = threading.Thread(target=self._run, name="certificate watch", daemon=True)

    def start(self) -> None:
        """Begin to watch: what changes from now on is told."""
        self._known = self._marks()
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait for that."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        for _ in looks(lambda: tuple(self._known), self._stopped, every=LOOK):
            now = self._marks()
            if self._stopped.is_set():
                return
            if now != self._known:
                self._known = now
                self._changed()

    def _marks(self) -> Marks:
        return {path: _mark(path) for path in map(Path, self._files())}


def _mark(path: Path) -> tuple[int, int, int] | None:
    """What tells a file from the one that takes its name; None while there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
