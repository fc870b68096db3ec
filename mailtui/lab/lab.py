"""The lab itself: writes the configurations, starts the daemons, and stops exactly those."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from string import Template
from types import TracebackType

from mailtui.host.errors import HostError
from mailtui.host.tools import ShTools
from mailtui.lab.certificate import write_certificate
from mailtui.lab.ports import free_ports
from mailtui.lab.users import ALIASES, MAIL_UID, MAILBOXES, USERS, passwd_file
from mailtui.lab.wait import listens, wait_until
from mailtui.lab.world import ELSEWHERE, WORLD

_START = 30.0
_PACKAGES = "sudo apt install postfix dovecot-imapd dovecot-pop3d dovecot-lmtpd"


class LabFailed(HostError):
    """The lab could not be started."""


class _Template(Template):
    delimiter = "@"  # main.cf is full of dollar signs


class Lab:
    """A running private mail system; use as a context manager.

    ``retry_seconds`` is Postfix's backoff: how soon deferred mail is tried again.
    """

    def __init__(self, *, retry_seconds: int = 20) -> None:
        self._tools = ShTools()
        self._retry = retry_seconds
        self._guard: subprocess.Popen[bytes] | None = None
        self._sink: subprocess.Popen[bytes] | None = None
        self.ports = free_ports()
        self.folder = Path()

    def __enter__(self) -> Lab:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def postfix_config(self) -> Path:
        """Postfix's ``config_directory``."""
        return self.folder / "etc/postfix"

    @property
    def dovecot_config(self) -> Path:
        """Dovecot's main configuration file."""
        return self.folder / "etc/dovecot/dovecot.conf"

    @property
    def log(self) -> Path:
        """Postfix's log file."""
        return self.folder / "log/mail.log"

    @property
    def dovecot_log(self) -> Path:
        """Dovecot's log file."""
        return self.folder / "log/dovecot.log"

    @property
    def state(self) -> Path:
        """Where a console on this lab keeps its own files."""
        return self.folder / "mailtui"

    @property
    def queue(self) -> Path:
        """Postfix's ``queue_directory``."""
        return self.folder / "spool"

    def mail_home(self, user: str) -> Path:
        """Home folder of a mailbox owner."""
        return self.folder / "mail" / user

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
        self.folder = Path(tempfile.mkdtemp(prefix="mailtui-lab-"))
        try:
            self._write()
            sink = self._start_sink()
            self._guard = self._start_guard(sink)
            self._start_daemons()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything that was started and remove the folder."""
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()
        elif self._sink is not None:
            self._sink.kill()
        if self._sink is not None:
            self._sink.communicate()
        self._guard = self._sink = None
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

    def _write(self) -> None:
        self.folder.chmod(0o755)
        for name in ("etc/postfix", "etc/dovecot", "spool", "data", "log", "run", "state", "mail", "tls"):
            (self.folder / name).mkdir(parents=True)
        for user in USERS:
            self.mail_home(user.name).mkdir()
            os.chown(self.mail_home(user.name), MAIL_UID, MAIL_UID)
        shutil.chown(self.folder / "data", "postfix")
        write_certificate(self.folder / "tls/cert.pem", self.folder / "tls/key.pem", "mx.lab.example")
        words = self._words()
        for name in ("main.cf", "master.cf"):
            self._fill(name, self.postfix_config / name, words)
        self._write_maps(str(words["map_type"]))
        self._write_dovecot(words)

    def _words(self) -> dict[str, object]:
        folder = self.folder
        types = self._tools.run(["postconf", "-m"]).text.split()
        return {
            **self.ports,
            "folder": folder,
            "name": folder.name,
            "postfix_config": self.postfix_config,
            "queue": self.queue,
            "data": folder / "data",
            "mail_log": self.log,
            "dovecot_log": self.dovecot_log,
            "run": folder / "run",
            "state": folder / "state",
            "users": folder / "etc/dovecot/users",
            "mail_uid": MAIL_UID,
            "certificate": folder / "tls/cert.pem",
            "key": folder / "tls/key.pem",
            "map_type": "hash" if "hash" in types else "lmdb",
            "elsewhere": ELSEWHERE,
            "backoff": f"{self._retry}s",
            "queue_run": f"{max(self._retry // 2, 1)}s",
        }

    def _fill(self, template: str, target: Path, words: dict[str, object]) -> None:
        text = (files(__package__) / "templates" / template).read_text()
        with target.open("a") as file:
            file.write(_Template(text).substitute(words))

    def _write_maps(self, map_type: str) -> None:
        entries = {
            "virtual": ALIASES,
            "vmailbox": dict.fromkeys(MAILBOXES, "unused"),
            "transport": {d.name: f"smtp:[{d.address}]:{self.ports['sink_port']}" for d in WORLD},
            "senders": {"spammer@bad.example": "REJECT we know you"},
        }
        for name, table in entries.items():
            path = self.postfix_config / name
            path.write_text("".join(f"{key} {value}\n" for key, value in table.items()))
            self.command("postmap", f"{map_type}:{path}")
        aliases = self.postfix_config / "aliases"
        aliases.write_text("postmaster: root\nroot: alice@lab.example\n")
        self.command("postalias", f"{map_type}:{aliases}")

    def _write_dovecot(self, words: dict[str, object]) -> None:
        version = self._tools.run(["dovecot", "--version"]).text
        new_names = not version.startswith(("2.2", "2.3"))
        sieve = any(Path("/usr/lib/dovecot").glob("**/lib90_sieve_plugin.so"))
        words["sieve"] = " sieve" if sieve else ""
        stem = "dovecot-2.4" if new_names else "dovecot-2.3"
        self._fill(f"{stem}.conf", self.dovecot_config, words)
        if sieve:
            self._fill(f"{stem}-sieve.conf", self.dovecot_config, words)
        users = self.folder / "etc/dovecot/users"
        users.write_text(passwd_file(self.folder / "mail", new_names=new_names))
        users.chmod(0o640)
        shutil.chown(users, group="dovecot")

    def _start_sink(self) -> int:
        ports = [str(self.ports[name]) for name in ("sink_port", "filter", "reinjection")]
        self._sink = sink = _spawn("mailtui.lab.sink", *ports, stdout=subprocess.PIPE)
        assert sink.stdout is not None
        if sink.stdout.readline() != b"ready\n":
            raise LabFailed("the SMTP sink did not start", unlock="pip install 'mailtui[demo]'")
        return sink.pid

    def _start_guard(self, sink: int) -> subprocess.Popen[bytes]:
        return _spawn("mailtui.lab.guard", str(self.folder), str(sink), stdin=subprocess.PIPE)

    def _start_daemons(self) -> None:
        # Dovecot first: its sockets stand in Postfix's queue folder, which must exist with the right owner.
        private = self.queue / "private"
        private.mkdir()
        shutil.chown(private, "postfix")
        private.chmod(0o700)
        for argv in (
            ["dovecot", "-c", str(self.dovecot_config)],
            ["postfix", "-c", str(self.postfix_config), "start"],
        ):
            path = self._tools.find(argv[0])
            # A file, not a pipe: a daemon would keep the pipe open and its reader waiting.
            with (self.folder / "log/start").open("ab") as said:
                done = subprocess.run(
                    [path or argv[0], *argv[1:]],
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    timeout=_START,
                    check=False,
                )
            if done.returncode:
                words = (self.folder / "log/start").read_text(errors="replace")[-2000:]
                raise LabFailed(f"{argv[0]} did not start: {words or 'it says nothing'}")
        wanted = [port for name, port in self.ports.items() if name not in ("managesieve", "sink_port")]
        if not wait_until(lambda: all(map(listens, wanted)), _START):
            silent = [name for name, port in self.ports.items() if port in wanted and not listens(port)]
            raise LabFailed(f"nothing listens for {', '.join(silent)}")


def _spawn(
    module: str, *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """One of the lab's own helpers, in a session of its own so that Ctrl-C does not reach it."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdin=stdin, stdout=stdout, start_new_session=True
    )
