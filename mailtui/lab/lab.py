"""The lab itself: checks what it needs, starts a keeper for it, and lets go."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from mailtui.host.errors import HostError
from mailtui.host.tools import LocalTools
from mailtui.lab.configuration import Configuration
from mailtui.lab.forsaken import PREFIX, stop_forsaken
from mailtui.lab.layout import Layout
from mailtui.lab.ports import LISTENERS, free_ports
from mailtui.lab.protocols import not_served

_PACKAGES = "sudo apt install postfix dovecot-imapd dovecot-pop3d dovecot-lmtpd"
_PORT_TAKEN = ("address already in use", "mail system startup failed")
"""Postfix 3.10 says the first only to its log."""
_ATTEMPTS = 3
READY = "ready"
"""First word of a keeper whose lab runs."""


class LabFailed(HostError):
    """The lab could not be started."""


class Lab(Layout):
    """A running private mail system; use as a context manager.

    ``retry_seconds`` is Postfix's backoff: how soon deferred mail is tried again.
    """

    def __init__(self, *, retry_seconds: int = 20) -> None:
        super().__init__(Path())
        self._tools = LocalTools()
        self._retry = retry_seconds
        self._keeper: subprocess.Popen[bytes] | None = None
        self.ports: dict[str, int] = {}

    def __enter__(self) -> Lab:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def options(self) -> list[str]:
        """The options that point ``mailtui`` at this lab."""
        return [
            f"--postfix-config={self.postfix_config}",
            f"--dovecot-config={self.dovecot_config}",
            f"--state={self.state}",
        ]

    def start(self) -> None:
        """Start everything; raises LabFailed with the reason, and leaves nothing behind then."""
        self._require()
        stop_forsaken()
        for attempt in range(1, _ATTEMPTS + 1):
            answer = self._try_to_start()
            if answer == READY:
                return
            self.stop()
            # Somebody else was quicker to take one of the ports that were free.
            if attempt == _ATTEMPTS or not any(words in answer.lower() for words in _PORT_TAKEN):
                raise LabFailed(f"the lab did not start: {answer or 'its keeper says nothing'}")

    def stop(self) -> None:
        """Stop everything that was started and remove the folder."""
        if self._keeper is not None:
            self._keeper.communicate()  # closes its standard input, which is the word to stop
            self._keeper = None
        if self.folder != Path():
            shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *argv: str) -> str:
        """Run one of Postfix's or Dovecot's own commands on this lab; its standard output."""
        where = self.postfix_config if argv[0].startswith(("post", "sendmail")) else self.dovecot_config
        return self._tools.run([argv[0], "-c", str(where), *argv[1:]], timeout=60).text

    def _require(self) -> None:
        missing = [name for name in ("postfix", "dovecot") if self._tools.find(name) is None]
        if missing:
            raise LabFailed(f"{' and '.join(missing)} must be installed for the lab", unlock=_PACKAGES)
        if os.geteuid() != 0:
            raise LabFailed("Postfix can only be started by root", unlock="run it with sudo, or as root in a container")
        if importlib.util.find_spec("aiosmtpd") is None:
            raise LabFailed("the lab's SMTP sink is not installed", unlock="pip install 'mailtui[demo]'")

    def _try_to_start(self) -> str:
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.ports = free_ports(name for name in LISTENERS if name not in not_served())
        try:
            Configuration(self, self.ports, self._retry, self._tools).write()
            return self._start_keeper()
        except BaseException:
            self.stop()
            raise

    def _start_keeper(self) -> str:
        """Its answer: ``READY`` or what went wrong."""
        with (self.folder / "log/keeper").open("ab") as errors:
            self._keeper = kept = subprocess.Popen(
                [sys.executable, "-m", "mailtui.lab.keeper", str(self.folder), json.dumps(self.ports)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # out of reach of Ctrl-C
            )
        assert kept.stdout is not None
        first = kept.stdout.readline().decode().strip()
        return first if first == READY else first + kept.stdout.read().decode()
