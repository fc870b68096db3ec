"""Which logs are found on machines of different kinds, and what is said of those that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.host.errors import MailtuiError, PermissionDenied
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.logs import discovery
from mailtui.services.logs.discovery import LogSources
from mailtui.services.logs.journal import journal_source
from mailtui.services.logs.source import JOURNAL, LogSource
from mailtui.services.postfix.config import PostfixConfig
from mailtui.settings import Settings
from tests.support.tools import Answer, RecordedTools

READABLE_JOURNAL = LogSource(JOURNAL, JOURNAL, None, "journalctl", 8_000_000)


class Machine:
    """A machine with the log files it is given."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.syslog_daemon = False
        self.journal: LogSource | None = None
        self.postfix = "maillog_file =\n"
        self.dovecot: dict[str, str | Answer | MailtuiError] = {}
        self.settings = Settings()
        monkeypatch.setattr(discovery, "running", lambda _: 812 if self.syslog_daemon else None)

    def file(self, path: str, text: str = "line\n") -> str:
        there = self.root / path.lstrip("/")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text)
        return str(there)

    def sources(self) -> dict[str, LogSource]:
        answers: dict[str, str | bytes | Answer | MailtuiError] = {"postconf -x": self.postfix}
        for name in ("log_path", "info_log_path", "debug_log_path"):
            value = self.dovecot.get(name, "syslog" if name == "log_path" else "")
            answers[f"doveconf {name}"] = f"{name} = {value}\n" if isinstance(value, str) else value
        tools = RecordedTools(answers)
        logs = LogSources(
            tools,
            self.settings,
            PostfixConfig(tools),
            DovecotConfig(tools),
            root=self.root,
            journal=lambda: self.journal,
        )
        return {source.name: source for source in logs.discover()}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_a_debian_with_rsyslog_reads_mail_log_and_nothing_twice(machine: Machine) -> None:
    machine.syslog_daemon, machine.journal = True, READABLE_JOURNAL
    log, errors = machine.file("/var/log/mail.log"), machine.file("/var/log/mail.err")
    sources = machine.sources()
    assert [name for name, source in sources.items() if source.wanted] == [log]
    assert sources[log].size == 5
    assert (sources[errors].covered_by, sources["journal"].covered_by) == (log, log)


def test_errors_are_read_where_nothing_else_is(machine: Machine) -> None:
    errors = machine.file("/var/log/mail.err")
    assert machine.sources()[errors].wanted


def test_a_mail_log_nobody_writes_any_more_does_not_hide_the_journal(machine: Machine) -> None:
    machine.journal = READABLE_JOURNAL
    machine.file("/var/log/mail.log", "from before rsyslog went\n")
    assert machine.sources()["journal"].wanted


def test_logs_of_their_own_are_found_by_the_settings_that_name_them(machine: Machine) -> None:
    postfix, dovecot = machine.file("/var/log/postfix.log"), machine.file("/var/log/dovecot.log")
    info = machine.file("/var/log/dovecot-info.log")
    machine.postfix = "maillog_file = /var/log/postfix.log\n"
    machine.dovecot = {"log_path": "/var/log/dovecot.log", "info_log_path": "/var/log/dovecot-info.log"}
    machine.dovecot["debug_log_path"] = "/var/log/dovecot-info.log"
    sources = machine.sources()
    assert {name: source.found_by for name, source in sources.items()} == {
        postfix: "maillog_file",
        dovecot: "log_path",
        info: "info_log_path",
    }


def test_one_file_under_two_names_is_one_source(machine: Machine) -> None:
    log = Path(machine.file("/var/log/mail.log"))
    log.with_name("maillog").symlink_to(log)
    assert list(machine.sources()) == [str(log)]


def test_a_named_log_that_is_missing_is_told_and_the_others_still_read(machine: Machine) -> None:
    machine.postfix = "maillog_file = /var/log/postfix.log\n"
    log = machine.file("/var/log/mail.log")
    sources = machine.sources()
    missing = sources[str(machine.root / "var/log/postfix.log")]
    assert (missing.readable, missing.problem) == (False, f"{missing.name} does not exist")
    assert sources[log].wanted


def test_no_syslog_daemon_and_no_journal_says_what_to_install(machine: Machine) -> None:
    (source,) = machine.sources().values()
    assert not source.readable
    assert "no syslog daemon runs" in source.problem
    assert "apt install rsyslog" in source.unlock


def test_a_syslog_daemon_that_has_not_seen_mail_yet_is_waited_for(machine: Machine) -> None:
    machine.syslog_daemon = True
    (source,) = machine.sources().values()
    assert (source.readable, source.unlock) == (False, "it appears with the first mail")


def test_a_dovecot_that_will_not_tell_where_it_logs_is_named(machine: Machine) -> None:
    machine.dovecot["log_path"] = PermissionDenied("doveconf may not read dovecot.conf", unlock="run it with sudo")
    log = machine.file("/var/log/mail.log")
    sources = machine.sources()
    assert sources["Dovecot"].problem == "Dovecot does not tell where it logs: doveconf may not read dovecot.conf"
    assert sources["Dovecot"].unlock == "run it with sudo"
    assert sources[log].wanted


def test_logs_that_were_named_are_the_only_ones(machine: Machine) -> None:
    machine.file("/var/log/mail.log")
    named = Path(machine.file("/srv/old.log"))
    machine.settings = Settings(logs=(named,))
    assert list(machine.sources()) == [str(named)]


def test_another_instance_with_logs_of_its_own_is_not_mixed_with_the_machines(machine: Machine) -> None:
    machine.file("/var/log/mail.log")
    own = machine.file("/srv/out/mail.log")
    machine.postfix = "maillog_file = /srv/out/mail.log\n"
    machine.settings = Settings(postfix_config=Path("/etc/postfix-out"))
    assert list(machine.sources()) == [own]


def test_a_machine_without_a_journal_has_no_journal_source(tmp_path: Path) -> None:
    tools = RecordedTools({"journalctl": ""})
    assert journal_source(RecordedTools(), (tmp_path,)) is None
    assert journal_source(tools, (tmp_path / "missing",)) is None
    assert journal_source(tools, (tmp_path,)) is None
    (tmp_path / "machine").mkdir()
    (tmp_path / "machine" / "system.journal").write_bytes(b"x" * 100)
    source = journal_source(tools, (tmp_path,))
    assert source is not None
    assert (source.readable, source.size) == (True, 100)
