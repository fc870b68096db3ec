"""Which entries of an access table let something pass, read from its own text."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.services.postfix.restrictions.finding.entries import Permits, permits


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("static:OK", ("",)),
        ("static:DUNNO", ()),
        ("inline:{own.example=OK}", ("own.example",)),
        ("inline:{a.example=REJECT, {b.example = relay please}, c.example=250}", ("b.example", "c.example")),
        ("inline:{}", ()),
    ],
)
def test_of_a_table_without_a_file(table: str, keys: tuple[str, ...]) -> None:
    assert permits(table).keys == keys


def test_of_a_text_with_the_line_of_each(tmp_path: Path) -> None:
    file = tmp_path / "senders"
    file.write_text("# ours\nown.example\tOK\nbad.example REJECT\nfriend@x.example\n  permit\n")
    assert permits(f"hash:{file}") == Permits(
        ("own.example", "friend@x.example"), (f"{file}:2: own.example OK", f"{file}:4: friend@x.example permit")
    )


@pytest.mark.parametrize("table", ["pgsql:/nonexistent/x.cf", "socketmap:unix:/x:y", "hash:/nonexistent/x"])
def test_of_one_that_cannot_be_read_it_is_said(table: str) -> None:
    assert permits(table).problem
