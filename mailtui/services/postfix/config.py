"""Postfix's configuration as Postfix reads it: postconf(1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mailtui.host.errors import ToolFailed
from mailtui.host.tools import Tools


@dataclass(frozen=True, slots=True)
class MasterService:
    """One entry of master.cf (master(5))."""

    name: str
    """What it listens on: ``smtp``, ``submission``, ``127.0.0.1:10025``."""
    type: str
    """``inet unix fifo pass``."""
    command: str
    """Program and arguments, the ``-o`` overrides among them."""
    overrides: tuple[tuple[str, str], ...]
    """The parameters set with ``-o`` for this service alone."""
    chroot: bool = False
    """Whether it sees nothing but the queue directory."""


class PostfixConfig:
    """main.cf and master.cf of one instance, read once; make a new one to see a change.

    Raises what ``Tools.run`` raises.
    """

    def __init__(
        self, tools: Tools, config_directory: Path | None = None, overrides: Sequence[tuple[str, str]] = ()
    ) -> None:
        self._tools = tools
        self._where = ("-c", str(config_directory)) if config_directory else ()
        self._overrides = tuple(overrides)
        self._held = False
        self._refusal: ToolFailed | None = None

    def again(self) -> PostfixConfig:
        """The same instance, to be read anew."""
        return self if self._held else self._like(self._overrides)

    def held(self) -> PostfixConfig:
        """The same instance, read anew once for all who ask for that: what runs side by side sees one configuration."""
        if self._held:
            return self
        held = self._like(self._overrides)
        held._held = True
        return held

    def of_service(self, service: MasterService | None) -> PostfixConfig:
        """The configuration as one service sees it, with its ``-o`` overrides; this one where it has none."""
        if service is None or not service.overrides:
            return self
        return self._of_services.setdefault(service.overrides, self._like(service.overrides))

    @cached_property
    def _of_services(self) -> dict[tuple[tuple[str, str], ...], PostfixConfig]:
        return {}

    @property
    def where(self) -> tuple[str, ...]:
        """The arguments that point a Postfix command at this instance."""
        return self._where

    def get(self, name: str) -> str:
        """Value of a parameter with ``$name`` expanded; ``""`` for one Postfix does not know."""
        return self.all.get(name, "")

    def written(self, name: str) -> str:
        """Value of a parameter as it stands in main.cf, ``$name`` and all; the default where it does not."""
        return self._told("-h", name).strip()

    @cached_property
    def all(self) -> dict[str, str]:
        """Every parameter, set or default, with ``$name`` expanded (postconf -x)."""
        overrides = [word for name, value in self._overrides for word in ("-o", f"{name}={value}")]
        return pairs(self._told("-x", *overrides))

    @cached_property
    def set_here(self) -> dict[str, str]:
        """The parameters set in main.cf (postconf -nx)."""
        return pairs(self._told("-nx"))

    @cached_property
    def services(self) -> tuple[MasterService, ...]:
        """The services of master.cf (postconf -M, -P)."""
        overrides: dict[str, list[tuple[str, str]]] = {}
        for key, value in pairs(self._told("-Px")).items():
            service, _, parameter = key.rpartition("/")
            overrides.setdefault(service, []).append((parameter, value))
        found = []
        for line in self._told("-M").splitlines():
            fields = line.split(None, 7)
            if len(fields) == 8:
                name, kind = fields[:2]
                own = tuple(overrides.get(f"{name}/{kind}", ()))
                found.append(MasterService(name, kind, fields[7], own, self._chroots(fields[4])))
        return tuple(found)

    def _told(self, *arguments: str) -> str:
        """What postconf says. Where it refuses it waits for a second: one that is held is asked once."""
        if self._refusal is not None:
            raise self._refusal
        try:
            return self._tools.run(["postconf", *self._where, *arguments]).text
        except ToolFailed as error:
            if self._held:
                self._refusal = error
            raise

    def _chroots(self, field: str) -> bool:
        """The field of master.cf; its default is ``n`` since compatibility level 1 (COMPATIBILITY_README)."""
        return field == "y" if field != "-" else self.get("compatibility_level") in ("", "0")

    @property
    def pid_file(self) -> Path:
        """Where the master process notes its process ID; root's to read."""
        return Path(self.get("queue_directory")) / self.get("process_id_directory") / "master.pid"

    @property
    def version(self) -> str:
        """Postfix's version, like ``3.7.11``."""
        return self.get("mail_version")

    def _like(self, overrides: Sequence[tuple[str, str]]) -> PostfixConfig:
        return PostfixConfig(self._tools, Path(self._where[1]) if self._where else None, overrides)


def pairs(text: str) -> dict[str, str]:
    """``name = value`` lines as postconf(1) prints them."""
    parts = (line.partition(" =") for line in text.splitlines())
    return {name: value.strip() for name, sign, value in parts if sign}
