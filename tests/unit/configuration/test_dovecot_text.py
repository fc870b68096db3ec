"""Where a setting of Dovecot stands, and the text with another."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import HostError, UsageError
from mailtui.services.configuration.dovecot_edit import edited
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.configuration.dovecot_text import Sources, key, read_sources
from mailtui.services.configuration.model import Setting

MAIN = """\
ssl_server {
  cert_file = /old.pem
}
passdb {
  driver = pam
}
long = a \\
  b
service auth {
  unix_listener x {
    mode = 0600
  }
}
"""


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    (tmp_path / "dovecot.conf").write_text(MAIN)
    return read_sources(tmp_path / "dovecot.conf")


def _text(sources: Sources) -> str:
    return sources.texts[sources.main]


def test_a_setting_is_found_in_its_block_under_its_long_name(sources: Sources) -> None:
    new = _text(edited(sources, Setting("ssl_server_cert_file", "/new.pem")))
    assert new == MAIN.replace("/old.pem", "/new.pem")
    assert key("ssl_server { cert_file") == key("ssl_server_cert_file")
    assert key("service auth { unix_listener x { mode") == "service auth { unix_listener x { mode"


def test_a_new_setting_joins_those_of_its_block(sources: Sources) -> None:
    new = _text(edited(sources, Setting("passdb { args", "x")))
    assert new == MAIN.replace("  driver = pam\n", "  driver = pam\n  args = x\n")
    deep = _text(edited(sources, Setting("service auth { unix_listener x { user", "postfix")))
    assert deep == MAIN.replace("    mode = 0600\n", "    mode = 0600\n    user = postfix\n")


def test_a_new_block_joins_the_block_around_it(sources: Sources) -> None:
    new = _text(edited(sources, Setting("passdb { fields { uid", "7")))
    assert new == MAIN.replace("  driver = pam\n", "  driver = pam\n  fields {\n    uid = 7\n  }\n")


def test_a_new_block_stands_at_the_end(sources: Sources) -> None:
    new = _text(edited(sources, Setting("protocol imap { mail_plugins", "acl")))
    assert new == f"{MAIN}protocol imap {{\n  mail_plugins = acl\n}}\n"


def test_a_value_over_two_lines_is_replaced_and_taken_away_whole(sources: Sources) -> None:
    assert _text(edited(sources, Setting("long", "c"))) == MAIN.replace("long = a \\\n  b\n", "long = c\n")
    assert _text(edited(sources, Setting("long", None))) == MAIN.replace("long = a \\\n  b\n", "")


@pytest.mark.parametrize("name", ["", "a\nb", "x { ", "{ y"])
def test_what_cannot_be_a_name_is_refused(sources: Sources, name: str) -> None:
    with pytest.raises(UsageError):
        edited(sources, Setting(name, "1"))


def test_files_that_include_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "dovecot.conf").write_text("!include dovecot.conf\n")
    with pytest.raises(HostError):
        read_sources(tmp_path / "dovecot.conf")


@given(st.text(alphabet="ab={}\\\n #!", max_size=200))
def test_no_text_breaks_the_readers(text: str) -> None:
    main = Path("/nowhere/dovecot.conf")
    sources = read_sources(main, {main: text})
    assert sources.texts[main] == text
    assert set(sources.places()) <= {key(name) for name, _, _ in sources.assignments()}
    assert all(isinstance(value, str) for _, value in settings(text))
