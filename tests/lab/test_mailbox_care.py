"""Mailboxes in figures, sessions, and what can be done for them, on the real Dovecot; as the command line tells it."""

from __future__ import annotations

import imaplib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailtui.changes.plan import Outcome
from mailtui.cli.main import main
from mailtui.host.errors import HostError, ToolFailed, UsageError
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.users import MAIL_UID, PASSWORD, USERS
from mailtui.services.dovecot import figures, health, of_user
from mailtui.services.dovecot.care import Care, CarePlans, operations
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.model import Mailbox
from mailtui.services.dovecot.stores.service import Stores

ANNA = {user.format: user.address for user in reversed(USERS)}
"""One user of each format."""
FORMATS = tuple(ANNA)


class Site:
    """A lab's Dovecot and its services."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.tools = LocalTools()
        self.config = DovecotConfig(self.tools, lab.dovecot_config)
        self.stores = Stores(self.tools, self.config)
        self.plans = CarePlans(self.tools, self.config)

    def doveadm(self, *words: str) -> str:
        return self.lab.command("doveadm", *words)

    def mailbox(self, kind: str, name: str = "INBOX") -> Mailbox:
        return self.stores.mailbox(self.stores.store(ANNA[kind]), name)

    @contextmanager
    def imap(self, user: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.lab.ports["imap"]) as client:
            client.login(user, PASSWORD)
            yield client

    def apply(self, name: str, user: str, **more: str) -> Outcome:
        (step,) = self.plans.plan(name, user, **more).steps
        return Care(self.tools, self.config).apply(step, lambda _: None)


@contextmanager
def stopped(site: Site) -> Iterator[None]:
    """Dovecot's sockets out of reach, as when it is stopped."""
    away = site.lab.run.with_name("run.away")
    site.lab.run.rename(away)
    try:
        yield
    finally:
        away.rename(site.lab.run)


@pytest.fixture(scope="module")
def site(lab: Lab) -> Site:
    made = Site(lab)
    for user in ANNA.values():
        with made.imap(user) as client:
            for number in range(3):
                flags = "\\Seen" if number else ""
                client.append("INBOX", flags, "", f"Subject: {number}\r\n\r\ntext\r\n".encode())
    return made


@pytest.mark.parametrize("kind", FORMATS)
def test_figures_from_the_disk_are_those_of_dovecot(site: Site, kind: str) -> None:
    mailbox = site.mailbox(kind)
    with site.imap(ANNA[kind]) as client:
        client.select("INBOX")
        for flags in ("\\Flagged", "Work", "\\Deleted"):
            client.store("2", "+FLAGS", flags)
        client.store("2", "-FLAGS", "Work \\Deleted")
        client.append("INBOX", "\\Deleted", "", b"Subject: gone\r\n\r\n")
        client.expunge()
    offline, live = figures.offline(mailbox), figures.live(mailbox, site.tools, site.config)
    for name in ("messages", "unseen", "uidvalidity", "uidnext", "highestmodseq"):
        assert getattr(offline, name) == getattr(live, name), name
    assert (live.highestmodseq or 0) > 9
    assert live.live
    assert (offline.size is None) == (kind == "mdbox")


@pytest.mark.parametrize("kind", FORMATS)
def test_mail_in_a_folder_is_counted_without_the_service_as_the_mail_user(site: Site, kind: str) -> None:
    known = site.mailbox(kind)
    asked = figures.live(known, site.tools, site.config)
    with stopped(site):
        found = site.stores.mailbox(site.stores.by_path(known.store.root), "INBOX")
        told = figures.live(found, site.tools, site.config, running=False)
    for name in ("messages", "unseen", "uidvalidity", "uidnext", "size"):
        assert getattr(told, name) == getattr(asked, name), name
    assert {path.lstat().st_uid for path in known.store.root.rglob("*")} == {MAIL_UID}


def test_a_damaged_dbox_is_not_opened_to_count_it(site: Site) -> None:
    mailbox = site.mailbox("sdbox")
    log = mailbox.index / "dovecot.index.log"
    content = log.read_bytes()
    try:
        log.write_bytes(b"\0" * len(content))
        with pytest.raises(HostError, match="destroys"):
            figures.live(mailbox, site.tools, site.config)
        outcome = site.apply("index", ANNA["sdbox"], mailbox="INBOX")
        assert not outcome.done
        assert "repair it first" in outcome.skipped[0].why
        assert log.read_bytes() == b"\0" * len(content)
    finally:
        log.write_bytes(content)
    assert figures.offline(mailbox).messages == figures.live(mailbox, site.tools, site.config).messages


def test_a_wrong_size_in_a_file_name_is_found_and_mended_as_advised(site: Site) -> None:
    user = USERS[1].address
    with site.imap(user) as client:
        client.append("INBOX", "", "", b"Subject: x\r\n\r\nfirst\r\n")
    mailbox = site.stores.mailbox(site.stores.store(user), "INBOX")
    assert health.of_mailbox(mailbox) == ()
    (message,) = (path for name in ("cur", "new") for path in (mailbox.mail / name).iterdir())
    message.write_bytes(message.read_bytes() + b"second\n")
    (finding,) = health.of_mailbox(mailbox)
    assert finding.id.startswith("mailboxes.file.size:")
    read = ("fetch", "-u", user, "text", "mailbox", "INBOX", "all")
    site.doveadm("force-resync", "-u", user, "INBOX")
    with pytest.raises(ToolFailed, match="smaller than expected"):
        site.doveadm(*read)
    setting = finding.advice.partition("With ")[2].partition(" = yes")[0]
    assert "second" in site.doveadm("-o", f"{setting}=yes", *read)


def test_sessions_of_exactly_one_user(site: Site) -> None:
    user = ANNA["maildir"]
    with site.imap(user), site.imap(ANNA["mdbox"]):
        (session,) = of_user.sessions(site.tools, site.config, user)
    assert (session.service, session.ip) == ("imap", "127.0.0.1")
    assert session.pid.isdecimal()


def test_quota_without_its_plugin_is_no_error(site: Site) -> None:
    assert of_user.quota(site.tools, site.config, ANNA["maildir"]) == ()


@pytest.mark.parametrize("name", ["cache-purge", "index"])
@pytest.mark.parametrize("kind", FORMATS)
def test_care_of_a_mailbox_leaves_it_as_it_was(site: Site, name: str, kind: str) -> None:
    mailbox = site.mailbox(kind)
    before = figures.live(mailbox, site.tools, site.config)
    outcome = site.apply(name, ANNA[kind], mailbox="INBOX")
    assert (outcome.done, outcome.skipped, outcome.failed) == ((ANNA[kind],), (), ())
    after = figures.live(mailbox, site.tools, site.config)
    assert (after.messages, after.unseen, after.uidvalidity) == (before.messages, before.unseen, before.uidvalidity)


def test_purge_is_for_mdbox_alone(site: Site) -> None:
    assert site.apply("purge", ANNA["mdbox"]).done
    with pytest.raises(UsageError, match="mdbox"):
        site.plans.plan("purge", ANNA["maildir"])


@pytest.mark.parametrize("name", ["recalc", "rescan"])
def test_a_plugin_that_is_not_loaded_is_told(site: Site, name: str) -> None:
    (missed,) = site.apply(name, ANNA["maildir"]).failed
    assert "mail_plugins" in missed.why


def test_a_backup_is_a_store_of_its_own_with_every_uid(site: Site) -> None:
    store = site.mailbox("mdbox").store
    assert store.home is not None
    place = store.home / "copy"
    assert site.apply("backup", store.user, place=f"mdbox:{place}").done
    copied = site.stores.by_path(place)
    (inbox,) = (one for one in site.stores.mailboxes(copied) if one.name == "INBOX")
    was, now = figures.offline(site.mailbox("mdbox")), figures.offline(inbox)
    assert (now.messages, now.uidvalidity, now.uidnext) == (was.messages, was.uidvalidity, was.uidnext)
    with pytest.raises(UsageError, match="overwritten"):
        site.plans.plan("backup", store.user, place=f"mdbox:{place}")
    with pytest.raises(UsageError, match="in the mail itself"):
        site.plans.plan("backup", store.user, place=f"mdbox:{store.root}/x")


def test_a_backup_to_where_the_mail_user_may_not_write_fails_and_says_so(site: Site, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (missed,) = site.apply("backup", ANNA["sdbox"], place=f"sdbox:{tmp_path}/copy").failed
    assert "ermission denied" in missed.why
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    "place", ["", "/x", "maildir:relative", "maildir:/a:INDEX=/b", "maildir:/%u", "maildir:/a/../b"]
)
def test_places_that_are_none(site: Site, place: str) -> None:
    with pytest.raises(UsageError):
        site.plans.plan("backup", ANNA["maildir"], place=place)


def test_without_the_service_nothing_is_done_and_that_is_said(site: Site) -> None:
    user = ANNA["mdbox"]
    (step,) = site.plans.plan("purge", user).steps
    notes: list[object] = []
    with stopped(site), pytest.raises(HostError, match="stopped"):
        Care(site.tools, site.config).apply(step, notes.append)
    assert notes == []  # so that the journal knows: nothing was begun
    (missed,) = Care(site.tools, site.config).recover(step, ()).failed
    assert missed.target == user


def test_every_operation_tells_its_cost_and_that_it_cannot_be_undone(site: Site) -> None:
    for name, operation in operations().items():
        kind = operation.formats[-1] if len(operation.formats) == 1 else "maildir"
        place = "maildir:/nowhere/copy" if name == "backup" else ""
        plan = site.plans.plan(name, ANNA[kind], mailbox="New" if operation.new else "INBOX", place=place)
        (step,) = plan.steps
        assert step.risk and step.undo
        assert not plan.reversible
        assert step.commands[0][0] == "doveadm"


def run(lab: Lab, *words: str) -> int:
    return main([*lab.options(), "mailbox", *words])


def test_the_command_line_lists_and_shows(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    user = ANNA["maildir"]
    assert run(site.lab, "list", "--json") == 0
    users: list[dict[str, Any]] = json.loads(capfd.readouterr().out)
    assert {one["user"]: one["format"] for one in users}.items() >= {
        user.address: user.format for user in USERS
    }.items()
    assert run(site.lab, "list", user) == 0
    assert "INBOX         3" in capfd.readouterr().out
    assert run(site.lab, "show", user, "inbox", "--json", "--live", "--files") == 0
    shown: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert (shown["mailbox"], shown["messages"], shown["unseen"], shown["live"]) == ("INBOX", 3, 1, True)
    assert shown["sessions"] == []
    assert shown["files"]


def test_the_command_line_by_path_and_with_names_that_are_none(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    root = site.mailbox("sdbox").store.root
    assert run(site.lab, "show", "--path", str(root), "INBOX", "--live") == 0
    assert "sdbox" in capfd.readouterr().out
    for words in (["list", "--", "-x"], ["list", "*"], ["show", ANNA["mdbox"], "none"], ["list", "a", "b"]):
        assert run(site.lab, *words) != 0
        assert capfd.readouterr().err.startswith("mailtui: ")


def test_kick_ends_the_sessions_of_one_user(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    user = ANNA["sdbox"]
    client = imaplib.IMAP4("127.0.0.1", site.lab.ports["imap"])
    try:
        client.login(user, PASSWORD)
        assert run(site.lab, "kick", user, "--yes") == 0
        assert of_user.sessions(site.tools, site.config, user) == ()
    finally:
        client.shutdown()
    assert run(site.lab, "kick", user, "--dry-run") == 0
    assert "doveadm" in capfd.readouterr().out


def test_care_on_the_command_line(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(site.lab, "purge", ANNA["mdbox"], "--yes", "--json") == 0
    receipt: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert (receipt["outcome"], receipt["done"]) == ("applied", [ANNA["mdbox"]])
    assert run(site.lab, "index", ANNA["mdbox"], "--yes") != 0
    assert "a mailbox" in capfd.readouterr().err


def test_a_mailbox_is_made_by_dovecot_as_the_mail_user_and_only_once(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    user = ANNA["maildir"]
    assert run(site.lab, "create", user, "Ünï & more", "--yes", "--json") == 0
    receipt: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert receipt["outcome"] == "applied"
    made = next(one for one in site.stores.mailboxes(site.stores.store(user)) if one.name == "Ünï & more")
    assert (made.mail / "cur").stat().st_uid == MAIL_UID
    assert run(site.lab, "create", user, "Ünï & more", "--yes") != 0
    assert "has a mailbox" in capfd.readouterr().err
