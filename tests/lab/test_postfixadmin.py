"""PostfixAdmin's tables in a real PostgreSQL, found by the tables of a Postfix that asks them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.findings import Finding
from mailtui.host.errors import HostError
from mailtui.host.tools import LocalTools
from mailtui.services.people.database import of_table
from mailtui.services.people.model import Place
from mailtui.services.people.postfixadmin import PostfixAdmin
from mailtui.services.postfix.config import PostfixConfig
from tests.lab.postgres import Database, running

_SCHEMA = """
create table domain (domain varchar primary key, active boolean, backupmx boolean);
create table mailbox (username varchar primary key, password varchar, maildir varchar, quota bigint, active boolean);
create table alias (address varchar primary key, goto text, active boolean);
insert into domain values ('shop.example', true, false), ('off.example', false, false);
insert into mailbox values ('anna@shop.example', 'x', 'shop.example/anna/', 1048576, true),
  ('bob@shop.example', 'x', 'b/', 0, false), ('carl@off.example', 'x', 'c/', 0, true);
insert into alias values ('anna@shop.example', 'anna@shop.example', true), ('carl@off.example', 'a@b.example', true),
  ('bob@shop.example', 'bob@shop.example', true), ('info@shop.example', 'anna@shop.example', true);
"""


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with running() as database:
        database.run(_SCHEMA)
        yield database


@pytest.fixture
def admin(database: Database, tmp_path: Path) -> PostfixAdmin:
    (tmp_path / "master.cf").touch()
    main = tmp_path / "main.cf"
    main.write_text(
        f"compatibility_level = 3.6\nmyhostname = mx.lab.example\nmydomain = lab.example\n"
        f"virtual_mailbox_maps = proxy:pgsql:{tmp_path}/mailboxes.cf\nqueue_directory = {tmp_path}\n"
    )
    (tmp_path / "mailboxes.cf").write_text(database.table("SELECT maildir FROM mailbox WHERE username = '%s'"))
    os.utime(main, (time.time() - 60,) * 2)
    return PostfixAdmin(LocalTools(), PostfixConfig(LocalTools(), tmp_path))


def looked(admin: PostfixAdmin, user: str) -> tuple[Place, set[str]]:
    ((place, findings),) = admin.of(user)
    return place, {_kind(finding) for finding in findings}


def _kind(finding: Finding) -> str:
    return finding.id.partition(":")[0].removeprefix("user.")


def test_a_user_of_its_database_is_told_with_what_is_wrong_there(admin: PostfixAdmin) -> None:
    place, wrong = looked(admin, "anna@shop.example")
    assert place.state == "there" and not wrong and place.facts[0] == "maildir shop.example/anna/, quota 1.0 MB"
    assert looked(admin, "bob@shop.example")[1] == {"inactive"}
    assert looked(admin, "carl@off.example")[1] == {"noalias", "domainoff"}
    assert looked(admin, "info@shop.example")[0].told == "it has an alias, but no mailbox"
    assert looked(admin, "it's\\ ' ; drop table mailbox; --@x")[0].state == "missing"


def test_nothing_is_written(database: Database) -> None:
    found = of_table("pgsql", database.table("SELECT 1"))
    assert found is not None
    with pytest.raises(HostError, match="read-only transaction"):
        found.ask(LocalTools(), "DELETE FROM mailbox", {})
    assert (
        len(found.ask(LocalTools(), "SELECT username FROM mailbox WHERE username > :least", {"least": "' OR 1=1"})) == 3
    )


def test_another_database_is_no_postfixadmin(admin: PostfixAdmin, database: Database) -> None:
    database.run("alter table mailbox rename to people")
    try:
        assert not list(admin.of("anna@shop.example"))
    finally:
        database.run("alter table people rename to mailbox")


def test_a_dead_server_is_said_to_be_dead(admin: PostfixAdmin, database: Database) -> None:
    database.control("stop")
    try:
        place, wrong = looked(admin, "anna@shop.example")
    finally:
        database.control("-o", f"-k {database.folder} -h ''", "start")
    assert place.state == "unknown" and "psql" in place.told and not wrong
