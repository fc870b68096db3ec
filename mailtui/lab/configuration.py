"""Writes a lab's folder: templates filled in, tables, users, certificate."""

from __future__ import annotations

import os
import shutil
from importlib.resources import files
from pathlib import Path
from string import Template

from mailtui.host.tools import Tools
from mailtui.lab.certificate import write_certificate
from mailtui.lab.layout import Layout
from mailtui.lab.protocols import OPTIONAL
from mailtui.lab.users import ALIASES, MAIL_UID, MAILBOXES, USERS, passwd_file
from mailtui.lab.world import ELSEWHERE, WORLD

HOST = "mx.lab.example"
_FOLDERS = ("etc/dovecot", "spool/private", "data", "log", "run", "state", "mail", "tls")
_META = ("dynamicmaps.cf", "dynamicmaps.cf.d", "postfix-files", "postfix-files.d")
"""What Postfix looks for in its ``meta_directory``."""
_LONG_AGO = 60.0
"""Seconds."""


class _Template(Template):
    delimiter = "@"  # main.cf is full of dollar signs


class Configuration:
    """What a lab's Postfix and Dovecot are told; ``retry_seconds`` is Postfix's backoff."""

    def __init__(self, layout: Layout, ports: dict[str, int], retry_seconds: int, tools: Tools) -> None:
        self._layout = layout
        self._tools = tools
        self._words: dict[str, object] = {
            **ports,
            "folder": layout.folder,
            "name": layout.folder.name,
            "host": HOST,
            "postfix_config": layout.postfix_config,
            "queue": layout.queue,
            "data": layout.folder / "data",
            "mail_log": layout.log,
            "dovecot_log": layout.dovecot_log,
            "run": layout.run,
            "state": layout.folder / "state",
            "users": layout.users,
            "mail_uid": MAIL_UID,
            "certificate": layout.certificate,
            "key": layout.key,
            "elsewhere": ELSEWHERE,
            "sink_port": ports["sink_port"],
            "backoff": f"{retry_seconds}s",
            "queue_run": f"{max(retry_seconds // 2, 1)}s",
        }

    def write(self) -> None:
        """Write all of it into the layout's empty folder."""
        self._make_folders()
        write_certificate(self._layout.certificate, self._layout.key, HOST)
        self._write_postfix()
        self._write_dovecot()

    def _make_folders(self) -> None:
        layout = self._layout
        layout.folder.chmod(0o755)
        for name in _FOLDERS:
            (layout.folder / name).mkdir(parents=True)
        for user in USERS:
            layout.mail_home(user.name).mkdir()
            os.chown(layout.mail_home(user.name), MAIL_UID, MAIL_UID)
        for folder in (layout.folder / "data", layout.queue / "private"):
            shutil.chown(folder, "postfix")
            folder.chmod(0o700)

    def _write_postfix(self) -> None:
        config = self._layout.postfix_config
        config.mkdir()
        map_type = self._words["map_type"] = self._default("default_database_type")
        # Copies: Postfix trusts these only when they are root's, and who is root here need not be so elsewhere.
        for name in _META:
            _copy(Path(self._default("meta_directory")) / name, config / name)
        for name in ("main.cf", "master.cf", "header_checks"):
            self._fill(name, config / name)
        _let_cool_down(config / "main.cf")
        self._write_tables(str(map_type))

    def _default(self, parameter: str) -> str:
        return self._tools.run(["postconf", "-dh", parameter]).text.strip()

    def _write_tables(self, map_type: str) -> None:
        port = self._words["sink_port"]
        self._write_table("postmap", map_type, "virtual", ALIASES)
        self._write_table("postmap", map_type, "vmailbox", dict.fromkeys(MAILBOXES, "unused"))
        self._write_table("postmap", map_type, "transport", {d.name: f"smtp:[{d.address}]:{port}" for d in WORLD})
        self._write_table("postmap", map_type, "senders", {"spammer@bad.example": "REJECT we know you"})
        self._write_table(
            "postalias", map_type, "aliases", {"postmaster:": "root@localhost", "root:": "alice@lab.example"}
        )

    def _write_table(self, command: str, map_type: str, name: str, table: dict[str, str]) -> None:
        config = self._layout.postfix_config
        (config / name).write_text("".join(f"{key} {value}\n" for key, value in table.items()))
        self._tools.run([command, "-c", str(config), f"{map_type}:{config / name}"])

    def _write_dovecot(self) -> None:
        layout = self._layout
        old = self._tools.run(["dovecot", "--version"]).text.startswith(("2.2", "2.3"))
        stem = "dovecot-2.3" if old else "dovecot-2.4"
        self._fill(f"{stem}.conf", layout.dovecot_config)
        for protocol in OPTIONAL:
            if protocol.installed:
                self._fill(f"{stem}-{protocol.name}.conf", layout.dovecot_config)
        layout.users.write_text(passwd_file(layout.mail, new_names=not old))
        layout.users.chmod(0o640)
        shutil.chown(layout.users, group="dovecot")

    def _fill(self, template: str, target: Path) -> None:
        text = (files(__package__) / "templates" / template).read_text()
        with target.open("a") as file:
            file.write(_Template(text).substitute(self._words))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy(source, target)


def _let_cool_down(path: Path) -> None:
    """Postfix pauses until a main.cf has been left alone for over a second (``dict_load_file_xt`` in its dict.c)."""
    written = path.stat().st_mtime - _LONG_AGO
    os.utime(path, (written, written))
