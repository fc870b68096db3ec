"""Names in modified UTF-7."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.dovecot.stores.names import decode, encode


@pytest.mark.parametrize(
    ("on_disk", "name"),
    [
        ("INBOX", "INBOX"),
        ("&ANw-n&AO8-&-x", "Ünï&x"),
        ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),  # RFC 3501's own example
        ("&2D3eAA-", "😀"),
    ],
)
def test_known_names(on_disk: str, name: str) -> None:
    assert decode(on_disk) == name
    assert encode(name) == on_disk


@pytest.mark.parametrize(
    "hostile", ["Bad&x", "&", "&AGE-", "&2D0-", "&AN", "&ANx-", "&A-", "x\udcff&AO8-", "&AO8-&AO8-"]
)
def test_what_is_no_modified_utf7_is_shown_as_it_stands(hostile: str) -> None:
    assert decode(hostile) == hostile


@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    assert decode(encode(text)) == text
    assert encode(text).isascii()


@given(st.binary().map(lambda data: data.decode("utf-8", "surrogateescape")))
def test_no_two_folders_get_one_name_unless_one_is_no_modified_utf7(on_disk: str) -> None:
    name = decode(on_disk)
    assert name == on_disk or encode(name) == on_disk
