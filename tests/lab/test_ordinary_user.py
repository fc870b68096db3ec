"""An ordinary user's looking leaves no error in Dovecot's log, which mailtui itself would count as an incident."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mailtui
from mailtui.host.as_user import as_user
from mailtui.host.errors import MailtuiError, PermissionDenied
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.wait import wait_until
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm, DoveadmFailed
from mailtui.services.dovecot.of_user import quota
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.dovecot.strangers import refuse_strangers

ALICE = "alice@lab.example"
NOBODY = 65534
MAIL_UID = 5000


@pytest.fixture(autouse=True)
def _reached(lab: Lab) -> None:
    lab.folder.chmod(0o755)


def errors(lab: Lab) -> list[str]:
    return [line for line in lab.dovecot_log.read_text().splitlines() if "Error" in line or "Warning" in line]


def new_errors(lab: Lab, before: list[str]) -> list[str]:
    """What has come since: all of it is there once an error made on purpose is, since auth's lines keep their order."""
    argv = ["doveadm", "-c", str(lab.dovecot_config), "user", "*"]
    as_stranger(lab, lambda _: LocalTools().run(argv, check=False).code)
    listed = sum("to list users" in line for line in before)
    assert wait_until(lambda: sum("to list users" in line for line in errors(lab)) > listed, 20)
    return errors(lab)[len(before) : -1]


def asked_as_nobody(lab: Lab, *words: str) -> subprocess.CompletedProcess[str]:
    state = ["--state", "/nonexistent/state", "--log", str(lab.log)]
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    argv = [*become, sys.executable, "-m", "mailtui", *words, *lab.options()[:2], *state]
    environment = {**os.environ, "HOME": "/nonexistent", "PYTHONPATH": str(Path(mailtui.__file__).parents[1])}
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120, env=environment)


def as_stranger(lab: Lab, work: Callable[[DovecotConfig], Any], uid: int = NOBODY) -> Any:
    """What a process of an ordinary user gets, or why not."""

    def ask() -> Any:
        try:
            return work(DovecotConfig(LocalTools(), lab.dovecot_config))
        except MailtuiError as error:
            return error.told

    return as_user(uid, uid, ask)


def test_dovecot_logs_an_error_of_what_it_refuses(lab: Lab) -> None:
    """Which is why it is not asked."""
    before = len(errors(lab))
    argv = ["doveadm", "-c", str(lab.dovecot_config), "user", ALICE]
    as_stranger(lab, lambda _: LocalTools().run(argv, check=False).code)
    assert wait_until(lambda: len(errors(lab)) > before, 20)
    assert "doesn't have lookup permissions" in errors(lab)[-1]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("resolve", ALICE), 1),
        (("user", ALICE), 3),
        (("mailbox", "list", ALICE), 3),
        (("mailbox", "show", ALICE, "INBOX"), 3),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_what_dovecot_would_refuse_is_told_and_not_asked(lab: Lab, words: tuple[str, ...], status: int) -> None:
    before = errors(lab)
    done = asked_as_nobody(lab, *words)
    assert done.returncode == status, done.stderr
    assert "to root alone" in " ".join((done.stdout + done.stderr).split())
    assert "everywhere it should be" not in done.stdout
    assert status != 3 or "sudo" in done.stdout + done.stderr
    assert new_errors(lab, before) == []


def test_no_way_to_userdb_leads_past_that(lab: Lab) -> None:
    tools, before = LocalTools(), errors(lab)

    def required(config: DovecotConfig) -> str:
        try:
            Doveadm(tools, config).require(ALICE)
        except DoveadmFailed as error:
            return error.told
        return "allowed"

    def many(config: DovecotConfig) -> list[str]:
        return [str(one) for one in Stores(tools, config).stores([ALICE, "bob@lab.example"])]

    assert "sudo" in as_stranger(lab, required)
    assert "sudo" in as_stranger(lab, lambda config: [*quota(tools, config, ALICE)])
    assert all("root alone" in one for one in as_stranger(lab, many))
    assert new_errors(lab, before) == []


def test_whose_mail_it_is_is_told(lab: Lab) -> None:
    """All mail is one user's: as that user Dovecot tells where it is, and without an error."""
    before = errors(lab)
    told = as_stranger(lab, lambda config: str(Stores(LocalTools(), config).store(ALICE).root), MAIL_UID)
    assert told == str(lab.mail_home("alice") / "Maildir")
    assert new_errors(lab, before) == []


def test_a_mail_uid_that_userdb_does_not_tell_is_nobodys_right_to_ask(lab: Lab) -> None:
    """Dovecot fills ``mail_uid`` in after it has judged who asks: the user that all mail belongs to is a stranger."""
    users = lab.dovecot_config.parent / "users"
    kept, before = users.read_text(), errors(lab)
    users.write_text(re.sub(r"^([^:]*:[^:]*):\d+:\d+:", r"\1:::", kept, flags=re.MULTILINE))
    argv = ["doveadm", "-c", str(lab.dovecot_config), "user", ALICE]

    def refused() -> bool:
        as_stranger(lab, lambda _: LocalTools().run(argv, check=False).code, MAIL_UID)
        return len(errors(lab)) > len(before)

    try:
        assert LocalTools().run(argv).text.split()[3] == str(MAIL_UID)
        assert wait_until(refused, 20)  # auth looks at its file once a second
        assert "reply doesn't contain uid" in errors(lab)[-1]
    finally:
        users.write_text(kept)


@pytest.mark.parametrize(
    ("userdb", "asked"),
    [
        ("userdb {\n  args = /etc/dovecot/dovecot-sql.conf.ext\n  driver = sql\n}", False),
        ("userdb {\n  args = uid=5000 gid=5000 home=/var/mail/%u\n  driver = static\n}", True),
        ("userdb {\n  args = /etc/dovecot/users\n  driver = passwd-file\n}", True),
        ("userdb {\n  args = /etc/dovecot/ldap\n  default_fields = uid=5000\n  driver = ldap\n}", True),
        ("userdb sql {\n  query = SELECT home FROM users WHERE name = '%{user}'\n}", False),
        ("userdb sql {\n  query = SELECT home, uid, gid FROM users WHERE name = '%{user}'\n}", True),
        ("userdb ldap {\n  fields {\n    uid = 5000\n  }\n}", True),
        ("userdb ldap {\n  fields {\n    uid = %{ldap:uidNumber}\n  }\n}", True),
        ("passdb sql {\n  query = SELECT uid FROM users\n}\nuserdb sql {\n  query = SELECT home\n}", False),
        ("userdb {\n  args = uid=5001 home=/srv\n  driver = static\n}\nuserdb {\n  driver = sql\n}", False),
    ],
)
def test_the_user_that_all_mail_belongs_to_asks_where_userdb_may_have_its_uid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, userdb: str, asked: bool
) -> None:
    class Settings:
        text = f"mail_uid = 5000\n{userdb}\n"

        def get(self, name: str) -> str:
            return {"base_dir": str(tmp_path), "mail_uid": "5000"}[name]

    (tmp_path / "auth-userdb").touch()
    (tmp_path / "auth-userdb").chmod(0o666)
    monkeypatch.setattr(os, "geteuid", lambda: MAIL_UID)
    monkeypatch.setattr(os, "getegid", lambda: MAIL_UID)
    if asked:
        refuse_strangers(Settings(), ALICE)
    else:
        with pytest.raises(PermissionDenied, match="our own uid in userdb"):
            refuse_strangers(Settings(), ALICE)


def test_a_user_of_the_machine_may_ask_for_itself(tmp_path: Path) -> None:
    class Settings:
        text = "userdb {\n  driver = passwd\n}\n"

        def get(self, name: str) -> str:
            return str(tmp_path) if name == "base_dir" else ""

    (tmp_path / "auth-userdb").touch()
    (tmp_path / "auth-userdb").chmod(0o666)
    for parent in (tmp_path, *tmp_path.parents[:-2]):
        parent.chmod(parent.stat().st_mode | 0o111)

    def refused(user: str) -> str:
        try:
            refuse_strangers(Settings(), user)
        except MailtuiError as error:
            return error.message
        return ""

    own = pwd.getpwuid(NOBODY).pw_name
    assert as_user(NOBODY, NOBODY, lambda: [*map(refused, (own, f"{own}@x"))]) == ["", ""]
    assert as_user(NOBODY, NOBODY, lambda: refused("root")) and as_user(NOBODY, NOBODY, lambda: refused(""))
    (tmp_path / "auth-userdb").chmod(0o600)
    assert as_user(NOBODY, NOBODY, lambda: refused("root")) == "", (
        "the kernel keeps them out, and Dovecot hears nothing"
    )
