"""Tables whose entries stand in a directory or a database: what their file says, and whether somebody answers.

The files: ldap_table(5), mysql_table(5), pgsql_table(5), sqlite_table(5); their form is that of main.cf.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.maps.asking import Asker
from mailtui.services.postfix.maps.files import is_source, look
from mailtui.services.postfix.maps.patience import Patience
from mailtui.services.postfix.maps.telling import map_finding
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.tables import leaves
from mailtui.text import clean

PROBE = "mailtui.probe@probe.invalid"
"""A key that no table has: whoever says so, answers."""
_SQL = frozenset({"mysql", "pgsql", "sqlite"})
_PASSWORDS = frozenset({"password", "bind_pw"})
_FORMER_QUERY = frozenset({"select_field", "where_field", "table"})
_BARE = re.compile(r"(?<!['\w%])%[sSuUdD1-9](?!')")
"""Text of strangers in a query without quotes around it, as in ``WHERE address = %s``."""
_AT_ONCE = 32


def check_source(table: Table) -> Iterator[Finding]:
    """What is wrong with the file that says where to ask; runs nothing."""
    files = look(table)
    if table.file is None:
        return
    if files.problem:
        yield map_finding("lost", table, files.problem)
        return
    try:
        settings = _settings(read_file(table.file).data)
    except MailtuiError as error:
        yield map_finding("unreadable", table, error.message)
        return
    mode = files.mode or 0
    if settings.keys() & _PASSWORDS and mode & 0o004:
        yield map_finding("password", table, f"{table.file} has mode {mode:04o}")
    if mode & 0o022:
        yield map_finding("writable", table, f"{table.file} has mode {mode:04o}")
    query = settings.get("query", "")
    if table.kind in _SQL and _BARE.search(query):
        yield map_finding("unquoted", table, f"query = {query}")
    if table.kind in _SQL and not query and settings.keys() & _FORMER_QUERY:
        yield map_finding("oldquery", table, ", ".join(sorted(settings.keys() & _FORMER_QUERY)))


def check_answers(tables: Sequence[Table], asker: Asker, patience: Patience) -> tuple[Finding, ...]:
    """A finding for each directory or database that does not answer; all are asked at once, and not again then."""
    sources = [table for table in tables if is_source(table) and not look(table).problem]
    if not sources:
        return ()
    began = time.monotonic()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = list(pool.map(lambda table: asker.ask(table, PROBE), sources))
    silent = [(table, answer.problem) for table, answer in zip(sources, asked, strict=True) if answer.problem]
    for table, problem in silent:
        patience.give_up(table.name, problem, (time.monotonic() - began) / len(silent))
    return tuple(map_finding("dead", table, problem) for table, problem in silent)


def unanswered(patience: Patience, found: Sequence[Finding]) -> Iterator[Finding]:
    """A finding for each table that could not be asked meanwhile and of which, or of whose parts, none tells yet."""
    told = {finding.subject.removeprefix("proxy:") for finding in found if finding.severity == "error"}
    for name, why in patience.told.items():
        if told.isdisjoint(clean(one) for one in (name.removeprefix("proxy:"), *leaves(name))):
            yield map_finding("unanswered", Table(name, ()), why)


def _settings(data: bytes) -> dict[str, str]:
    """``name = value`` lines."""
    lines = (entry.key + b" " + entry.value for entry in Source.read(data).entries)
    pairs = (line.decode("utf-8", "replace").partition("=") for line in lines)
    return {name.strip(): value.strip() for name, sign, value in pairs if sign}
