"""Tables in a real PostgreSQL: asked, judged, and clear words when the server is gone or says nothing."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.host.errors import UsageError
from mailtui.services.postfix.maps import asking
from tests.lab.postgres import Database, running
from tests.lab.shop import Shop

ROWS = (
    "create table alias (address text, goto text); insert into alias values ('info@shop.example', 'anna@lab.example')"
)
QUERY = "SELECT goto FROM alias WHERE address = '%s'"


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A server with one table."""
    with running() as database:
        database.run(ROWS)
        yield database


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    return Shop(tmp_path, "pgsql", database.table(QUERY))


def test_a_database_is_asked_though_no_proxymap_runs(shop: Shop) -> None:
    assert shop.ask("info@shop.example") == ("anna@lab.example", "")
    assert shop.ask("nobody'; drop table alias; --@shop.example") == (None, "")
    assert shop.ask("info@shop.example")[0]
    assert not shop.findings()


def test_what_its_file_does_wrong(shop: Shop, database: Database) -> None:
    shop.write(database.table("SELECT goto FROM alias WHERE address = %s"), 0o666)
    found = shop.findings()
    assert found.keys() >= {"map.password", "map.writable", "map.unquoted"}
    assert found["map.unquoted"] == ("query = SELECT goto FROM alias WHERE address = %s",)
    assert "secret" not in str(found)


def test_a_query_that_is_none_is_told_in_the_server_s_words(shop: Shop, database: Database) -> None:
    shop.write(database.table("SELECT goto FRM alias WHERE address = '%s'"))
    assert "syntax error" in shop.ask("info@shop.example")[1]
    assert "syntax error" in shop.findings()["map.dead"][0]


def test_a_server_that_is_gone(shop: Shop, database: Database, tmp_path: Path) -> None:
    shop.write(database.table("SELECT 1").replace(str(database.folder), str(tmp_path)))
    assert "No such file or directory" in shop.ask("info@shop.example")[1]
    assert shop.findings().keys() == {"map.dead"}


def test_a_server_that_says_nothing_is_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        shop.write(f"hosts = 127.0.0.1:{port}\nuser = x\npassword = x\ndbname = x\nquery = SELECT '%s'\n")
        begin = time.monotonic()
        problem = shop.ask("info@shop.example")[1]
        assert time.monotonic() - begin < 5
    assert "no answer within 0.5 s" in problem


def test_a_table_without_a_file_is_asked_by_its_name(shop: Shop) -> None:
    shop.say("relocated_maps = inline:{old@x.example=new@y.example}\n")
    (answer,) = shop.maps.get(Path("inline:{old@x.example=new@y.example}"), "old@x.example")
    assert answer.value == "new@y.example"


@pytest.mark.parametrize("key", ["a\nb", "a\0b", "", " ", "a\r"])
def test_what_cannot_be_a_key_is_not_asked(shop: Shop, key: str) -> None:
    with pytest.raises(UsageError, match="one line"):
        shop.maps.get(shop.file, key)


@pytest.mark.parametrize("key", ["-q", "--", "'", '"', "%s", "ü@shöp.example", "\udcff@x", "$(id)@x", "a b"])
def test_hostile_keys_are_only_keys(shop: Shop, key: str) -> None:
    assert shop.ask(key)[0] is None
