"""Tables of a real Postfix that cannot be asked: each is asked once by whatever is looked at, and said."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mailtui.cli.main import main
from mailtui.host.tools import LocalTools, ToolResult
from mailtui.lab import Lab
from mailtui.services.postfix.maps import patience

CLIENT = ("--client", "192.0.2.9", "--name", "x.stranger.example", "--from", "a@stranger.example")
LOOKS = [
    ("restrictions", "check"),
    ("restrictions", "simulate", *CLIENT, "alice@lab.example"),
    ("resolve", "--client", "192.0.2.9", "alice@lab.example"),
    ("map", "check"),
]
Asked = Counter[str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """How often postmap(1) was asked, by table."""
    count: Asked = Counter()
    run = LocalTools.run

    def counting(tools: LocalTools, argv: Sequence[str], **how: Any) -> ToolResult:
        if argv[0] == "postmap":
            count[argv[-1]] += 1
        return run(tools, argv, **how)

    monkeypatch.setattr(LocalTools, "run", counting)
    return count


@pytest.fixture
def restricted(lab: Lab) -> Iterator[Callable[..., None]]:
    """Puts tables into the lists of smtpd, and the first of them before the lab's virtual aliases."""
    main_cf = lab.postfix_config / "main.cf"
    before = main_cf.read_text()

    def restrict(*tables: str) -> None:
        checks = ("recipient", "sender", "helo", "client")
        rules = ", ".join(f"check_{checks[n % 4]}_access {table}" for n, table in enumerate(tables))
        aliases = lab.command("postconf", "-hx", "virtual_alias_maps").strip()
        kept = [line for line in before.splitlines() if not line.startswith(("virtual_alias_maps", "smtpd_recip"))]
        added = (f"virtual_alias_maps = {tables[0]}, {aliases}", f"smtpd_recipient_restrictions = {rules}")
        main_cf.write_text("\n".join((*kept, *added, "")))
        os.utime(main_cf, (1e9, 1e9))

    yield restrict
    main_cf.write_text(before)
    os.utime(main_cf, (1e9, 1e9))


@pytest.fixture
def hanging() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield f"127.0.0.1:{server.getsockname()[1]}"


def _look(lab: Lab, capsys: pytest.CaptureFixture[str], words: Sequence[str]) -> str:
    main([*lab.options(), *words])
    told = capsys.readouterr()
    return told.out + told.err


@pytest.mark.parametrize("words", LOOKS, ids=lambda words: " ".join(words[:2]))
@pytest.mark.parametrize(
    ("tables", "said", "most"),
    [
        (("hash:{}/none", "hash:{}/none2"), "none.db: No such file or directory", 0),
        (("btree:{}/bad", "proxy:hash:{}/bad"), "is none of its type; mailtui map build", 0),
        (("unionmap:{{static:DUNNO,hash:{}/none}}", "pipemap:{{static:x,hash:{}/bad}}"), "No such file", 0),
        (("ldap:{}/x.cf", "proxy:ldap:{}/y.cf", "unionmap:{{ldap:{}/y.cf,static:x}}"), "ldap", 1),
        (("socketmap:inet:127.0.0.1:1:x", "tcp:127.0.0.1:1"), "Connection refused", 1),
    ],
)
def test_a_table_that_fails_is_asked_once_by_each_look(
    lab: Lab,
    restricted: Callable[..., None],
    asked: Asked,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[str, ...],
    tables: tuple[str, ...],
    said: str,
    most: int,
) -> None:
    (tmp_path / "bad").write_text("a b\n")
    (tmp_path / "bad.db").write_bytes(b"no index" * 999)
    for name in ("x.cf", "y.cf"):
        (tmp_path / name).write_text("server_host = 127.0.0.1:1\nsearch_base = o=x\n")
    named = [table.format(tmp_path) for table in tables]
    restricted(*named)
    told = _look(lab, capsys, words)
    first = named[0]
    assert asked[first] <= most
    assert sum(asked[table.removeprefix("proxy:")] for table in named) <= len(named) * most
    assert said in told or "never compiled" in told or "cannot be read" in told or "no table type" in told


@pytest.mark.parametrize("words", LOOKS, ids=lambda words: " ".join(words[:2]))
def test_servers_that_hang_are_waited_for_once_each(
    lab: Lab,
    restricted: Callable[..., None],
    asked: Asked,
    hanging: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setattr(patience, "TIMEOUT", 1.0)
    tables = [f"socketmap:inet:{hanging}:{name}" for name in "abcd"]
    restricted(*tables)
    told = _look(lab, capsys, words)
    assert "gave no answer within 1 s" in told
    assert max(asked[table] for table in tables) == 1


def test_a_warning_about_main_cf_is_not_taken_for_one_about_the_entry_that_is_replayed(
    lab: Lab, restricted: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    restricted("static:DUNNO")
    main_cf = lab.postfix_config / "main.cf"
    main_cf.write_text(f"{main_cf.read_text()}\nsmtpd_banner = x\nsmtpd_banner = y\n")
    os.utime(main_cf, (1e9, 1e9))
    assert "does not understand" not in _look(lab, capsys, ("restrictions", "replay", "sender", "x.example", "REJECT"))
