"""A PostgreSQL of our own, on a socket in a folder, for tables of type ``pgsql``."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

USER = "postgres"


def programs() -> Path | None:
    """Where the server's programs are: Debian keeps them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return found[-1].parent if found else None


class Database:
    """A running server with one database, reached by its socket without a password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, sql: str) -> None:
        """Do it."""
        subprocess.run(
            ["psql", "-h", str(self.folder), "-U", USER, "-v", "ON_ERROR_STOP=1", "-q", "-c", sql, USER], check=True
        )

    def table(self, query: str) -> str:
        """The text of a pgsql_table(5) file."""
        return f"hosts = unix:{self.folder}\nuser = {USER}\npassword = secret\ndbname = {USER}\nquery = {query}\n"

    def control(self, *words: str) -> None:
        """``pg_ctl``, as the user who may run it."""
        found = programs()
        assert found is not None
        argv = [str(found / "pg_ctl"), "-s", "-w", "-D", str(self.folder / "data"), "-l", str(self.folder / "log")]
        subprocess.run(["runuser", "-u", USER, "--", *argv, *words], check=True, cwd="/")


@contextmanager
def running() -> Iterator[Database]:
    """A server in a folder of its own; skips the test where there is none to start."""
    bin_folder = programs()
    if bin_folder is None or shutil.which("psql") is None or shutil.which("runuser") is None:
        pytest.skip("needs a PostgreSQL server")
    with TemporaryDirectory(prefix="mailtui-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.chown(folder, USER)
        initdb = [str(bin_folder / "initdb"), "-A", "trust", "--no-sync", "-D", str(folder / "data")]
        subprocess.run(["runuser", "-u", USER, "--", *initdb], check=True, cwd="/", stdout=subprocess.DEVNULL)
        database = Database(folder)
        database.control("-o", f"-k {folder} -h ''", "start")
        try:
            yield database
        finally:
            database.control("-m", "immediate", "stop")
