"""Tables in a real MariaDB: asked, judged, and clear words when the server is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.mariadb import Database, running
from tests.lab.shop import Shop

ROWS = """\
create database shop;
create table shop.alias (address varchar(99), goto varchar(99));
insert into shop.alias values ('info@shop.example', 'anna@lab.example');
"""
QUERY = "SELECT goto FROM alias WHERE address = '%s'"


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with running(ROWS) as database:
        yield database


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    return Shop(tmp_path, "mysql", database.table(QUERY))


def test_a_database_is_asked_though_no_proxymap_runs(shop: Shop) -> None:
    assert shop.ask("INFO@shop.example") == ("anna@lab.example", "")
    for hostile in ("x' or '1'='1", "'; drop table alias; --", '"', "\\", "-q", "%s", "\udcff@x"):
        assert shop.ask(hostile)[0] is None
    assert shop.ask("info@shop.example")[0]
    assert not shop.findings()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT goto FRM alias WHERE address = '%s'", "You have an error in your SQL syntax"),
        ("SELECT goto FROM aliases WHERE address = '%s'", "Table 'shop.aliases' doesn't exist"),
    ],
)
def test_a_query_that_is_none_is_told_in_the_servers_words(
    shop: Shop, database: Database, query: str, told: str
) -> None:
    shop.write(database.table(query))
    assert told in shop.ask("info@shop.example")[1]


def test_a_server_that_is_gone_and_comes_back(shop: Shop, database: Database) -> None:
    database.stop()
    try:
        (evidence,) = shop.findings()["map.dead"]
        assert "Can't connect to local server through socket" in evidence
        assert "secret" not in evidence
    finally:
        database.start()
    assert shop.ask("info@shop.example")[0] == "anna@lab.example"
