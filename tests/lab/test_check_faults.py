"""Many things are wrong with one machine at once: ``mailtui check`` finds each, and invents nothing else."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients, kinds
from mailtui.lab.users import PASSWORD
from mailtui.lab.wait import wait_until
from mailtui.services.container import Services
from mailtui.settings import Settings
from tests.lab.observing import eventually_logged

Plant = Callable[[Lab], object]

_TABLES = """\
circle@alias.example other@alias.example
other@alias.example circle@alias.example
deadend@alias.example nobody-there@lab.example
noted@alias.example bob@lab.example # her new one
twice@alias.example bob@lab.example
twice@alias.example carol@lab.example
star*@alias.example bob@lab.example
"""


def _postconf(*settings: str) -> Plant:
    return lambda lab: lab.command("postconf", "-e", *settings)


def _table(name: str, text: str, parameter: str, kind: str = "", build: str = "") -> Plant:
    """A table of ``kind`` that main.cf names, compiled as ``build`` or not at all."""

    def plant(lab: Lab) -> None:
        usual = lab.command("postconf", "-h", "default_database_type").strip()
        path = lab.postfix_config / name
        path.write_text(text)
        if build:
            other = "btree" if usual == "hash" else "hash"
            lab.command("postmap", f"{usual if build == 'right' else other}:{path}")
        lab.command("postconf", "-e", f"{parameter}={kind or usual}:{path}")

    return plant


def _aliases(lab: Lab) -> None:
    with (lab.postfix_config / "virtual").open("a") as table:
        table.write(_TABLES)
    lab.command("postmap", f"{lab.command('postconf', '-h', 'default_database_type').strip()}:{table.name}")


def _stale(lab: Lab) -> None:
    with (lab.postfix_config / "vmailbox").open("a") as table:
        table.write("fresh@lab.example x\n")
    os.utime(table.name, (time.time() + 2, time.time() + 2))


def _unread(lab: Lab) -> None:
    with (lab.postfix_config / "header_checks").open("a") as table:
        table.write("/^X-Foo: / WARN foo\n")
    os.utime(table.name, (time.time() + 2, time.time() + 2))


def _dovecot(old: str, new: str) -> Plant:
    def plant(lab: Lab) -> None:
        text = lab.dovecot_config.read_text()
        told = old.format(queue=lab.queue)
        assert told in text
        lab.dovecot_config.write_text(text.replace(told, new.format(queue=lab.queue), 1))

    return plant


def _damaged(lab: Lab) -> None:
    log = next(lab.mail_home("dave").rglob("dovecot.index.log"))
    log.write_bytes(bytes(log.stat().st_size))


def _of_root(lab: Lab) -> None:
    os.chown(lab.mail_home("alice") / "Maildir/cur", 0, 0)


def _corrupt(lab: Lab) -> None:
    folder = lab.queue / "corrupt"
    folder.mkdir(exist_ok=True)
    (folder / "4A1B2C3D4E5F").write_bytes(b"no queue file")


def _flood(lab: Lab) -> None:
    with clients.submission(lab) as session:
        session.login("carol@lab.example", PASSWORD)
        for number in range(110):
            session.sendmail("carol@lab.example", f"you{number}@full.example", b"Subject: x\n\nx\n")


FAULTS: tuple[tuple[str, Plant, str], ...] = (
    ("an alias that led to nobody returned a message", kinds.alias_to_nowhere, r"incident\.alias-"),
    ("a login that floods the queue", _flood, r"queue\.account:carol@lab\.example"),
    ("a queue file that Postfix could not read", _corrupt, r"queue\.corrupt:"),
    ("aliases in a circle", _aliases, r"map\.circle:.*/virtual"),
    ("an alias to nobody", lambda _: None, r"map\.target:.*/virtual"),
    ("a comment that is none", lambda _: None, r"map\.comment:.*/virtual"),
    ("a key that stands twice", lambda _: None, r"map\.duplicate:.*/virtual"),
    ("a key that is no pattern", lambda _: None, r"map\.key:.*/virtual"),
    ("a table edited and not compiled", _stale, r"map\.stale:.*/vmailbox"),
    ("a table never compiled", _table("generic", "a@b.example c@d.example\n", "lmtp_generic_maps"), r"map\.unbuilt:"),
    ("a table compiled as another type", _table("wrong", "a@b.example c@d.example\n", "smtp_generic_maps", build="wrong"),
     r"map\.(wrongtype|unbuilt):.*/wrong"),
    ("a pattern table that cleanup still has as it was", _unread, r"map\.unread:.*header_checks"),
    ("a table anybody may write", lambda lab: (lab.postfix_config / "senders").chmod(0o666), r"map\.writable:.*/senders"),
    ("passwords that others may read", _table("passwd", "[relay.example] me:pw\n", "smtp_sasl_password_maps",
     build="right"), r"map\.secret:.*/passwd"),
    ("a domain in two address classes", _postconf("mydestination=localhost, mx.lab.example, alias.example"),
     r"map\.classes:alias\.example"),
    ("a milter that is not there", _postconf("smtpd_milters=unix:private/none"), r"socket\.missing:smtpd_milters"),
    ("a policy service that is not there",
     _postconf("smtpd_recipient_restrictions=check_policy_service unix:private/policy"), r".*polic"),
    ("an open relay", _postconf("mynetworks=0.0.0.0/0"), r"restrictions\.network-all:mynetworks"),
    ("a parameter that Postfix does not know", _postconf("smtpd_helo_requird=yes"), r"configuration\.unknown:"),
    ("soft_bounce left on", _postconf("soft_bounce=yes"), r"configuration\.danger:soft_bounce"),
    ("a yes or no that is neither", _postconf("disable_vrfy_command=maybe"), r"configuration\.boolean:"),
    ("an LMTP socket elsewhere", _dovecot("unix_listener {queue}/private/dovecot-lmtp {{\n    mode = 0600",
     "unix_listener lmtp {{\n    mode = 0660"), r"socket\.missing:virtual_transport"),
    ("a SASL socket that Postfix may not use", _dovecot("mode = 0660\n    user = postfix\n    group = postfix",
     "mode = 0600"), r"socket\.denied:smtpd_sasl_path"),
    ("a damaged index that the next access destroys", _damaged, r"mailboxes\.log\.header:dave@lab\.example"),
    ("a folder that root left behind", _of_root, r"mailboxes\.folder\.owner:alice@lab\.example"),
    ("a private key for everybody", lambda lab: lab.key.chmod(0o644), r"tls\.exposed:"),
)  # fmt: skip
CONSEQUENCES = (
    r"mailboxes\.(cache|index)\.\w+:dave@lab\.example",  # of the damaged log
    r"incident\.",  # what the daemons themselves say of what was planted
    r"map\.target:.*aliases",
    r"restrictions\.",  # what a relay for everybody means for each service
)
"""What is rightly told beside the faults."""


@pytest.fixture(scope="module")
def broken() -> Iterator[Lab]:
    """A lab with all of it."""
    with Lab(retry_seconds=900) as lab:
        clients.send(lab, "outside@accept.example", "dave@lab.example", "alice@lab.example")
        for user in ("dave", "alice"):
            eventually_logged(lab, f"to=<{user}@lab.example>", "status=sent")
        for _, plant, _ in FAULTS:
            plant(lab)
            for name in ("main.cf", "master.cf"):
                os.utime(lab.postfix_config / name, (1, 1))  # postconf waits 2 s for a file of this moment
        eventually_logged(lab, "status=bounced")
        lab.command("doveadm", "reload")
        assert wait_until(lambda: not (lab.queue / "private/dovecot-lmtp").exists())
        yield lab


@pytest.fixture(scope="module")
def found(broken: Lab) -> list[dict[str, str]]:
    """What the check says of it."""
    argv = [sys.executable, "-m", "mailtui", *broken.options(), "check", "--json"]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1, ended.stderr
    findings: list[dict[str, str]] = json.loads(ended.stdout)
    return findings


@pytest.mark.parametrize(("name", "pattern"), [(name, pattern) for name, _, pattern in FAULTS], ids=lambda x: x[:40])
def test_each_is_found_with_evidence_and_advice(found: list[dict[str, str]], name: str, pattern: str) -> None:
    fitting = [one for one in found if re.match(pattern, one["id"])]
    assert fitting, f"{name}: not among {[one['id'] for one in found]}"
    assert all(one["severity"] in ("error", "warning") for one in fitting)
    assert any(one["advice"] or one["fix"] for one in fitting)


def test_nothing_else_is_wrong(found: list[dict[str, str]]) -> None:
    known = re.compile("|".join((*(pattern for _, _, pattern in FAULTS), *CONSEQUENCES)))
    wrong = [one["id"] for one in found if one["severity"] in ("error", "warning") and not known.match(one["id"])]
    assert wrong == []


def test_monitoring_is_told_that_it_is_critical(broken: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*broken.options(), "check", "--nagios"]) == 2
    assert capsys.readouterr().out.startswith("MAIL CRITICAL - ")


def test_the_plans_of_what_can_be_mended_can_be_made(broken: Lab, found: list[dict[str, str]]) -> None:
    services = Services(Settings(broken.postfix_config, broken.dovecot_config, state=broken.state))
    fixes = {tuple(shlex.split(one["fix"])) for one in found if one["fix"]}
    made = [services.mending.plan(fix) for fix in fixes if services.mending.can(fix)]
    assert len(made) >= 10
    assert all(plan.steps for plan in made)
