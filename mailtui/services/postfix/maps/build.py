"""Compiling a table's source so that Postfix meets the old index or the new one, whole, at every moment.

Daemons notice an index that was replaced (``dict.c`` compares time and link count, of lmdb the latter alone), so that
it is built beside and renamed. In place postmap(1) cannot build an lmdb that is damaged: it opens what is there.
"""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.tables import COMPILED
from mailtui.text import clean

TIMEOUT = 300.0
"""Seconds; a million entries take some ten."""
_COLD = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """A table of a source, and the index that is made of it where its type has one."""

    kind: str
    source: Path
    tool: tuple[str, ...]
    """``postmap``, ``postalias`` or ``postmap -F``, with the options that name the instance."""
    secret: bool = False
    """Whether its values are passwords: then it is only asked whether it has a key."""

    @property
    def compiled(self) -> bool:
        """Whether there is an index at all."""
        return self.kind in COMPILED

    @property
    def exact(self) -> bool:
        """Whether it answers with the text of its source: postalias rewrites addresses, ``-F`` takes files in."""
        return not self.secret and self.tool[0] != "postalias" and "-F" not in self.tool

    @property
    def index(self) -> Path:
        """The file the tool makes."""
        return Path(f"{self.source}{COMPILED[self.kind]}")

    @property
    def query(self) -> tuple[str, ...]:
        """What asks the table for keys that come by standard input."""
        return ("postmap", *(word for word in self.tool[1:] if word != "-F"), "-q", "-", f"{self.kind}:{self.source}")

    @property
    def command(self) -> tuple[str, ...]:
        """What an operator would type."""
        return (*self.tool, f"{self.kind}:{self.source}")


def tool_of(table: Table, where: Sequence[str]) -> tuple[str, ...]:
    """What compiles a table: ``postmap``, ``postalias`` or ``postmap -F``; ``where`` names the instance."""
    if table.is_aliases and table.kind in COMPILED:
        return ("postalias", *where)
    return ("postmap", *where, *(("-F",) if table.holds_files else ()))


def sweep(source: Path) -> None:
    """Remove what processes that were killed had built beside ``source`` to try it."""
    for path in source.parent.glob(f".{glob.escape(source.name)}.mailtui-*-*"):
        pid = path.name.removeprefix(f".{source.name}.mailtui-").partition("-")[0]
        if pid.isdecimal() and not Path("/proc", pid).exists():
            path.unlink(missing_ok=True)


class Builder:
    """Builds indexes with Postfix's own tools."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    @contextmanager
    def tried(self, target: Target, data: bytes) -> Iterator[Target]:
        """The table as it will be, built from ``data`` under another name; gone when the context ends.

        Raises ToolFailed with the tool's words, HostError or OSError, and has then changed nothing.
        """
        path = target.source.with_name(f".{target.source.name}.mailtui-{os.getpid()}-{secrets.token_hex(6)}")
        trial = replace(target, source=path)
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "wb") as file:
                file.write(data)
            # Postfix waits seconds for a text that was changed this moment; nobody else changes this one.
            os.utime(path, (time.time() - _COLD,) * 2)
            self._build(trial)
            self.ask(trial, {"mailtui.probe.invalid": None})
            yield trial
        finally:
            for name in (path, *((trial.index, Path(f"{trial.index}-lock")) if trial.compiled else ())):
                with contextlib.suppress(FileNotFoundError):
                    name.unlink()

    def install(self, trial: Target, target: Target) -> None:
        """Put a tried index in place of the real one; its source must stand there already. Raises as ``tried``."""
        if not target.compiled:
            return
        like = target.index if target.index.exists() else target.source  # as postmap(1) makes a new one
        old = like.stat()
        os.chown(trial.index, old.st_uid, old.st_gid)
        shutil.copystat(like, trial.index)
        # Not older than the source, or Postfix warns that it is out of date.
        os.utime(trial.index)
        trial.index.rename(target.index)

    def ask(self, target: Target, keys: Mapping[str, str | None]) -> tuple[str, ...]:
        """The keys of ``keys`` that the table does not answer as it says there.

        Raises HostError when Postfix complains of the table, as it does of a pattern that is none.
        """
        stdin = "".join(f"{key}\n" for key in keys).encode("utf-8", "surrogateescape")
        result = self._tools.run(target.query, stdin=stdin, check=False)
        if result.stderr.strip():
            words = clean(result.error_text.strip().splitlines()[0])
            raise HostError(words.replace(str(target.source), "the table"))
        told = dict(line.partition("\t")[::2] for line in result.text.splitlines())
        return tuple(key for key, value in keys.items() if not _fits(told.get(key), value, target.exact))

    def _build(self, target: Target) -> None:
        """Raises HostError for a warning too: postmap leaves out what it warns of."""
        if target.compiled:
            result = self._tools.run(target.command, timeout=TIMEOUT)
            if result.stderr.strip():
                words = clean(result.error_text.strip().splitlines()[0])
                raise HostError(words.replace(str(target.source), "the table"))


def _fits(told: str | None, wanted: str | None, exact: bool) -> bool:
    return told == wanted if exact else (told is None) == (wanted is None)
