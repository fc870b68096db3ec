"""What is said of aliases is what Postfix then does: circles, dead targets, domains in two classes."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.traffic import clients, send_local
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.postfix.maps.used import Table, Use
from tests.lab.observing import eventually_logged
from tests.lab.test_maps import Bench

VIRTUAL = b"""\
one@alias.example    two@alias.example
two@alias.example    three@alias.example
three@alias.example  one@alias.example
self@alias.example   self@alias.example, alice@lab.example
dead@alias.example   nobody@lab.example
fine@alias.example   friend@accept.example, one.more@lab.example
one.more@lab.example alice@lab.example
"""
ALIASES = b"""\
postmaster: root@localhost
root: alice@lab.example
ping@: x
ping: pong@localhost
pong: ping@localhost
gone: nobody-at-all@localhost
run: "|/nonexistent/program with words"
list: :include:/nonexistent/list
near: :include:list
box: /nonexistent/folder/file
good: root, alice@lab.example
"""


def said(maps: Maps, file: Path) -> set[tuple[str, int]]:
    """Kind and line of what is said of a file's entries."""
    told = set()
    for finding in maps.check(file):
        kind = finding.id.partition(":")[0].removeprefix("map.")
        told |= {(kind, int(line.rpartition(str(file))[2].split(":")[1])) for line in finding.evidence if ":" in line}
    return told


@pytest.fixture
def aliases(lab: Lab, tmp_path: Path) -> Iterator[Bench]:
    """The lab's aliases(5), put back afterwards."""
    bench = Bench.on(lab.postfix_config, lab.postfix_config / "aliases", tmp_path)
    yield bench
    bench.file.write_bytes(bench.before)
    bench.apply(bench.plans.build(bench.file))


@pytest.fixture
def virtual(lab: Lab, tmp_path: Path) -> Iterator[Bench]:
    """The lab's virtual aliases with some that lead nowhere, put back afterwards."""
    bench = Bench(lab, tmp_path)
    bench.apply(bench.plans.edit(bench.file, bench.before, VIRTUAL))
    yield bench
    bench.file.write_bytes(bench.before)
    bench.apply(bench.plans.build(bench.file))


def answers(lab: Lab, recipient: str) -> str:
    """What the lab's smtpd says to a message for this recipient, at its end."""
    with clients.smtp(lab) as session:
        try:
            session.sendmail("alice@lab.example", [recipient], b"Subject: x\r\n\r\ntext\r\n")
        except smtplib.SMTPRecipientsRefused as error:
            return str(error.recipients[recipient])
        except smtplib.SMTPDataError as error:
            return f"{error.smtp_code} {error.smtp_error!r}"
    return "taken"


def test_virtual_aliases(lab: Lab, virtual: Bench) -> None:
    assert said(virtual.maps, virtual.file) == {("circle", 1), ("circle", 2), ("circle", 3), ("target", 5)}
    assert answers(lab, "two@alias.example").startswith("451"), "a circle is refused"
    assert answers(lab, "self@alias.example") == "taken"
    assert answers(lab, "dead@alias.example") == "taken"
    eventually_logged(lab, "nobody@lab.example", "status=bounced")


def test_local_aliases(lab: Lab, aliases: Bench) -> None:
    aliases.file.write_bytes(ALIASES)
    found = said(aliases.maps, aliases.file)
    assert found >= {
        ("circle", 4),
        ("circle", 5),
        ("target", 6),
        ("target", 7),
        ("target", 8),
        ("target", 9),
        ("target", 10),
    }
    assert not {line for _, line in found} & {1, 2}
    assert {line for kind, line in found if kind == "runs"} == {7, 8, 9, 10}
    aliases.file.write_bytes(ALIASES.replace(b"ping@: x\n", b""))
    aliases.apply(aliases.plans.build(aliases.file))
    send_local(lab, "alice@lab.example", "ping@localhost")
    eventually_logged(lab, "orig_to=<ping@localhost>", "status=bounced")
    send_local(lab, "alice@lab.example", "gone@localhost")
    eventually_logged(lab, "nobody-at-all@localhost", "status=bounced")


def test_without_an_alias_mail_for_postmaster_is_thrown_away(lab: Lab, aliases: Bench) -> None:
    aliases.file.write_bytes(b"root: alice@lab.example\n")
    aliases.apply(aliases.plans.build(aliases.file))
    (finding,) = aliases.maps.check(aliases.file)
    assert finding.id.startswith("map.nopostmaster:")
    assert answers(lab, "postmaster@localhost") == "taken"
    eventually_logged(lab, "to=<postmaster@localhost>", "status=sent", "discarded")


def test_a_domain_in_two_classes(lab: Lab, tmp_path: Path) -> None:
    bench = Bench(lab, tmp_path)
    main_cf = lab.postfix_config / "main.cf"
    before = main_cf.read_text()
    try:
        main_cf.write_text(before + "virtual_mailbox_domains = lab.example, alias.example\n")
        os.utime(main_cf, (1e9, 1e9))
        maps = Maps(LocalTools(), PostfixConfig(LocalTools(), lab.postfix_config))
        (finding,) = [one for one in maps.check() if one.id.startswith("map.classes:")]
    finally:
        main_cf.write_text(before)
    table = Table(f"hash:{lab.postfix_config}/domains", (Use("relay_domains"),))
    told = [(remark.line, remark.text) for remark in bench.maps.remarks(table, b"new.example x\nalias.example x\n")]
    assert told == [(2, "is in another address class, too: virtual_alias_domains (alias.example)")]
    assert (finding.subject, finding.severity) == ("alias.example", "error")
    assert "takes it for virtual alias" in finding.title
    assert [line.partition(":")[0] for line in finding.evidence] == ["virtual_alias_domains", "virtual_mailbox_domains"]


def test_a_broken_table_beside_is_told_once_and_costs_little(lab: Lab, virtual: Bench) -> None:
    (table,) = virtual.maps.of_file(virtual.file)
    assert table.index is not None
    table.index.unlink()
    kinds = {finding.id.partition(":")[0] for finding in virtual.maps.check(virtual.file)}
    assert kinds == {"map.unbuilt"}
