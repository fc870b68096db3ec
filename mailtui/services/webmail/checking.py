"""What is wrong with a Roundcube: its settings, rights on its files, and whether it reaches what it is set to."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from mailtui.findings import Finding
from mailtui.services.probes.own import is_own
from mailtui.services.webmail.config import Roundcube, installations
from mailtui.services.webmail.reach import refused, targets, tried
from mailtui.text import clean

KNOWN_KEY = "rcmail-!24ByteDESkey*Str"
"""The des_key of the sample configuration."""
_KEY_LENGTH = 24
_SIEVE = 4190
_OLD = ("default_host", "default_port", "smtp_server", "smtp_port")
_DEBUG = ("imap_debug", "smtp_debug", "sql_debug", "session_debug")
_PASSWORD = re.compile(r"://[^:/@]*:[^@]+@")
_MOST_FILES = 4000


def check(root: Path = Path("/")) -> tuple[Finding, ...]:
    """Everything wrong with every installation here; nothing for none."""
    return tuple(finding for one in installations(root) for finding in check_one(one))


def check_one(one: Roundcube) -> Iterator[Finding]:
    """Everything wrong with one."""
    yield from _installer(one)
    yield from _rights(one)
    yield from _secrets(one)
    yield from _sending(one)
    old = [name for name in _OLD if name in one.settings]
    if old:
        yield _say("old", one, *old)
    for name in _DEBUG:
        if one.get(name) == "true":
            yield _say("debug", one, f"{name} = true", name=name)
    yield from _reached(one)


def _installer(one: Roundcube) -> Iterator[Finding]:
    if one.get("enable_installer") in ("true", "1"):
        yield _say("installer", one, "enable_installer = true")
    folder = one.folder / "installer"
    if folder.is_dir() and one.get("enable_installer") not in ("true", "1"):
        yield _say("leftover", one, str(folder), path=folder)


def _rights(one: Roundcube) -> Iterator[Finding]:
    mode = _mode(one.file)
    if mode & stat.S_IROTH and _PASSWORD.search(one.get("db_dsnw", "db_dsn")):
        yield _say("readable", one, f"{one.file}: mode {mode:04o}", path=one.file)
    open_to_all = [path for path in _some(one.folder) if not path.is_symlink() and _mode(path) & stat.S_IWOTH]
    if open_to_all:
        shown = [f"{path}: mode {_mode(path):04o}" for path in open_to_all[:3]]
        yield _say(
            "writable", one, *shown, *([f"and {len(open_to_all) - 3} more"] if open_to_all[3:] else []), path=one.folder
        )


def _secrets(one: Roundcube) -> Iterator[Finding]:
    key = one.get("des_key")
    if key == KNOWN_KEY:
        yield _say("key", one, "des_key is that of the sample")
    elif key and len(key) != _KEY_LENGTH and one.get("cipher_method") in ("", "DES-EDE3-CBC"):
        yield _say("keylength", one, f"des_key has {len(key)} letters")


def _sending(one: Roundcube) -> Iterator[Finding]:
    smtp = next((target for target in targets(one) if target.protocol == "smtp"), None)
    if smtp is None:
        return
    if smtp.port == 25:
        yield _say("port25", one, f"{smtp.name} = {smtp.host}:{smtp.port}")
    if "smtp_user" in one.settings and not one.settings["smtp_user"]:
        yield _say("anonymous", one, "smtp_user is empty")
    for target in targets(one):
        if not target.tls and not is_own(target.host) and target.port not in (465, 993):
            yield _say("clear", one, f"{target.name} = {target.host}:{target.port}", name=target.name)


def _reached(one: Roundcube) -> Iterator[Finding]:
    """Only this machine's own ports are tried, as PHP would: with the name, and certificates verified."""
    for target in targets(one):
        if not is_own(target.host):
            continue
        told = f"{target.name} = {target.host}:{target.port}"
        options = f"{target.protocol}_conn_options"
        kind, why = tried(target, verify=target.tls and options not in one.trusting)
        if why:
            yield _say(
                kind, one, f"{told}: {why}", of=target.name, name=target.name if kind == "unreached" else options
            )
    if "managesieve" in one.lists.get("plugins", ()):
        host = next((target.host for target in targets(one) if target.protocol == "imap"), "localhost")
        if is_own(host) and (why := refused(host, _SIEVE)):
            yield _say("sieve", one, f"{host}:{_SIEVE}: {why}")


def _some(folder: Path) -> Iterator[Path]:
    """The folder and what is in it, as far as a check should take time."""
    yield folder
    try:
        for count, path in enumerate(folder.rglob("*")):
            if count >= _MOST_FILES:
                return
            yield path
    except OSError:
        return


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def _say(kind: str, one: Roundcube, *evidence: str, path: object = "", name: str = "", of: str = "") -> Finding:
    row = _words()[kind]
    about = clean(str(one.file))
    return Finding(
        f"webmail.{kind}:{about}" + (f":{of}" if of else ""),
        row["severity"],
        "webmail",
        "Roundcube",
        row["title"],
        (about, *map(clean, evidence)),
        clean(row["advice"].format(path=path, name=name)),
    )


@cache
def _words() -> dict[str, Any]:
    known: dict[str, Any] = json.loads((files(__package__) / "findings.json").read_text())
    return known
