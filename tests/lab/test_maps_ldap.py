"""Tables in a real OpenLDAP server: asked, judged, followed by resolve, and clear words when the server is gone."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.host.errors import UsageError
from mailtui.host.tools import LocalTools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.maps import asking, patience
from mailtui.services.postfix.maps.plans import MapPlans
from tests.lab.shop import Shop
from tests.lab.slapd import PASSWORD, Directory, running

TEAM = ("anna@lab.example,ben@lab.example", "")


@pytest.fixture(scope="module")
def directory() -> Iterator[Directory]:
    with running() as directory:
        yield directory


@pytest.fixture
def shop(directory: Directory, tmp_path: Path) -> Shop:
    return Shop(tmp_path, "ldap", directory.table())


def test_a_group_is_asked_for_its_members_though_no_proxymap_runs(shop: Shop) -> None:
    assert shop.ask("info@shop.example") == TEAM
    assert shop.ask("nobody@shop.example") == (None, "")
    assert not shop.findings()


@pytest.mark.parametrize(
    "key", ["*", "*@shop.example", "info@shop.example)(cn=*", r"\2a", "-q", "ü@x", "\udcff@x", "("]
)
def test_what_means_something_in_a_filter_is_only_a_key(shop: Shop, key: str) -> None:
    assert shop.ask(key)[0] is None


def test_it_is_listed_as_a_source_that_is_asked_and_not_edited(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--postfix-config", str(shop.folder)]
    assert main([*options, "map", "--json"]) == 0
    (table,) = (one for one in json.loads(capsys.readouterr().out) if one["type"] == "ldap")
    assert (table["table"], table["file"], table["index"]) == (f"proxy:ldap:{shop.file}", str(shop.file), None)
    assert table["editable"] is False
    assert main([*options, "map"]) == 0
    listed = capsys.readouterr().out
    assert "its entries stand elsewhere: asked, not edited" in listed
    assert re.search(r"    changed \S.* ago, mode 0640\n", listed)
    assert main([*options, "map", "get", str(shop.file), "info@shop.example"]) == 0
    assert "anna@lab.example,ben@lab.example" in capsys.readouterr().out
    for words in (("set", str(shop.file), "x@y", "z@y"), ("unset", str(shop.file), "x@y"), ("edit", str(shop.file))):
        assert main([*options, "map", *words, "--yes"]) == 2
        assert "stand in no file that could be edited" in capsys.readouterr().err
    with pytest.raises(UsageError, match="no file that could be edited"):
        MapPlans(shop.maps, shop.postfix).build(shop.file)


def test_its_password_is_never_shown_and_must_not_be_for_all_to_read(shop: Shop, directory: Directory) -> None:
    shop.write(directory.table(), 0o644)
    found = shop.findings()
    assert found.keys() == {"map.password"}
    shop.write(directory.table(bind_pw="wrong-one"))
    problem = shop.ask("info@shop.example")[1]
    assert "Invalid credentials" in problem
    assert not any(secret in f"{found}{problem}" for secret in (PASSWORD, "wrong-one"))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"query_filter": "(mail=%s"}, "Bad search filter"),
        ({"search_base": "dc=nowhere"}, "Search base 'dc=nowhere' not found"),
        ({"start_tls": "yes"}, "Unable to set STARTTLS"),
    ],
)
def test_what_its_file_asks_wrongly_is_told_in_the_servers_words(
    shop: Shop, directory: Directory, settings: dict[str, str], told: str
) -> None:
    shop.write(directory.table(**settings))
    assert told in shop.ask("info@shop.example")[1]


@pytest.mark.slow
def test_a_server_that_is_gone_and_comes_back(shop: Shop, directory: Directory) -> None:
    directory.stop()
    try:
        assert "Can't contact LDAP server" in shop.findings()["map.dead"][0]
        found = _resolver(shop).resolve("info@lab.example")
        assert found.reply.startswith("451 4.3.0")
        assert "Can't contact LDAP server" in found.problem
    finally:
        directory.start()
    assert shop.ask("info@shop.example") == TEAM


def test_a_server_that_says_nothing_is_given_up(
    shop: Shop, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.5)
    monkeypatch.setattr(patience, "TIMEOUT", 0.5)
    directory.freeze()
    try:
        begin = time.monotonic()
        assert "no answer within 0.5 s" in shop.ask("info@shop.example")[1]
        assert "no answer within 0.5 s" in _resolver(shop).resolve("info@shop.example").problem
        assert time.monotonic() - begin < 8
    finally:
        directory.thaw()


def test_an_address_is_followed_through_the_directory(shop: Shop) -> None:
    shop.say("virtual_alias_domains = shop.example\n")
    found = _resolver(shop).resolve("info@shop.example")
    assert found.accepted
    assert {final.address for final in found.final} == {"anna@lab.example", "ben@lab.example"}
    asked = {(step.table, step.file, step.result) for step in found.steps if step.key == "info@shop.example"}
    assert (f"proxy:ldap:{shop.file}", str(shop.file), TEAM[0]) in asked


def _resolver(shop: Shop) -> Resolver:
    return Resolver(LocalTools(), shop.postfix, DovecotConfig(LocalTools()))
