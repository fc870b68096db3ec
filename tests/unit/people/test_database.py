"""Databases asked read-only, and PostfixAdmin's tables judged, on SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.host.tools import LocalTools
from mailtui.services.people.database import Database, of_table

SCHEMA = """
create table domain (domain text, active int, backupmx int);
create table mailbox (username text, maildir text, quota int, active int);
create table alias (address text, goto text, active int);
insert into domain values ('shop.example', 1, 0), ('off.example', 0, 0);
insert into mailbox values ('anna@shop.example', 'shop.example/anna/', 1048576, 1), ('bob@shop.example', 'b/', 0, 0),
  ('carl@off.example', 'c/', 0, 1);
insert into alias values ('anna@shop.example', 'anna@shop.example,copy@shop.example', 1),
  ('carl@off.example', 'else@where.example', 1);
"""


@pytest.fixture
def database(tmp_path: Path) -> Database:
    path = tmp_path / "mail.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
    found = of_table("sqlite", f"dbpath = {path}\nquery = SELECT 1\n")
    assert found is not None
    return found


def test_values_stay_values(database: Database) -> None:
    sql = "SELECT username FROM mailbox WHERE username = :address"
    assert database.ask(LocalTools(), sql, {"address": "anna@shop.example"}) == [{"username": "anna@shop.example"}]
    assert database.ask(LocalTools(), sql, {"address": "x' OR '1'='1"}) == []


def test_nothing_can_be_written(database: Database) -> None:
    with pytest.raises(HostError, match="readonly"):
        database.ask(LocalTools(), "DELETE FROM mailbox", {})


def test_a_file_of_a_table() -> None:
    found = of_table("pgsql", "hosts = unix:/run/pg db2:5433\nuser = mail\npassword = s3cret\ndbname = postfix\n")
    assert found == Database("pgsql", "postfix", "/run/pg", "", "mail", "s3cret") and "s3cret" not in repr(found)
    assert of_table("pgsql", "hosts = inet:db:5433\ndbname = x\n") == Database("pgsql", "x", "db", "5433")
    assert of_table("pgsql", "hosts = db\n") is None and of_table("mysql", "dbname = x\n") is None
