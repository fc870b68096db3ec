"""Which logs this machine's Postfix and Dovecot write, and why one cannot be read.

Debian writes mail.log through rsyslog and, from version 12 on, often through nothing but the journal; Postfix 3.4 and
later can write a file of its own (``maillog_file``), Dovecot too (``log_path``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from mailtui.host.errors import MailtuiError, ToolMissing
from mailtui.host.processes import running
from mailtui.host.tools import Tools
from mailtui.host.users import perhaps_sudo
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.logs.access import open_log_file
from mailtui.services.logs.journal import journal_source
from mailtui.services.logs.source import LogSource, file_source
from mailtui.services.postfix.config import PostfixConfig
from mailtui.settings import Settings

SYSLOG_FILES = (Path("/var/log/mail.log"), Path("/var/log/maillog"))
SYSLOG_ERRORS = (Path("/var/log/mail.err"),)
"""Holds lines that also stand in the files above."""
SYSLOG_DAEMONS = ("rsyslogd", "syslog-ng", "syslogd", "busybox-syslogd")
_NO_FILES = ("", "syslog", "/dev/stdout", "/dev/stderr")


class LogSources:
    """The logs of one Postfix and one Dovecot."""

    def __init__(
        self,
        tools: Tools,
        settings: Settings,
        postfix: PostfixConfig,
        dovecot: DovecotConfig,
        *,
        root: Path = Path("/"),
        journal: Callable[[], LogSource | None] | None = None,
    ) -> None:
        """``root`` and ``journal`` are where a test puts a machine of its own."""
        self.tools = tools
        self._settings = settings
        self._postfix = postfix
        self._dovecot = dovecot
        self._root = root
        self._journal = journal or partial(journal_source, tools)

    def discover(self) -> tuple[LogSource, ...]:
        """Every log found, with what is in the way of reading it; ``LogSource.wanted`` says which to read."""
        if self._settings.logs:
            return tuple(looked_at(file_source(path, found_by="--log")) for path in self._settings.logs)
        own = [*self._of_postfix(), *self._of_dovecot()]
        if own and (self._settings.postfix_config or self._settings.dovecot_config):
            return tuple(_distinct(own))  # another instance; the machine's logs tell of the machine's own
        syslog = list(self._of_syslog())
        sources = _distinct([*own, *syslog])
        journal = self._journal()
        if journal:
            sources.append(replace(journal, covered_by=_covering(sources)))
        if not any(source.wanted for source in sources) and not syslog:
            sources.append(self._missing_syslog())
        return tuple(sources)

    def _of_postfix(self) -> Iterator[LogSource]:
        yield from self._configured("Postfix", self._postfix.get, "maillog_file")

    def _of_dovecot(self) -> Iterator[LogSource]:
        yield from self._configured("Dovecot", self._dovecot.get, "log_path", "info_log_path", "debug_log_path")

    def _of_syslog(self) -> Iterator[LogSource]:
        there = [path for path in map(self._place, SYSLOG_FILES) if os.path.lexists(path)]
        sources = [looked_at(file_source(path, found_by="syslog")) for path in there]
        yield from sources
        whole = next((source.name for source in sources if source.readable), "")
        for path in map(self._place, SYSLOG_ERRORS):
            if os.path.lexists(path):
                yield replace(looked_at(file_source(path, found_by="syslog")), covered_by=whole)

    def _missing_syslog(self) -> LogSource:
        path = self._place(SYSLOG_FILES[0])
        if running(SYSLOG_DAEMONS):
            return replace(looked_at(file_source(path, found_by="syslog")), unlock="it appears with the first mail")
        return LogSource(
            str(path),
            "file",
            path,
            "syslog",
            readable=False,
            problem=f"{path} does not exist, and no syslog daemon runs that would write it",
            unlock="sudo apt install rsyslog   (or a log file of Postfix's own: maillog_file in main.cf)",
        )

    def _configured(self, program: str, get: Callable[[str], str], *names: str) -> Iterator[LogSource]:
        """The files these settings name, or why the program would not tell."""
        try:
            paths = {name: get(name) for name in names}
        except ToolMissing:
            return
        except MailtuiError as error:
            problem = f"{program} does not tell where it logs: {error.message}"
            unlock = error.unlock or perhaps_sudo(f"mend that first: {program} itself fails like this")
            yield LogSource(program, "file", found_by=names[0], readable=False, problem=problem, unlock=unlock)
            return
        for name, path in paths.items():
            if path not in _NO_FILES:
                yield looked_at(file_source(self._place(Path(path)), found_by=name))

    def _place(self, path: Path) -> Path:
        return self._root / path.relative_to("/") if path.is_absolute() else path


def looked_at(source: LogSource) -> LogSource:
    """A file source with its size, or with what is in the way of reading it."""
    if source.path is None:
        return source
    try:
        fd = open_log_file(source.path)
    except MailtuiError as error:
        return replace(source, readable=False, problem=error.message, unlock=error.unlock)
    size = os.fstat(fd).st_size
    os.close(fd)
    return replace(source, size=size)


def _distinct(sources: list[LogSource]) -> list[LogSource]:
    """Every file once, also when several settings or names lead to it."""
    seen: dict[object, LogSource] = {}
    for source in sources:
        try:
            there = Path(source.name).stat()
            key: object = (there.st_dev, there.st_ino)
        except OSError:
            key = source.name
        seen.setdefault(key, source)
    return list(seen.values())


def _covering(sources: list[LogSource]) -> str:
    """The file in which a syslog daemon writes down what the journal holds as well."""
    if not running(SYSLOG_DAEMONS):
        return ""
    return next((source.name for source in sources if source.found_by == "syslog" and source.readable), "")
