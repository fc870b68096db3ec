"""A table that cannot be asked is asked once per look: what fails costs a second, what is gone ten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from mailtui.host.errors import ToolTimeout
from mailtui.host.tools import ToolResult, Tools
from mailtui.services.postfix.addresses.keys import Key
from mailtui.services.postfix.addresses.lookups import Lookups, NotAsked, TableError
from mailtui.services.postfix.maps.patience import PATIENCE
from mailtui.services.postfix.ports import PostfixSettings

KEYS = [Key(text, whole=True) for text in ("info@a.example", "a.example", "info")]
Said = Callable[[str, list[str]], "tuple[int, str, str] | None"]


@dataclass
class Postmap:
    """Plays postmap(1); ``said`` gives status, output and errors for a table and keys, or None where it hangs."""

    said: Said
    seconds: float = 1.1
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    lost: float = 0.0

    def run(self, argv: Sequence[str], *, stdin: bytes, timeout: float, check: bool) -> ToolResult:
        keys = stdin.decode().splitlines()
        self.asked.append((argv[-1], tuple(keys)))
        answer = self.said(argv[-1], keys)
        if answer is None:
            self.lost += timeout
            raise ToolTimeout(argv, timeout)
        code, out, err = answer
        self.lost += self.seconds if err else 0.0
        return ToolResult(tuple(argv), code, out.encode(), err.encode(), self.seconds if err else 0.0)


class Settings:
    """A Postfix that names no table; they are asked by name."""

    where = ("-c", "/etc/postfix")

    def get(self, name: str) -> str:
        return ""


def looking(said: Said, seconds: float = 1.1) -> tuple[Lookups, Postmap]:
    postmap = Postmap(said, seconds)
    return Lookups(cast(PostfixSettings, Settings()), cast(Tools, postmap)), postmap


def refused(lookups: Lookups, table: str, keys: Sequence[Key] = KEYS) -> set[str]:
    """What is said for each of these keys."""
    lookups.learn_of(table, keys)
    said = set()
    for key in keys:
        with pytest.raises(TableError) as error:
            lookups.ask(table, key.text)
        said.add(error.value.message)
    return said


@pytest.mark.parametrize(
    ("table", "code", "said"),
    [
        ("hash:/etc/x", 1, "postmap: fatal: open database /etc/x.db: Permission denied\n"),
        ("ldap:/etc/x", 1, "postmap: fatal: unsupported dictionary type: ldap\n"),
        ("nisplus:x", 1, 'postmap: fatal: bad syntax: "x"\n'),
        ("hash:/etc/x", 1, "BDB0061 PANIC: Invalid argument\npostmap: fatal: error reading /etc/x.db: Unknown error\n"),
        ("hash:/etc/x", -11, ""),
        ("hash:/etc/x", 1, "postmap: panic: myfree: corrupt or unallocated memory block\n"),
        (
            "socketmap:inet:127.0.0.1:1:x",
            1,
            "postmap: warning: connect to 127.0.0.1:1: Connection refused\n"
            "postmap: fatal: table socketmap:inet:127.0.0.1:1:x: query error: Connection refused\n",
        ),
    ],
)
def test_a_table_that_fails_is_asked_once_and_its_words_are_remembered(table: str, code: int, said: str) -> None:
    lookups, postmap = looking(lambda _table, _keys: (code, "", said))
    (words,) = refused(lookups, table)
    other = lookups.within(cast(PostfixSettings, Settings()), folding=False)
    assert refused(other, f"proxy:{table}") == {words}
    assert len(postmap.asked) == 1
    assert (said.strip().rpartition(": ")[2] or "SIGSEGV") in words
    assert lookups.patience.told[table] == words


def test_all_tables_of_a_type_that_is_not_there_fail_by_one_question() -> None:
    lookups, postmap = looking(lambda table, _: (1, "", "postmap: fatal: unsupported dictionary type: pgsql\n"))
    for table in ("pgsql:/a", "proxy:pgsql:/b", "unionmap:{static:x,pgsql:/c}", "pipemap:{proxy:pgsql:/d,static:x}"):
        assert refused(lookups, table) == {"unsupported dictionary type: pgsql"}
    assert [table for table, _ in postmap.asked] == ["pgsql:/a"]


def test_a_table_made_of_one_that_failed_is_not_asked() -> None:
    lookups, postmap = looking(lambda *_: None)
    (words,) = refused(lookups, "tcp:127.0.0.1:1", KEYS[:1])
    assert refused(lookups, "unionmap:{static:x,pipemap:{inline:{a=b},tcp:127.0.0.1:1}}") == {words}
    assert len(postmap.asked) == 1


def test_the_failure_of_one_key_leaves_the_others() -> None:
    def said(_table: str, keys: list[str]) -> tuple[int, str, str]:
        if "info@a.example" in keys:
            return 1, "", "postmap: fatal: table mysql:/x: query error: Success\n"
        return 0, "info\tfound\n" if "info" in keys else "", ""

    lookups, postmap = looking(said)
    for _ in range(3):
        lookups.learn_of("mysql:/x", KEYS)
        with pytest.raises(TableError, match="query error"):
            lookups.ask("mysql:/x", "info@a.example")
        assert lookups.ask("mysql:/x", "info") == "found"
        assert lookups.ask("mysql:/x", "a.example") is None
    assert len(postmap.asked) == 4, "all at once, then each"
    assert not lookups.patience.told


def test_a_table_that_fails_for_key_after_key_is_given_up() -> None:
    lookups, postmap = looking(lambda *_: (1, "", "postmap: fatal: table mysql:/x: query error: Success\n"))
    assert refused(lookups, "mysql:/x", [Key(f"user{number}", whole=True) for number in range(500)])
    assert len(postmap.asked) <= 6
    assert "mysql:/x" in lookups.patience.told


@pytest.mark.parametrize("hangs", [True, False])
@pytest.mark.parametrize(("kind", "most"), [("tcp", 14.0), ("cidr", 20.0)])
def test_many_dead_tables_cost_no_more_than_the_patience_of_one_look(hangs: bool, kind: str, most: float) -> None:
    dead = "postmap: fatal: open database /x: Permission denied\n"
    lookups, postmap = looking(lambda table, _: (0, "", "") if "well" in table else None if hangs else (1, "", dead))
    assert lookups.ask("inline:well", "x") is None
    for number in range(40):
        refused(lookups, f"{kind}:/table{number}")
    assert postmap.lost <= most
    with pytest.raises(NotAsked, match=f"{kind}:/well was not asked: others gave no answer for {PATIENCE:g} s"):
        lookups.ask(f"{kind}:/well", "x")
    assert lookups.ask("inline:well", "y") is None, "who has answered is asked further"


def test_when_servers_have_taken_the_time_files_are_asked_all_the_same() -> None:
    lookups, _ = looking(lambda table, _: None if "tcp:" in table else (0, "x\ty\n", ""))
    for number in range(9):
        refused(lookups, f"tcp:127.0.0.1:{number}")
    with pytest.raises(NotAsked):
        lookups.ask("unionmap:{hash:/v,tcp:127.0.0.2:1}", "x")
    assert lookups.ask("unionmap:{hash:/v,static:y}", "x") == "y"


def test_one_dead_table_leaves_the_others_time() -> None:
    lookups, _ = looking(lambda table, _: (0, "x\ty\n", "") if "well" in table else None)
    refused(lookups, "tcp:127.0.0.1:1")
    assert lookups.ask("cidr:/well", "x") == "y"


def test_a_damaged_index_is_told_with_what_mends_it_and_asked_again_when_it_was_built(tmp_path: Path) -> None:
    index = tmp_path / "virtual.db"
    index.write_bytes(b"damaged")
    lookups, postmap = looking(lambda *_: (-11, "", "") if index.read_bytes() == b"damaged" else (0, "info\tx\n", ""))
    table = f"unionmap:{{hash:{tmp_path}/virtual,static:x}}"
    (words,) = refused(lookups, table)
    assert words == (
        f"{table}: postmap was ended by SIGSEGV: its index {index} is damaged; mailtui map build {tmp_path}/virtual"
    )
    index.write_bytes(b"built anew")
    assert lookups.ask(table, "info") == "x"
    assert len(postmap.asked) == 2


def test_an_index_that_is_read_for_ever_is_damaged_and_a_server_that_hangs_is_not() -> None:
    lookups, _ = looking(lambda *_: None)
    assert "within 10 s: its index /v.db is damaged; mailtui map build /v" in refused(lookups, "hash:/v").pop()
    lookups, _ = looking(lambda *_: None)
    assert refused(lookups, "unionmap:{hash:/v,tcp:127.0.0.1:1}").pop().endswith("within 10 s")


@pytest.mark.parametrize(
    ("table", "asked"),
    [
        ("proxy:hash:/v", "hash:/v"),
        ("unionmap:{hash:/v,static:x}", "unionmap:{hash:/v,static:x}"),
        ("proxy:unionmap:{proxy:hash:/v,pipemap:{proxy:hash:/w static:x}}",
         "unionmap:{hash:/v, pipemap:{hash:/w, static:x}}"),
        ("unionmap:{inline:{{a = proxy:b}},proxy:hash:/v}", "unionmap:{inline:{{a = proxy:b}}, hash:/v}"),
        ("inline:{a=proxy:b}", "inline:{a=proxy:b}"),
        ("randmap:{proxy:a}", "randmap:{proxy:a}"),
    ],
)  # fmt: skip
def test_no_table_is_asked_by_proxymap(table: str, asked: str) -> None:
    lookups, postmap = looking(lambda *_: (1, "", ""))
    assert lookups.ask(table, "x") is None
    assert postmap.asked == [(asked, ("x",))]
