"""Cells in the room of their columns."""

import pytest
from textual.content import Content

from mailtui.screens.widgets.columns import Column, beside


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/etc/postfix/virtual", "/etc/postfix/virtual"),
        ("/etc/postfix/sql/virtual_alias_maps.cf", "…rtual_alias_maps.cf"),
        ("/etc/postfix/sql/件件件件件件件件件件件件", "…件件件件件件件件件"),
    ],
)
def test_of_a_path_the_end_is_kept(path: str, shown: str) -> None:
    column = Column("file", "Table", 20, keep_end=True)
    line = beside((column,), (Content(path),), 20)
    assert line.cell_length == 20
    assert line.plain.rstrip() == shown
