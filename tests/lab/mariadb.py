"""A MariaDB of our own, on a socket in a folder, for tables of type ``mysql``."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.waiting import until

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class Database:
    """A running server with one database, reached by its socket under any name."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "socket"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, sql: str = "") -> None:
        """Begin to answer, after some statements."""
        begin = self._folder / "begin.sql"
        begin.write_text(sql)
        words = {"datadir": self._folder / "data", "socket": self.socket, "pid-file": self._folder / "pid"}
        argv = ["mariadbd", "--no-defaults", "--user=root", "--skip-grant-tables", "--skip-networking"]
        argv += [f"--{name}={path}" for name, path in (words | {"init-file": begin}).items()]
        argv += ["--innodb-buffer-pool-size=8M", "--innodb-log-file-size=4M"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(argv, stdout=log, stderr=log, env={"PATH": _PATH})
        assert until(self.socket.exists, 30), (self._folder / "log").read_text()

    def stop(self) -> None:
        """End, and wait until it has."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(30)

    def table(self, query: str) -> str:
        """The text of a mysql_table(5) file."""
        return f"hosts = unix:{self.socket}\nuser = postfix\npassword = secret\ndbname = shop\nquery = {query}\n"


@contextmanager
def running(sql: str) -> Iterator[Database]:
    """A server in a folder of its own, after some statements; skips the test where there is none to start."""
    if shutil.which("mariadbd", path=_PATH) is None:
        pytest.skip("needs a MariaDB server")
    with TemporaryDirectory(prefix="mailtui-my-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "data").mkdir()
        database = Database(folder)
        database.start(sql)
        try:
            yield database
        finally:
            database.stop()
