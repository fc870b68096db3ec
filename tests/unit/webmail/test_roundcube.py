"""Roundcube's configuration read without PHP, and what is wrong with it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.services.webmail.checking import KNOWN_KEY, check
from mailtui.services.webmail.config import installations, parse
from mailtui.services.webmail.reach import targets
from tests.unit.probes.server import SILENCE, TLS, script

_GOOD = """<?php
// $config['enable_installer'] = true;
$config = []; /* $config['smtp_host'] = 'tls://evil:25'; */
$config['db_dsnw'] = 'pgsql://roundcube:pa#ss//word@localhost/roundcube';
$config['imap_host'] = 'localhost:{imap}';  # where
$config["smtp_host"] = "ssl://localhost:{imap}";
$config['smtp_conn_options'] = ['ssl' => ['verify_peer' => false]];
$config['smtp_user'] = '%u';
$config['des_key'] = 'abcdefghijklmnopqrstuvwx';
$config['enable_installer'] = FALSE;
$config['plugins'] = array('archive', "zipdownload");
$config['imap_conn_options'] = ['ssl' => ['verify_peer' => true, 'cafile' => '/x']];
"""


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def install(root: Path, text: str, mode: int = 0o640) -> Path:
    file = root / "var/www/html/roundcubemail-1.6/config/config.inc.php"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)
    return file


def kinds(root: Path) -> set[str]:
    return {one.id.partition(":")[0].removeprefix("webmail.") for one in check(root)}


def test_what_php_would_read(tmp_path: Path) -> None:
    one = parse(tmp_path / "config/config.inc.php", _GOOD.replace("{imap}", "143"))
    assert one.get("enable_installer") == "false" and one.get("db_dsnw").endswith("pa#ss//word@localhost/roundcube")
    assert one.lists["plugins"] == ("archive", "zipdownload") and one.folder == tmp_path
    assert [(two.name, two.host, two.port, two.tls) for two in targets(one)] == [
        ("imap_host", "localhost", 143, False),
        ("smtp_host", "localhost", 143, True),
    ]


def test_a_good_one_has_no_finding(tmp_path: Path, port: int) -> None:
    install(tmp_path, _GOOD.replace("{imap}", str(port)))
    assert not check(tmp_path)
    assert len(list(installations(tmp_path))) == 1


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("$config['enable_installer'] = true;", "installer"),
        (f"$config['des_key'] = '{KNOWN_KEY}';", "key"),
        ("$config['des_key'] = 'short';", "keylength"),
        ("$config['smtp_user'] = '';", "anonymous"),
        ("$config['imap_debug'] = true;", "debug"),
        ("$config['imap_host'] = 'mail.invalid.example:143';", "clear"),
        ("$config['imap_host'] = '127.0.0.1:1';", "unreached"),
        ("$config['default_host'] = 'localhost';", "old"),
    ],
)
def test_each_fault(tmp_path: Path, port: int, line: str, kind: str) -> None:
    install(tmp_path, _GOOD.replace("{imap}", str(port)) + line)
    assert kinds(tmp_path) == {kind}


def test_port_25_and_the_plugin_without_a_server(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.webmail.checking._SIEVE", 1)
    lines = "$config['smtp_host'] = 'localhost:25'; $config['plugins'] = ['managesieve'];"
    install(tmp_path, _GOOD.replace("{imap}", str(port)) + lines)
    assert {"port25", "sieve"} <= kinds(tmp_path)


def test_rights_and_leftovers(tmp_path: Path, port: int) -> None:
    file = install(tmp_path, _GOOD.replace("{imap}", str(port)), 0o644)
    (file.parent.parent / "installer").mkdir()
    (file.parent.parent / "temp").mkdir()
    (file.parent.parent / "temp").chmod(0o777)
    assert kinds(tmp_path) == {"readable", "leftover", "writable"}


def test_a_password_is_in_no_finding(tmp_path: Path, port: int) -> None:
    install(tmp_path, _GOOD.replace("{imap}", str(port)) + "$config['enable_installer'] = true;", 0o666)
    assert "pa#ss" not in repr(check(tmp_path))


@pytest.mark.parametrize(("more", "found"), [("", {"untrusted"}), ("$config['smtp_conn_options'] = LOOSE;", set())])
def test_a_certificate_that_php_does_not_trust(tmp_path: Path, port: int, more: str, found: set[str]) -> None:
    with script(tmp_path, SILENCE) as server, script(tmp_path, TLS) as there:
        text = _GOOD.replace("'localhost:{imap}'", f"'localhost:{server.port}'").replace("{imap}", str(there.port))
        text = text.replace("'verify_peer' => false", "'verify_peer' => true")
        install(tmp_path, text + more.replace("LOOSE", "['ssl' => ['verify_peer_name' => false]]"))
        assert kinds(tmp_path) == found


def test_no_roundcube(tmp_path: Path) -> None:
    assert not check(tmp_path)
