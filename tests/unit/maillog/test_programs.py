"""Who logged: instances, services and daemons by any syslog_name; repeated lines."""

import pytest

from mailtui.maillog.parser import Parser

from .lines import STAMP, parsed


@pytest.mark.parametrize(
    ("program", "instance", "service", "daemon", "pid"),
    [
        ("postfix/smtpd[123]", "postfix", "", "smtpd", 123),
        ("postfix/submission/smtpd[1]", "postfix", "submission", "smtpd", 1),
        ("postfix/submissions/smtpd[1]", "postfix", "submissions", "smtpd", 1),
        ("postfix/10025/smtpd[1]", "postfix", "10025", "smtpd", 1),
        ("postfix/amavis/relay/smtp[1]", "postfix", "amavis/relay", "smtp", 1),
        ("postfix-out/smtp[1]", "postfix-out", "", "smtp", 1),
        ("postfix-10.20.30.40/smtp[1]", "postfix-10.20.30.40", "", "smtp", 1),
        ("mx1/smtpd[1]", "mx1", "", "smtpd", 1),
        ("mx1/submission/smtpd[1]", "mx1", "submission", "smtpd", 1),
        ("postfix/postfix-script", "postfix", "", "postfix-script", None),
        ("postfix/postfix-script[4]", "postfix", "", "postfix-script", 4),
        ("/postfix-script[4]", "postfix", "", "postfix-script", 4),
        ("postfix[1234]", "postfix", "", "postfix", 1234),
        ("postfix/postsuper[9]", "postfix", "", "postsuper", 9),
        ("opendkim[12]", "", "", "opendkim", 12),
        ("/usr/sbin/amavisd[12]", "", "", "amavisd", 12),
        ("CRON[12]", "", "", "CRON", 12),
    ],
)
def test_the_daemon_is_the_last_part_of_the_name(
    program: str, instance: str, service: str, daemon: str, pid: int | None
) -> None:
    event = parsed(program, "hello")
    assert (event.instance, event.service, event.daemon, event.pid) == (instance, service, daemon, pid)
    assert event.program == program.partition("[")[0]


def test_programs_that_are_not_about_mail_are_other() -> None:
    event = parsed("CRON[12]", "pam_unix(cron:session): session opened for user root")
    assert (event.event, event.severity) == ("other", "info")


def test_rsyslogs_repetition_is_the_event_it_repeats() -> None:
    event = parsed("postfix/smtpd[1]", "message repeated 3 times: [ connect from unknown[192.0.2.1]]")
    assert event.event == "connect"
    assert event.fields["repeated"] == "3"
    assert event.fields["ip"] == "192.0.2.1"
    assert event.text.startswith("message repeated 3 times")


@pytest.mark.parametrize("text", ["mx last message repeated 4 times", "--- last message repeated 4 times ---"])
def test_a_bare_repetition_is_named_after_the_line_before(text: str) -> None:
    parser = Parser()
    parser.parse(f"{STAMP} mx postfix/smtpd[1]: connect from unknown[192.0.2.1]".encode())
    event = parser.parse(f"{STAMP} {text}".encode(), 77)
    assert (event.event, event.daemon, event.offset) == ("repeated", "smtpd", 77)
    assert event.fields == {"count": "4", "event": "connect"}


def test_a_bare_repetition_of_another_hosts_line_is_not_guessed() -> None:
    parser = Parser()
    parser.parse(f"{STAMP} one postfix/smtpd[1]: connect from unknown[192.0.2.1]".encode())
    event = parser.parse(f"{STAMP} two last message repeated 4 times".encode())
    assert (event.event, event.daemon, event.host, event.fields) == ("repeated", "", "two", {"count": "4"})
