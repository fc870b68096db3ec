"""Dovecot's configuration as Dovecot reads it: doveconf(1), in the words of 2.3 and of 2.4."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from mailtui.host.tools import Tools

_HIDDEN = "# hidden, use -P to show it"


class DovecotConfig:
    """The configuration of one instance, read once; make a new one to see a change.

    Raises what ``Tools.run`` raises; ToolFailed also where the configuration itself is wrong, with Dovecot's words.
    """

    def __init__(self, tools: Tools, config_file: Path | None = None) -> None:
        self._tools = tools
        self._where = ("-c", str(config_file)) if config_file else ()
        self._held = False

    def again(self) -> DovecotConfig:
        """The same instance, to be read anew."""
        return self if self._held else DovecotConfig(self._tools, Path(self._where[1]) if self._where else None)

    def held(self) -> DovecotConfig:
        """The same instance, read anew once for all who ask for that; see ``PostfixConfig.held``."""
        if self._held:
            return self
        held = DovecotConfig(self._tools, Path(self._where[1]) if self._where else None)
        held._held = True
        return held

    @property
    def where(self) -> tuple[str, ...]:
        """The arguments that point a Dovecot command at this instance."""
        return self._where

    def get(self, name: str) -> str:
        """Value of a setting; ``""`` where this Dovecot has none of that name."""
        if name not in self._known:
            self._known[name] = self._ask(name)
        return self._known[name]

    @cached_property
    def _known(self) -> dict[str, str]:
        """What has been asked; one that is held asks once for all settings that stand outside of blocks."""
        return dict(_outside_of_blocks(self._tools.run(["doveconf", *self._where, "-a"]).text)) if self._held else {}

    def _ask(self, name: str) -> str:
        # Not with -h: Dovecot 2.4 answers that with "Multiple settings matched" for settings every protocol may have.
        said = self._tools.run(["doveconf", *self._where, name]).text
        prefix = f"{name} ="
        lines = (line for line in said.splitlines() if line.startswith(prefix))
        return unquoted(next(lines, prefix)[len(prefix) :].strip())

    def everything(self, *options: str) -> str:
        """Every setting: ``-a``, or only the defaults: ``-d``; with ``-P`` secrets too.

        2.4 leaves the defaults of services out of that, and tells them to who asks for ``service``.
        """
        if not self._held:
            return self._everything(options)
        if options not in self._said:
            self._said[options] = self._everything(options)
        return self._said[options]

    @cached_property
    def _said(self) -> dict[tuple[str, ...], str]:
        return {}

    def _everything(self, options: Sequence[str]) -> str:
        asked = ["doveconf", *self._where, *options]
        said = self._tools.run(asked).text
        return said + self._tools.run([*asked, "service"]).text if self.new_names else said

    @cached_property
    def text(self) -> str:
        """What differs from the defaults, blocks and all (``doveconf -n``)."""
        return self._tools.run(["doveconf", *self._where, "-n"]).text

    def test(self, *, opening: bool = True) -> tuple[str, ...]:
        """What tells whether Dovecot would start.

        ``opening``: with the certificates and keys that are named, as in starting, where we may open them; without
        ``-x`` neither 2.3 nor 2.4 misses one.
        """
        return ("doveconf", *self._where, *(("-x",) if opening and os.geteuid() == 0 else ()), "-n")

    @property
    def pid_file(self) -> Path:
        """Where the master process notes its process ID; root's to read."""
        return Path(self.get("base_dir")) / "master.pid"

    @cached_property
    def version(self) -> str:
        """Dovecot's version, like ``2.3.19.1``."""
        return self._tools.run(["dovecot", "--version"]).text.split(" ")[0].strip()

    @property
    def new_names(self) -> bool:
        """Whether this is Dovecot 2.4 or later, which renamed many settings."""
        numbers = [int(part) for part in self.version.split(".")[:2] if part.isdigit()]
        return numbers >= [2, 4]


def _outside_of_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Names and values as ``doveconf name`` tells them, which neither quotes nor hides."""
    for line in text.splitlines():
        name, sign, value = line.partition(" =")
        if sign and name.isidentifier() and _HIDDEN not in value:
            yield name, unquoted(value.strip()).strip()


def unquoted(value: str) -> str:
    """A value without the quotes that Dovecot 2.4 may put around it."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return value
