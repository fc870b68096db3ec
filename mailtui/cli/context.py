"""What a command may need, built when it is asked for: settings, tools, configurations, logs."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import HostError, PermissionDenied

if TYPE_CHECKING:
    from mailtui.changes.changes import Changes
    from mailtui.cli.output import Output
    from mailtui.filters.values import Moment
    from mailtui.host.tools import Tools
    from mailtui.services.checks.attention import Attention
    from mailtui.services.container import Services
    from mailtui.services.dovecot.config import DovecotConfig
    from mailtui.services.logs import LogSource, LogSources
    from mailtui.services.postfix.config import PostfixConfig
    from mailtui.settings import Settings


class Context:
    """Imports and builds lazily: ``mailtui trace ID FILE`` must not pay for a look at Postfix."""

    def __init__(self, options: argparse.Namespace, output: Output) -> None:
        self.options = options
        self.output = output
        self._closing = ExitStack()
        self._unread: set[str] = set()

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.close()

    @property
    def knows_machine(self) -> bool:
        """Whether the command asked for anything of this machine: then its settings have been read."""
        return "settings" in self.__dict__

    @cached_property
    def settings(self) -> Settings:
        """The settings file's, with the command line's on top."""
        from dataclasses import replace

        from mailtui.cli.paths import check_kinds
        from mailtui.settings import load

        options = self.options
        settings = load(options.settings)
        given = {
            "postfix_config": options.postfix_config,
            "dovecot_config": options.dovecot_config,
            "logs": tuple(options.log),
            "state": options.state,
            "read_only": options.read_only,
        }
        settings = replace(settings, **{name: value for name, value in given.items() if value})
        check_kinds(settings)
        return settings

    @cached_property
    def tools(self) -> Tools:
        """The door to the machine's programs."""
        from mailtui.host.tools import LocalTools

        return LocalTools()

    @property
    def postfix(self) -> PostfixConfig:
        """Postfix's configuration."""
        return self.services.postfix

    @property
    def dovecot(self) -> DovecotConfig:
        """Dovecot's configuration."""
        return self.services.dovecot

    @property
    def sources(self) -> LogSources:
        """Where the logs are."""
        return self.services.sources

    @property
    def changes(self) -> Changes:
        """What is changed, and was."""
        return self.services.changes

    @property
    def attention(self) -> Attention:
        """Findings that somebody has taken note of."""
        return self.services.attention

    @cached_property
    def services(self) -> Services:
        """All services of the machine."""
        from mailtui.services.container import Services

        return Services(self.settings, self.tools)

    def for_instance(self, options: argparse.Namespace) -> Context:
        """The same for another Postfix and Dovecot, whose logs are those they name themselves."""
        from dataclasses import replace

        options.settings, options.read_only = self.options.settings, self.options.read_only
        other = Context(options, self.output)
        other.settings = replace(other.settings, logs=())
        return other

    def log_places(self, since: float | None = None) -> list[Path | str]:
        """The logs to read: those given, or those found that hold lines of their own; ``journal`` is no file.

        Of logs found, rotated files come along as far back as ``since``, ``--since`` or ``--day`` reaches.
        """
        given: list[Path] = getattr(self.options, "files", []) or list(self.options.log) or list(self.settings.logs)
        if given:
            from mailtui.cli.paths import check_logs

            check_logs(given)
            return [*given]
        sources = self.sources.discover()
        window: Moment | None = getattr(self.options, "since", None) or getattr(self.options, "day", None)
        oldest = window.start if since is None and window else since
        wanted = [place for source in sources if source.wanted for place in _files(source, oldest)]
        unread = [source for source in sources if not source.readable and not source.covered_by]
        if wanted:
            self._tell_unread(unread)
            return wanted
        for source in unread:
            raise PermissionDenied(source.problem, unlock=source.unlock)
        raise HostError("no mail log was found", unlock="name one: mailtui --log FILE, or as an argument")

    def _tell_unread(self, sources: Iterable[LogSource]) -> None:
        """Once, beside what the other logs tell: what is missing in it, and what would bring it."""
        for source in sources:
            if source.name not in self._unread:
                self._unread.add(source.name)
                self.output.note(f"not read: {source.problem}" + (f"; {source.unlock}" if source.unlock else ""))

    def log_paths(self, since: float | None = None) -> list[Path]:
        """``log_places`` as files; the journal is written out to one that is gone with this process."""
        return [place if isinstance(place, Path) else self._journal_file(since) for place in self.log_places(since)]

    def _journal_file(self, since: float | None) -> Path:
        from mailtui.services.logs.spool import write_past

        window: Moment | None = getattr(self.options, "since", None) or getattr(self.options, "day", None)
        start = window.start if since is None and window else since
        path = Path(self._folder, f"journal-{start or 0:.0f}.log")
        if not path.exists():
            write_past(self.tools, path, start)
        return path

    @cached_property
    def _folder(self) -> Path:
        """Ours alone; gone when the command is done."""
        from tempfile import TemporaryDirectory

        return Path(self._closing.enter_context(TemporaryDirectory(prefix="mailtui-")))


def _files(source: LogSource, since: float | None) -> Iterator[Path | str]:
    """The rotated files of a log with lines younger than ``since``, and the log."""
    from mailtui.services.logs import history

    if source.path is None:
        yield source.name
        return
    if since is not None:
        yield from (file.path for file in history(source.path) if file.modified >= since)
    yield source.path
