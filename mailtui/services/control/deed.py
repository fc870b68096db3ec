"""Doing it, and looking whether the program lives and listens afterwards where it is set to."""

from __future__ import annotations

import time
from collections.abc import Callable

from mailtui.host import processes
from mailtui.host.background import start_in_background
from mailtui.host.errors import HostError, MailtuiError, ToolFailed
from mailtui.host.tools import Tools
from mailtui.services.control.systemd import Systemd
from mailtui.services.control.verbs import Commands, Verb, Verbs
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse.masters import service_states
from mailtui.text import clean

TIMEOUT = 90.0
PATIENCE = 20.0
"""Seconds in which a program must be up, with every port that it is set to open."""
SETTLED = 1.0
"""Seconds that it must then have lived."""
_STEP = 0.05
_TITLES = {"postfix": "Postfix", "dovecot": "Dovecot"}


class Deeds:
    """Changes whether programs run. Raises the error family."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        dovecot: DovecotConfig,
        systemd: Systemd | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._systemd = systemd or Systemd(tools)
        self.verbs = Verbs(postfix, dovecot, self._systemd)
        self._wait = wait

    def test(self, name: str, verb: Verb) -> None:
        """Whether the program would take its configuration; raises ToolFailed with its words where not."""
        for test in self.verbs.commands(name, verb).tests:
            try:
                self._tools.run(test, timeout=TIMEOUT)
            except ToolFailed as error:
                if name == "postfix" and not error.stderr.strip():
                    _ = self._postfix.again().services  # postfix(1) says it to its log alone, postconf(1) to us
                raise

    def carry_out(self, name: str, verb: Verb) -> None:
        """Do it, and see it live; raises HostError where it does not, or where there is nothing to reload."""
        if verb == "reload" and self.state(name) == "down":
            raise HostError(
                f"{clean(name)} does not run: there is nothing to reload", unlock=f"mailtui service start {clean(name)}"
            )
        self._run(name, self.verbs.commands(name, verb))
        if verb != "enable":
            self._see_it_live(name)

    def state(self, name: str) -> str:
        """``up down unknown``."""
        if name in _TITLES:
            states = {one.name: one.state for one in service_states(self._postfix.again(), self._dovecot.again())}
            return states[_TITLES[name]]
        unit = self._systemd.unit(name)
        return "unknown" if unit is None else "up" if unit.active in ("active", "reloading") else "down"

    def ports(self, name: str) -> tuple[int, ...]:
        """Ports that a program listens on; none where that cannot be seen."""
        pid = self.pid(name)
        if pid is None:
            return ()
        running = processes.every()
        mine = {
            one.port
            for one in processes.listening()
            if one.pid and pid in (ancestor.pid for ancestor in processes.lineage(one.pid, running))
        }
        return tuple(sorted(mine))

    def pid(self, name: str) -> int | None:
        """The master process of a program that runs."""
        if name not in _TITLES:
            unit = self._systemd.unit(name)
            return unit.pid if unit else None
        source = self._postfix.again() if name == "postfix" else self._dovecot.again()
        try:
            words = source.pid_file.read_text(encoding="ascii").split()
        except (MailtuiError, OSError, UnicodeDecodeError):
            return None
        master = ("master",) if name == "postfix" else ("dovecot",)
        return int(words[0]) if words and words[0].isdigit() and processes.is_program(int(words[0]), master) else None

    def _run(self, name: str, commands: Commands) -> None:
        for number, argv in enumerate(commands.deeds):
            if number:  # the second starts what the first has stopped
                self._until(lambda: self.state(name) != "up", f"{clean(name)} does not stop")
            try:
                if commands.by_systemd or argv[-1] in ("reload", "stop"):
                    self._tools.run(argv, timeout=TIMEOUT)
                else:
                    start_in_background(self._tools, argv, timeout=TIMEOUT)
            except ToolFailed as error:
                raise HostError(error.message, unlock=self._last_words(name, commands)) from error

    def _see_it_live(self, name: str) -> None:
        self._until(lambda: self.state(name) != "down", f"{clean(name)} does not run")
        wanted = self._configured(name)
        self._until(
            lambda: self.pid(name) is None or wanted <= set(self.ports(name)),
            f"{clean(name)} does not listen on every port it is set to: {', '.join(map(str, sorted(wanted)))}",
        )
        self._wait(SETTLED)
        if self.state(name) == "down":
            raise HostError(f"{clean(name)} came up and ended again", unlock="its log says why")

    def _configured(self, name: str) -> set[int]:
        """Ports that Postfix or Dovecot is set to open; of others nobody knows."""
        if name not in _TITLES:
            return set()
        from mailtui.services.tls.listeners import Listeners  # only who changes something pays for it

        try:
            listeners = Listeners(self._tools, self._postfix, self._dovecot).configured()
        except MailtuiError:
            return set()
        return {one.port for one in listeners if one.program == name}

    def _until(self, done: Callable[[], bool], otherwise: str) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                raise HostError(otherwise, unlock="its log says why")
            self._wait(_STEP)

    def _last_words(self, name: str, commands: Commands) -> str:
        unit = self.verbs.unit(name) if commands.by_systemd else None
        return f"journalctl -u {unit} -n 20" if unit else "its log says why"
