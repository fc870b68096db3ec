"""The database behind tables and users, asked read-only: PostgreSQL by psql(1), SQLite by Python's own.

A password goes into a file that only we can read, never into arguments; what is asked for goes in as a variable that
psql quotes itself.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.text import clean

_SECONDS = 5
_MOST_ROWS = 200
_SETTING = re.compile(r"^(\w+)\s*=[ \t]*(.*)$", re.MULTILINE)
_NAME = re.compile(r":(\w+)")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Database:
    """Where it is, and as whom to ask."""

    kind: Literal["pgsql", "sqlite"]
    name: str
    """The database's name; of SQLite its file."""
    host: str = ""
    """A host, or the folder of a socket; ``""`` for the usual socket."""
    port: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    def ask(self, tools: Tools, sql: str, values: Mapping[str, str]) -> Sequence[Row]:
        """The rows of a query that names its ``values`` as ``:name``. Raises MailtuiError where it cannot be asked."""
        if self.kind == "sqlite":
            return list(_ask_sqlite(Path(self.name), sql, values))
        return _ask_pgsql(tools, self, sql, values)


def of_table(kind: str, text: str) -> Database | None:
    """What a pgsql_table(5) or sqlite_table(5) file says; None for another kind, or one that says nothing."""
    told = {name: value.strip() for name, value in _SETTING.findall(text)}
    if kind == "sqlite" and told.get("dbpath"):
        return Database("sqlite", told["dbpath"])
    if kind != "pgsql" or not told.get("dbname"):
        return None
    host = re.split(r"[,\s]+", told.get("hosts", ""))[0]
    host, port = _host(host)
    return Database("pgsql", told["dbname"], host, port, told.get("user", ""), told.get("password", ""))


def _host(word: str) -> tuple[str, str]:
    if word.startswith("unix:"):
        return word.removeprefix("unix:"), ""
    name, _, port = word.removeprefix("inet:").partition(":")
    return name, port


def _ask_sqlite(path: Path, sql: str, values: Mapping[str, str]) -> Iterator[Row]:
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_SECONDS)
        try:
            found = connection.execute(sql, dict(values))
            names = [column[0] for column in found.description]
            for row in found.fetchmany(_MOST_ROWS):
                yield dict(zip(names, map(_text, row), strict=True))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise HostError(f"{path}: {error}") from error


def _text(value: object) -> str:
    return "" if value is None else value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _ask_pgsql(tools: Tools, database: Database, sql: str, values: Mapping[str, str]) -> Sequence[Row]:
    if any("\0" in value for value in values.values()):
        raise HostError("a NUL is in no name")
    quoted = _NAME.sub(r":'\1'", sql)
    with tempfile.TemporaryDirectory(prefix="mailtui-") as folder:
        secret = Path(folder, "pgpass")
        secret.touch(0o600)
        secret.write_text("*:*:*:*:" + re.sub(r"([\\:])", r"\\\1", database.password) + "\n")
        known = [word for name, value in values.items() for word in ("-v", f"{name}={value}")]
        argv = ["psql", "-X", "-q", "-w", "--csv", "-v", "ON_ERROR_STOP=1", *known, _connection(database, secret)]
        result = tools.run(
            argv, stdin=f"{quoted};\n".encode("utf-8", "surrogateescape"), timeout=4 * _SECONDS, check=False
        )
    if result.code != 0:
        lines = result.error_text.strip().splitlines() or [f"exit status {result.code}"]
        raise HostError(f"psql: {clean(lines[0])}")
    return list(csv.DictReader(io.StringIO(result.text)))[:_MOST_ROWS]


def _connection(database: Database, secret: Path) -> str:
    words = {
        "host": database.host,
        "port": database.port,
        "user": database.user,
        "dbname": database.name,
        "passfile": str(secret),
        "connect_timeout": str(_SECONDS),
        "application_name": "mailtui",
        "options": f"-c default_transaction_read_only=on -c statement_timeout={_SECONDS}s",
    }
    return " ".join(f"{name}={_quoted(value)}" for name, value in words.items() if value)


def _quoted(value: str) -> str:
    """A value of a connection string (libpq, 34.1.1.1)."""
    return "'" + re.sub(r"(['\\])", r"\\\1", value) + "'"
