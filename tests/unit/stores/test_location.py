"""mail_location and its successors."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import HostError
from mailtui.services.dovecot.stores import location
from mailtui.services.dovecot.stores.location import Location
from mailtui.services.dovecot.stores.variables import expanded
from mailtui.text import clean

HOME = Path("/var/vmail/x/info")


def test_every_option_of_a_location() -> None:
    found = location.parse("maildir:~/Maildir:LAYOUT=fs:INDEX=MEMORY:CONTROL=/c/%u:INBOX=/in/%u:ALT=/alt:UTF-8")
    assert (found.format, found.path) == ("maildir", "~/Maildir")
    assert found.options == {
        "LAYOUT": "fs",
        "INDEX": "MEMORY",
        "CONTROL": "/c/%u",
        "INBOX": "/in/%u",
        "ALT": "/alt",
        "UTF-8": "",
    }


@pytest.mark.parametrize("path", ["~/Maildir", "/var/mail", "%h/mail"])
def test_a_location_without_a_format_is_left_to_be_found_out(path: str) -> None:
    assert location.parse(f"{path}:INDEX=/i") == Location("", path, {"INDEX": "/i"})


def test_the_same_in_the_words_of_2_4() -> None:
    settings = {"mail_driver": "sdbox", "mail_path": "~/sdbox", "mail_index_path": "/i/%{user}", "mail_inbox_path": ""}
    assert location.of_settings(settings) == Location("sdbox", "~/sdbox", {"INDEX": "/i/%{user}"})


@given(st.text(st.characters(exclude_characters="=", codec="utf-8"), min_size=1))
def test_a_doubled_colon_is_one_that_belongs_to_the_path(path: str) -> None:
    path = "/" + path.strip(":").replace("::", "")
    assert location.parse(f"maildir:{path.replace(':', '::')}:INDEX=/i") == Location("maildir", path, {"INDEX": "/i"})


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = location.parse(text)
        location.layout_of(found)
        location.placed(expanded(found.path, "a@b", HOME), HOME)
    except HostError as error:
        assert error.message == clean(error.message)


def test_a_path_in_the_home_of_a_user_who_has_none_is_refused() -> None:
    assert location.placed("~/Maildir", HOME) == HOME / "Maildir"
    assert location.placed("/var/mail/x", None) == Path("/var/mail/x")
    with pytest.raises(HostError, match="home"):
        location.placed("~/Maildir", None)


@pytest.mark.parametrize("name", ["imapc", "pop3c", "\x1b[31m"])
def test_mail_that_is_not_on_this_disk_is_refused(name: str) -> None:
    with pytest.raises(HostError, match="cannot read"):
        location.parse(f"{name}:~/x")


def test_the_layout_follows_from_the_format_where_none_is_named() -> None:
    assert location.layout_of(Location("maildir", "")) == "maildir++"
    assert location.layout_of(Location("sdbox", "")) == "fs"
    assert location.layout_of(Location("maildir", "", {"LAYOUT": "FS"})) == "fs"
    with pytest.raises(HostError, match="LAYOUT"):
        location.layout_of(Location("maildir", "", {"LAYOUT": "shared"}))
