"""Dovecot's SQL files: each mistake of the old guides, and none in a good one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.people.dovecot_sql import check, check_file
from tests.support.tools import RecordedTools

_GOOD = """\
driver = pgsql
connect = host=/run/postgresql dbname=mail user=mail password=s3cret
default_pass_scheme = BLF-CRYPT
password_query = SELECT username AS user, password FROM mailbox \\
  WHERE username = '%u' AND active
user_query = SELECT home, 5000 AS uid, 5000 AS gid, '*:bytes=' || quota AS quota_rule FROM mailbox WHERE username='%u'
"""


def kinds(tmp_path: Path, text: str, mode: int = 0o600) -> set[str]:
    file = tmp_path / "dovecot-sql.conf.ext"
    file.write_text(text)
    file.chmod(mode)
    found = list(check_file(file))
    assert "s3cret" not in repr(found)
    return {one.id.partition(":")[0].removeprefix("dovecot-sql.") for one in found}


def test_a_good_one(tmp_path: Path) -> None:
    assert kinds(tmp_path, _GOOD) == set()


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("BLF-CRYPT", "MD5", "weak"),
        ("default_pass_scheme = BLF-CRYPT\n", "", "noscheme"),
        ("username = '%u'", "username = %u", "unquoted"),
        ("username='%u'", "username=%{user | lower}", "unquoted"),
        ("quota AS quota_rule", "quotaAS quota_rule", "glued"),
    ],
)
def test_each_mistake(tmp_path: Path, old: str, new: str, kind: str) -> None:
    assert kinds(tmp_path, _GOOD.replace(old, new)) == {kind}


def test_a_password_that_others_may_read_is_told(tmp_path: Path) -> None:
    assert kinds(tmp_path, _GOOD, 0o644) == {"open"}


def test_only_files_in_use(tmp_path: Path) -> None:
    file = tmp_path / "sql.conf"
    file.write_text(_GOOD)
    file.chmod(0o644)
    text = f"passdb {{\n  args = {file}\n  driver = sql\n}}\nuserdb {{\n  args = uid=5\n  driver = static\n}}\n"
    assert len(check(_dovecot(text))) == 1
    assert not check(_dovecot(text.replace("driver = sql", "driver = pam")))


def _dovecot(text: str) -> DovecotConfig:
    config = DovecotConfig(RecordedTools())
    config.__dict__["text"] = text
    return config
