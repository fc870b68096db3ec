"""Dovecot's SQL files (``dovecot-sql.conf.ext`` of 2.3): rights, password scheme, queries. doc/wiki AuthDatabase.SQL.

Dovecot 2.4 has all of it in its own configuration, which ``doveconf`` shows and the configuration's checks read.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.text import clean

WEAK = frozenset(
    {"PLAIN", "CLEAR", "CLEARTEXT", "PLAIN-MD4", "PLAIN-MD5", "LDAP-MD5", "MD5", "SMD5", "SHA", "SHA1", "SSHA", "CRYPT"}
    | {"DES-CRYPT", "MD5-CRYPT", "LANMAN", "NTLM", "RPA", "OTP", "SKEY", "CRAM-MD5", "HMAC-MD5", "DIGEST-MD5"}
)
"""Schemes whose hashes are found out in hours, or need none."""
_BLOCK = re.compile(r"^(?:passdb|userdb)[^\n{]*\{\n(?P<body>.*?)^\}", re.MULTILINE | re.DOTALL)
_ARGS = re.compile(r"^\s*args = (?P<file>/\S+)$", re.MULTILINE)
_SETTING = re.compile(r"^(\w+)\s*=[ \t]*((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)
_BARE = re.compile(r"(?<!['\w%])%[unds](?!['\w])|(?<!['\w%])%\{user[^}]*\}(?!')")
_GLUED = re.compile(r"\b[a-z_]+AS\s+\w+")
_QUERIES = ("password_query", "user_query", "iterate_query")


def check(dovecot: DovecotConfig) -> tuple[Finding, ...]:
    """What is wrong with every SQL file in use. Raises what ``Tools.run`` raises."""
    return tuple(finding for file in dict.fromkeys(_files(dovecot)) for finding in check_file(file))


def check_file(file: Path) -> Iterator[Finding]:
    """What is wrong with one."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        text = read_file(file).data.decode("utf-8", "replace")
    except (OSError, MailtuiError) as error:
        yield _say("unreadable", file, str(getattr(error, "message", None) or error))
        return
    told = {name: re.sub(r"\s*\\\n\s*", " ", value).strip() for name, value in _SETTING.findall(text)}
    if mode & stat.S_IROTH and "password=" in told.get("connect", ""):
        yield _say("open", file, f"mode {mode:04o}")
    yield from _scheme(file, told)
    for name in _QUERIES:
        query = told.get(name, "")
        if bare := _BARE.search(query):
            yield _say("unquoted", file, f"{name}: … {bare[0]} …", of=name)
        if glued := _GLUED.search(query):
            yield _say("glued", file, f"{name}: … {glued[0]} …", of=name)


def _scheme(file: Path, told: Mapping[str, str]) -> Iterator[Finding]:
    scheme = told.get("default_pass_scheme", "").upper().partition(".")[0]
    if scheme in WEAK:
        yield _say("weak", file, f"default_pass_scheme = {scheme}")
    elif not scheme and "password_query" in told:
        yield _say("noscheme", file)


def _files(dovecot: DovecotConfig) -> Iterator[Path]:
    for block in _BLOCK.finditer(dovecot.text):
        if "driver = sql" in block["body"] and (found := _ARGS.search(block["body"])):
            yield Path(found["file"])


def _say(kind: str, file: Path, *evidence: str, of: str = "") -> Finding:
    row = _words()[kind]
    about = clean(str(file))
    return Finding(
        f"dovecot-sql.{kind}:{about}" + (f":{of}" if of else ""),
        row["severity"],
        "configuration",
        about,
        row["title"],
        tuple(map(clean, evidence)),
        clean(row["advice"].format(file=file)),
    )


@cache
def _words() -> dict[str, Any]:
    known: dict[str, Any] = json.loads((files(__package__) / "dovecot_sql.json").read_text())
    return known
