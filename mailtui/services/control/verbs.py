"""The commands that start, reload and restart: systemd's where it keeps the service, else the program's own.

A program is tested first: a reload with a broken configuration is refused, but after a restart nothing comes back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from mailtui.host.errors import UsageError
from mailtui.services.control.systemd import Systemd
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean

Verb = Literal["start", "reload", "restart", "enable"]
VERBS: tuple[Verb, ...] = ("start", "reload", "restart", "enable")
Argv = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commands:
    """What is run for a verb."""

    tests: tuple[Argv, ...]
    """They change nothing; the first that fails ends it."""
    deeds: tuple[Argv, ...]
    by_systemd: bool = False


class Verbs:
    """The commands for one machine's programs; none is run here."""

    def __init__(self, postfix: PostfixConfig, dovecot: DovecotConfig, systemd: Systemd) -> None:
        self._postfix = postfix
        self._dovecot = dovecot
        self._systemd = systemd

    def commands(self, name: str, verb: Verb) -> Commands:
        """Raises UsageError for a service that is not here or cannot do that."""
        tests = self._tests(name) if verb != "enable" else ()
        unit = self.unit(name)
        if verb == "enable":
            if unit is None:
                raise UsageError(f"{clean(name)} is no service of systemd here", unlock="see how it is started")
            return Commands((), (("systemctl", "enable", "--", f"{unit}.service"),), by_systemd=True)
        if unit is not None and self._belongs(unit, verb):
            deed = "reload-or-restart" if verb == "reload" and name not in _OWN else verb
            return Commands(tests, (("systemctl", deed, "--", f"{unit}.service"),), by_systemd=True)
        if name not in _OWN:
            raise UsageError(
                f"{clean(name)} is no service here that mailtui knows how to {verb}",
                unlock="mailtui service lists those it knows",
            )
        return Commands(tests, _own_commands(name, verb, self._postfix, self._dovecot))

    def unit(self, name: str) -> str | None:
        """The systemd unit of a service; None for an instance of its own, or without systemd."""
        if name in _OWN:
            where = self._postfix.where if name == "postfix" else self._dovecot.where
            return None if where or self._systemd.unit(name) is None else name
        return next((one for one in others().get(name, ()) if self._systemd.unit(one)), None)

    def _belongs(self, unit: str, verb: Verb) -> bool:
        """Whether systemd has started it, or would: it reloads nothing that somebody else started."""
        known = self._systemd.unit(unit)
        return known is not None and (verb == "start" or known.active in ("active", "reloading", "failed"))

    def _tests(self, name: str) -> tuple[Argv, ...]:
        if name == "postfix":
            return (("postfix", *self._postfix.where, "check"),)
        if name == "dovecot":
            return (self._dovecot.test(),)
        test = next((tuple(one["test"]) for one in _table() if name in one["units"] and "test" in one), ())
        return (test,) if test else ()


def _own_commands(name: str, verb: Verb, postfix: PostfixConfig, dovecot: DovecotConfig) -> tuple[Argv, ...]:
    """The program's own commands for a verb, without systemd."""
    if name == "postfix":
        steps = ("stop", "start") if verb == "restart" else (verb,)
        return tuple(("postfix", *postfix.where, step) for step in steps)
    start = ("dovecot", *dovecot.where)
    by_doveadm = {"reload": "reload", "restart": "stop"}
    doveadm = (("doveadm", *dovecot.where, by_doveadm[verb]),) if verb in by_doveadm else ()
    return (*doveadm, *((start,) if verb != "reload" else ()))


_OWN = ("postfix", "dovecot")


def others() -> Mapping[str, tuple[str, ...]]:
    """The services beside Postfix and Dovecot, by each name they are known by, with all those names."""
    return {unit: tuple(one["units"]) for one in _table() for unit in one["units"]}


@cache
def _table() -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = json.loads(files(__package__).joinpath("others.json").read_text(encoding="utf-8"))
    return table
