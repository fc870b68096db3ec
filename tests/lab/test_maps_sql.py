"""Tables in a real PostgreSQL: asked, judged, and clear words when the server is gone or says nothing."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.host.errors import UsageError
from mailtui.host.tools import ShTools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps import asking
from mailtui.services.postfix.maps.service import Maps
from tests.lab.postgres import Database, running

ROWS = (
    "create table alias (address text, goto text); insert into alias values ('info@shop.example', 'anna@lab.example')"
)


class Shop:
    """A Postfix that asks a database for its aliases."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.database = database
        self.folder = folder
        self.file = folder / "aliases.cf"
        (folder / "master.cf").touch()
        (folder / "main.cf").write_text(
            f"compatibility_level = 3.6\nalias_maps =\nvirtual_alias_maps = proxy:pgsql:{self.file}\n"
            f"queue_directory = {folder}\n"
        )
        _cool(folder / "main.cf")
        self.write(database.table("SELECT goto FROM alias WHERE address = '%s'"))

    def write(self, text: str, mode: int = 0o640) -> None:
        self.file.write_text(text)
        self.file.chmod(mode)
        _cool(self.file)

    @property
    def maps(self) -> Maps:
        return Maps(ShTools(), PostfixConfig(ShTools(), self.folder))

    def findings(self) -> dict[str, tuple[str, ...]]:
        return {finding.id.partition(":")[0]: finding.evidence for finding in self.maps.check()}


def _cool(file: Path) -> None:
    """Postfix waits two seconds before it reads a file that was changed this very moment."""
    os.utime(file, (time.time() - 60,) * 2)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A server with one table."""
    with running() as database:
        database.run(ROWS)
        yield database


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    """Needs Postfix's own part for PostgreSQL."""
    shop = Shop(tmp_path, database)
    if "pgsql" not in shop.maps.tables.supported:
        pytest.skip("needs postfix-pgsql")
    return shop


def test_a_database_is_asked_though_no_proxymap_runs(shop: Shop) -> None:
    (answer,) = shop.maps.get(shop.file, "info@shop.example")
    assert (answer.value, answer.problem) == ("anna@lab.example", "")
    (answer,) = shop.maps.get(shop.file, "nobody'; drop table alias; --@shop.example")
    assert (answer.value, answer.problem) == (None, "")
    assert shop.maps.get(shop.file, "info@shop.example")[0].value
    assert not shop.findings()


def test_what_its_file_does_wrong(shop: Shop) -> None:
    shop.write(shop.database.table("SELECT goto FROM alias WHERE address = %s"), 0o666)
    found = shop.findings()
    assert found.keys() >= {"map.password", "map.writable", "map.unquoted"}
    assert found["map.unquoted"] == ("query = SELECT goto FROM alias WHERE address = %s",)
    assert "secret" not in str(found)


def test_a_query_that_is_none_is_told_in_the_server_s_words(shop: Shop) -> None:
    shop.write(shop.database.table("SELECT goto FRM alias WHERE address = '%s'"))
    (answer,) = shop.maps.get(shop.file, "info@shop.example")
    assert "syntax error" in answer.problem
    assert "syntax error" in shop.findings()["map.dead"][0]


def test_a_server_that_is_gone(shop: Shop, tmp_path: Path) -> None:
    shop.write(shop.database.table("SELECT 1").replace(str(shop.database.folder), str(tmp_path)))
    (answer,) = shop.maps.get(shop.file, "info@shop.example")
    assert "No such file or directory" in answer.problem
    assert shop.findings().keys() == {"map.dead"}


def test_a_server_that_says_nothing_is_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        shop.write(f"hosts = 127.0.0.1:{port}\nuser = x\npassword = x\ndbname = x\nquery = SELECT '%s'\n")
        begin = time.monotonic()
        (answer,) = shop.maps.get(shop.file, "info@shop.example")
        assert time.monotonic() - begin < 5
    assert "no answer within 0.5 s" in answer.problem


def test_a_table_without_a_file_is_asked_by_its_name(shop: Shop) -> None:
    main_cf = shop.folder / "main.cf"
    main_cf.write_text(main_cf.read_text() + "relocated_maps = inline:{old@x.example=new@y.example}\n")
    _cool(main_cf)
    (answer,) = shop.maps.get(Path("inline:{old@x.example=new@y.example}"), "old@x.example")
    assert answer.value == "new@y.example"


@pytest.mark.parametrize("key", ["a\nb", "a\0b", "", " ", "a\r"])
def test_what_cannot_be_a_key_is_not_asked(shop: Shop, key: str) -> None:
    with pytest.raises(UsageError, match="one line"):
        shop.maps.get(shop.file, key)


@pytest.mark.parametrize("key", ["-q", "--", "'", '"', "%s", "ü@shöp.example", "\udcff@x", "$(id)@x", "a b"])
def test_hostile_keys_are_only_keys(shop: Shop, key: str) -> None:
    (answer,) = shop.maps.get(shop.file, key)
    assert answer.value is None
