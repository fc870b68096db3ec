"""Mailboxes found on the disk, against what the real Dovecot says of the same."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailtui.changes.backups import Backups
from mailtui.changes.changes import Changes
from mailtui.host.as_user import as_user
from mailtui.host.errors import HostError, PermissionDenied
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.users import MAIL_UID, USERS
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.repair import action
from mailtui.services.dovecot.repair.plans import RepairPlans
from mailtui.services.dovecot.repair.proof import asked_of_dovecot
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.dovecot.stores.userdb import NoSuchUser
from tests.support.waiting import until

LOCATIONS = {
    "plain": ("maildir:~/Maildir", "mail_driver=maildir mail_path=~/Maildir"),
    "elsewhere": (
        "maildir:~/Maildir:INDEX=~/index:CONTROL=~/control:INBOX=~/inbox",
        "mail_driver=maildir mail_path=~/Maildir mail_index_path=~/index mail_control_path=~/control"
        " mail_inbox_path=~/inbox",
    ),
    "tree": (
        "maildir:~/Maildir:LAYOUT=fs:INDEX=~/index",
        "mail_driver=maildir mail_path=~/Maildir mailbox_list_layout=fs mail_index_path=~/index",
    ),
    "single": ("sdbox:~/sdbox", "mail_driver=sdbox mail_path=~/sdbox"),
    "multi": (
        "mdbox:~/mdbox:INDEX=~/index:CONTROL=~/control",
        "mail_driver=mdbox mail_path=~/mdbox mail_index_path=~/index mail_control_path=~/control",
    ),
    "dbox": ("mdbox:~/mdbox", "mail_driver=mdbox mail_path=~/mdbox"),
    "named": (
        "mdbox:~/mdbox:LAYOUT=index:INDEX=~/index",
        "mail_driver=mdbox mail_path=~/mdbox mailbox_list_layout=index mail_index_path=~/index",
    ),
    "called": (
        "maildir:~/Maildir:LAYOUT=index:CONTROL=~/control",
        "mail_driver=maildir mail_path=~/Maildir mailbox_list_layout=index mail_control_path=~/control",
    ),
    "files": ("mbox:~/mail:INBOX=~/inbox", "mail_driver=mbox mail_path=~/mail mail_inbox_path=~/inbox"),
}
NAMES = ("-x", "--help", "-u@x")
REFUSED = ("a b@x", "ünï@x", "a'b$(id)@x")
"""Names with characters that are not in ``auth_username_chars``."""
FOLDERS = ("A", "A{0}B", "Ünïcode & <x>", "日本語", "-x", "sp ace")


class Site:
    """A lab with a user for each way to keep mail."""

    def __init__(self, lab: Lab, config: Path) -> None:
        self.lab = lab
        self.file = config
        self.config = DovecotConfig(LocalTools(), config)
        self.stores = Stores(LocalTools(), self.config)

    def add(self) -> None:
        """Users for every location and of every name; Dovecot looks at its file about once a second."""
        lines = [self._line(f"{name}@stores.example", *words) for name, words in LOCATIONS.items()]
        lines += [self._line(name, *LOCATIONS["plain"]) for name in ("spread@stores.example", *REFUSED, *NAMES)]
        with self.lab.users.open("a", encoding="utf-8") as file:
            file.writelines(lines)
        assert until(lambda: self._knows(NAMES[-1]))

    def _knows(self, name: str) -> bool:
        try:
            return self.stores.store(name).user == name
        except NoSuchUser:
            return False

    def _line(self, name: str, old: str, new: str) -> str:
        home = self.lab.mail / f"home-{len([*self.lab.mail.iterdir()])}"
        home.mkdir()
        os.chown(home, MAIL_UID, MAIL_UID)
        words = [f"userdb_{word}" for word in (new.split(" ") if self.config.new_names else [f"mail={old}"])]
        return f"{name}:{{PLAIN}}x:{MAIL_UID}:{MAIL_UID}::{home}::{' '.join(words)}\n"

    def store(self, location: str) -> Store:
        return self.stores.store(f"{location}@stores.example")

    def doveadm(self, *words: str) -> str:
        return LocalTools().run(["doveadm", "-c", str(self.file), *words], timeout=60).text

    def paths(self, mailbox: Mailbox) -> Sequence[str]:
        """Where Dovecot says its mail, indexes and control files are."""
        user = mailbox.store.user
        kinds = ("mailbox", "index", "control")
        return [self.doveadm("mailbox", "path", "-u", user, "-t", kind, "--", mailbox.name).strip() for kind in kinds]


@pytest.fixture(scope="module")
def site(lab: Lab) -> Iterator[Site]:
    before = lab.users.read_text()
    made = Site(lab, lab.dovecot_config)
    made.add()
    yield made
    lab.users.write_text(before)


@pytest.mark.parametrize("name", LOCATIONS)
def test_mailboxes_are_those_of_dovecot_and_lie_where_it_says(site: Site, name: str) -> None:
    store = site.store(name)
    user = store.user
    made = [folder.format(store.separator) for folder in FOLDERS]
    if store.format == "mbox":
        made.remove("A")  # mbox cannot have both a file and a folder of one name
    site.doveadm("mailbox", "create", "-u", user, "--", *made)
    site.doveadm("mailbox", "status", "-u", user, "messages", "INBOX")
    found = site.stores.mailboxes(store)
    assert {one.name for one in found} == {"INBOX", *made}
    for mailbox in found:
        assert [str(path) for path in (mailbox.mail, mailbox.index, mailbox.control)] == site.paths(mailbox)


@pytest.mark.parametrize("name", LOCATIONS)
def test_what_dovecot_wrote_is_whole_wherever_its_parts_are(site: Site, name: str) -> None:
    store = site.store(name)
    save = ["doveadm", "-c", str(site.file), "save", "-u", store.user, "-m", "INBOX"]
    subprocess.run(save, input=b"Subject: one\n\ntext\n", check=True)
    site.doveadm("flags", "add", "-u", store.user, "Work", "mailbox", "INBOX", "all")
    inbox = look(site.stores.mailbox(store, "INBOX"))
    assert (inbox.damages, inbox.problem) == ((), "")


@pytest.fixture
def wider(site: Site) -> Site:
    """The same Dovecot with two more namespaces."""
    places = (("archive", "maildir", "~/Archive"), ("cold", "mdbox", "~/cold"))
    blocks = [
        f"namespace {name} {{\n  prefix = {name}.\n  separator = .\n  {_mail(site, driver, path)}\n}}\n"
        for name, driver, path in places
    ]
    if not site.config.new_names:
        blocks.append("namespace inbox {\n  inbox = yes\n  separator = .\n}\n")
    config = site.lab.dovecot_config.with_name("wider.conf")
    config.write_text(site.lab.dovecot_config.read_text() + "".join(blocks))
    return Site(site.lab, config)


def _mail(site: Site, driver: str, path: str) -> str:
    return f"mail_driver = {driver}\n  mail_path = {path}" if site.config.new_names else f"location = {driver}:{path}"


def test_mail_of_other_namespaces_is_found_where_dovecot_has_it(wider: Site) -> None:
    store = wider.store("spread")
    made = {"Sent", "archive", "archive.2020", "archive.2020.May", "cold.INBOX", "cold.x.y"}
    wider.doveadm("mailbox", "create", "-u", store.user, "--", *(made - {"archive"}))
    wider.doveadm("mailbox", "status", "-u", store.user, "messages", "INBOX")
    assert store.home is not None
    for name in ("cur", "new", "tmp"):
        (store.home / "Archive" / name).mkdir(exist_ok=True)
        os.chown(store.home / "Archive" / name, MAIL_UID, MAIL_UID)
    found = wider.stores.mailboxes(store)
    assert {one.name for one in found} == {"INBOX", *made}
    for mailbox in found:
        assert [str(path) for path in (mailbox.mail, mailbox.index, mailbox.control)] == wider.paths(mailbox)
    assert {one.store.user for one in found} == {store.user}


@pytest.fixture
def public(site: Site) -> Site:
    """The same Dovecot with a namespace of mail that is everybody's, and one of mail that users share."""
    root = site.lab.mail / "public"
    root.mkdir(exist_ok=True)
    os.chown(root, MAIL_UID, MAIL_UID)
    shared = "%{owner_home}/Maildir" if site.config.new_names else "%%h/Maildir"
    owner = "$user" if site.config.new_names else "%%u"
    blocks = [
        f"namespace {name} {{\n  type = {name}\n  prefix = {prefix}\n  separator = .\n  {place}\n  {more}\n}}\n"
        for name, prefix, place, more in (
            ("public", "Public.", _mail(site, "maildir", str(root)), "subscriptions = no"),
            ("shared", f"shared.{owner}.", _mail(site, "maildir", shared), "list = children"),
        )
    ]
    if not site.config.new_names:
        blocks.append("namespace inbox {\n  inbox = yes\n  separator = .\n}\n")
    config = site.lab.dovecot_config.with_name("public.conf")
    config.write_text(site.lab.dovecot_config.read_text() + "".join(blocks))
    return Site(site.lab, config)


def test_what_is_everybodys_is_listed_with_each_user_and_once_for_all(public: Site) -> None:
    store = public.store("plain")
    public.doveadm("mailbox", "create", "-u", store.user, "--", "Public.News", "Public.News.Old")
    found = {one.name: one for one in public.stores.mailboxes(store)}
    assert {"Public.News", "Public.News.Old"} <= found.keys()
    assert not any(name.startswith("shared") for name in found)
    for name in ("Public.News", "Public.News.Old"):
        mailbox = found[name]
        assert [str(path) for path in (mailbox.mail, mailbox.index, mailbox.control)] == public.paths(mailbox)
    listed = [*public.stores.mailboxes_of([store, HostError("gone"), public.store("spread")])]
    names = [one.name for some in listed if not isinstance(some, HostError) for one in some]
    assert names.count("Public.News") == 1
    assert [isinstance(some, HostError) for some in listed] == [False, True, False]


def test_looking_changes_nothing(site: Site) -> None:
    store = site.store("single")
    site.doveadm("mailbox", "create", "-u", store.user, "--", "untouched")

    def everything() -> dict[Path, tuple[int, int]]:
        files = sorted(store.root.rglob("*"))
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files}

    before = everything()
    assert site.stores.mailboxes(store)
    assert everything() == before


@pytest.mark.parametrize("name", NAMES)
def test_users_of_any_name(site: Site, name: str) -> None:
    assert site.stores.store(name).user == name
    assert name in site.stores.users()


@pytest.mark.parametrize("name", REFUSED)
def test_users_whom_dovecot_refuses(site: Site, name: str) -> None:
    with pytest.raises(NoSuchUser):
        site.stores.store(name)


def test_all_users_at_once(site: Site) -> None:
    users = [user.address for user in USERS]
    found = [
        one
        for one in site.stores.stores([*users[:2], "gone@nowhere.example", *REFUSED, *users[2:]])
        if isinstance(one, Store)
    ]
    assert [(one.user, one.format) for one in found] == [(user.address, user.format) for user in USERS]


@contextmanager
def stopped(lab: Lab) -> Iterator[None]:
    """userdb out of reach, as when Dovecot is stopped."""
    away = lab.run.with_name("run.away")
    lab.run.rename(away)
    try:
        yield
    finally:
        away.rename(lab.run)


def test_without_the_service_mail_is_found_by_path(site: Site) -> None:
    store = site.store("dbox")
    site.doveadm("mailbox", "create", "-u", store.user, "--", "down")
    with stopped(site.lab):
        with pytest.raises(HostError, match="stopped") as raised:
            site.stores.store(store.user)
        assert "--path" in raised.value.unlock
        found = site.stores.by_path(store.root)
    assert (found.format, found.uid, found.gid) == ("mdbox", MAIL_UID, MAIL_UID)
    assert {one.name for one in site.stores.mailboxes(found)} >= {"down"}


def test_an_ordinary_user_is_told_that_permission_is_missing(site: Site) -> None:
    def ask() -> str:
        try:
            site.stores.store(USERS[0].address)
        except PermissionDenied as error:
            return error.unlock
        return "allowed"

    assert "sudo" in as_user(65534, 65534, ask)


def test_what_dovecot_would_refuse_is_not_asked_and_leaves_no_error_in_its_log(site: Site) -> None:
    def ask() -> str:
        try:
            site.stores.users()
        except PermissionDenied as error:
            return error.message
        return "allowed"

    before = site.lab.dovecot_log.stat().st_size
    assert "root alone" in as_user(65534, 65534, ask)
    assert site.lab.dovecot_log.stat().st_size == before


def test_what_lies_elsewhere_is_mended_elsewhere(site: Site, public: Site, tmp_path: Path) -> None:
    """A mailbox that only the list index names, with its indexes apart from its mail; and one that is everybody's."""
    for where, location, name in ((site, "named", "Mended"), (public, "plain", "Public.Mended")):
        user = where.store(location).user
        where.doveadm("mailbox", "create", "-u", user, "--", name)
        save = ["doveadm", "-c", str(where.file), "save", "-u", user, "-m", name]
        subprocess.run(save, input=b"Subject: one\n\ntext\n", check=True)
        for word in ("Work", "Later"):
            options = ("-o", "mail_index_rewrite_max_log_bytes=1")
            where.doveadm(*options, "flags", "add", "-u", user, word, "mailbox", name, "all")
        doveadm = Doveadm(LocalTools(), where.config)
        before = asked_of_dovecot(doveadm, user, name)
        mailbox = where.stores.mailbox(where.store(location), name)
        index = mailbox.index / "dovecot.index"
        index.write_bytes(bytes(index.stat().st_size))
        changes = Changes(tmp_path / location, {action.NAME: action.Repair(doveadm, Backups(tmp_path / location))})
        receipt = changes.apply(RepairPlans(doveadm, where.config).plan(look(mailbox)))
        assert (receipt.outcome, receipt.failed) == ("applied", ())
        assert asked_of_dovecot(doveadm, user, name) == before
