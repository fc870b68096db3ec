"""Passwords of a table are in nothing that is shown or kept, and the key is still found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtui.filters import parse
from mailtui.services.postfix.maps.masking import masked
from mailtui.services.postfix.maps.rows import rows_of
from mailtui.services.postfix.maps.text import Source


def test_only_keys_are_left() -> None:
    assert masked(b"[mail.example]:587 user:pa ss\n") == b"[mail.example]:587 ********\n"
    assert masked(b"  user:secret\n") == b"  ********\n"
    assert masked(b"# a note\n") == b"# a note\n"
    assert masked(b"\n") == b"\n"
    assert masked(b"key\n") == b"key\n"


@given(st.from_regex(r"[\[a-z.:0-9\]]{1,20}", fullmatch=True), st.from_regex(r"[A-Z][ -~]{0,20}", fullmatch=True))
def test_a_row_never_has_the_password(key: str, password: str) -> None:
    source = Source.read(f"{key} {password}\nother\n  x{password}\n".encode())
    for row in rows_of(source, parse(""), secret=True).rows:
        assert row.value == "********"
    assert not rows_of(source, parse(f'value="{"".join(c for c in password if c.isalnum())}"'), secret=True).matching
