"""Users of a lab: whole ones, and each kind of half one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mailtui.lab import Lab
from mailtui.services.container import Services
from mailtui.services.people.model import Report
from mailtui.services.people.service import People
from mailtui.settings import Settings
from tests.support.waiting import until


@pytest.fixture(scope="module")
def people(lab: Lab) -> Iterator[People]:
    yield Services(
        Settings(postfix_config=lab.postfix_config, dovecot_config=lab.dovecot_config, state=lab.state)
    ).people


def states(report: Report) -> dict[str, str]:
    return {place.name: place.state for place in report.places}


def kinds(report: Report) -> set[str]:
    return {finding.id.partition(":")[0].removeprefix("user.") for finding in report.findings}


def test_a_whole_user(lab: Lab, people: People) -> None:
    mail = lab.mail_home("alice") / "Maildir"
    mail.mkdir(mode=0o700)
    os.chown(mail, 5000, 5000)
    report = people.of("alice@lab.example")
    assert states(report) == {
        "Postfix": "there",
        "passdb": "there",
        "userdb": "there",
        "aliases": "there",
        "disk": "there",
        "quota": "unused",
    }
    (aliases,) = (place for place in report.places if place.name == "aliases")
    places = {f"root  {lab.postfix_config}/aliases:2", f"info@alias.example  {lab.postfix_config}/virtual:1"}
    assert set(aliases.facts) == places
    assert report.whole and not report.findings and report.told == "it is everywhere it should be"


def test_an_alias_leads_to_its_users(people: People) -> None:
    report = people.of("info@alias.example")
    assert {place.user for place in report.places if place.name == "userdb"} == {"alice@lab.example", "bob@lab.example"}


def test_postfix_knows_it_and_dovecot_does_not(people: People) -> None:
    report = people.of("gone@lab.example")
    assert states(report)["userdb"] == "missing" and {"nobody"} == kinds(report), report


def test_whom_local_8_writes_for_dovecot_knows_without_a_domain(lab: Lab, people: People) -> None:
    users = lab.users.read_text()
    lab.users.write_text(users + users.splitlines()[0].replace("alice@lab.example", "daemon") + "\n")
    try:
        assert until(lambda: states(people.of("daemon@localhost")).get("userdb") == "there")
        assert "nobody" not in kinds(people.of("daemon@localhost"))
    finally:
        lab.users.write_text(users)


def test_everybody_at_once(lab: Lab, people: People) -> None:
    """The lab's own half user is all there is to find; then one whom only Dovecot knows."""
    assert [finding.id for finding in people.all()] == ["user.nobody:gone@lab.example"]
    users = lab.users.read_text()
    first = users.splitlines()[0]
    lab.users.write_text(users + first.replace("alice@", "olga@") + "\n")
    try:
        assert {finding.id for finding in people.all()} == {
            "user.nobody:gone@lab.example",
            "user.refused:olga@lab.example",
        }
        # Dovecot looks at its passwd-file once a second.
        assert until(lambda: "refused" in kinds(people.of("olga@lab.example")))
        assert states(people.of("olga@lab.example"))["Postfix"] == "missing"
    finally:
        lab.users.write_text(users)


def test_who_is_nowhere_and_who_is_another_machines(people: People) -> None:
    report = people.of("nobody@lab.example")
    assert report.told == "there is no such user here" and not report.whole and not report.findings
    assert people.of("friend@accept.example").told == "it is of another machine's domain"


def test_the_wrong_owner_and_a_closed_door(lab: Lab, people: People) -> None:
    home = lab.mail_home("bob")
    mail = home / "Maildir"
    mail.mkdir(mode=0o755)
    os.chown(mail, 0, 0)
    home.chmod(0o755)
    report = people.of("bob@lab.example")
    assert kinds(report) == {"owner", "open"} and states(report)["disk"] == "wrong"
    assert any("chown -R 5000:5000" in finding.advice for finding in report.findings)
    home.chmod(0o600)
    assert kinds(people.of("bob@lab.example")) == {"shut"}
    home.chmod(0o700)
    os.chown(mail, 5000, 5000)
    mail.chmod(0o700)
    assert people.of("bob@lab.example").whole


@pytest.mark.slow
def test_virtual_writes_as_somebody_else(lab: Lab) -> None:
    with Lab(retry_seconds=5) as own:
        table = own.postfix_config / "vmailbox"
        table.write_text("carol@lab.example carol/Maildir/\n")
        own.command("postmap", str(table))
        values = {
            "virtual_transport": "virtual",
            "virtual_mailbox_base": str(own.mail),
            "virtual_uid_maps": "static:8",
            "virtual_gid_maps": "static:5000",
        }
        own.command("postconf", "-e", *(f"{name} = {value}" for name, value in values.items()))
        settings = Settings(postfix_config=own.postfix_config, dovecot_config=own.dovecot_config, state=own.state)
        report = Services(settings).people.of("carol@lab.example")
        assert kinds(report) == {"uid"}, report
        own.command("postconf", "-e", "virtual_uid_maps = static:5000")
        assert Services(settings).people.of("carol@lab.example").whole
        own.command("postconf", "-e", f"virtual_mailbox_base = {own.folder}")
        assert kinds(Services(settings).people.of("carol@lab.example")) == {"apart"}


def test_the_command_line(lab: Lab) -> None:
    argv = [sys.executable, "-m", "mailtui", "user", *lab.options(), "gone@lab.example", "--json"]
    done = subprocess.run(argv, capture_output=True, timeout=30, check=False)
    told = json.loads(done.stdout)
    assert done.returncode == 1 and [one["id"] for one in told["findings"]] == ["user.nobody:gone@lab.example"]
