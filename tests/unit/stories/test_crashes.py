"""The lines of one crash are one incident, whatever names the process: number, session, user or service alone."""

from __future__ import annotations

import pytest

from tests.unit.stories.support import incidents, only

PANIC = "Panic: file http-client.c: line 646 (http_client_deinit): assertion failed: (client->count == 0)"
TRACE = "Error: Raw backtrace: #0 test_subprocess_fork[0x7f2c] -> #1 backtrace_append[0x7f3a]"
KILLED = "Fatal: master: service({0}): child 123 killed with signal 6 (core dumps disabled)"
OWN = "Sep 06 08:36:16 "
SYSLOG = "Sep  6 08:36:16 mx dovecot: "


@pytest.mark.parametrize("stamp", [OWN, SYSLOG])
@pytest.mark.parametrize(
    ("who", "service"),
    [
        ("auth", "auth"),
        ("imap-login", "imap-login"),
        ("imap(u@x.example)", "imap"),
        ("imap(u@x.example)<123><S3ss>", "imap"),
        ("lmtp(123)", "lmtp"),
        ("indexer-worker(u@x.example)<123><S3ss:Idx>", "indexer-worker"),
    ],
)
def test_panic_backtrace_and_the_masters_report_are_one(stamp: str, who: str, service: str) -> None:
    killed = KILLED.format(service)
    for last in (f"{who}: {killed}", f"master: Error: {killed.removeprefix('Fatal: master: ')}"):
        for texts in ([f"{who}: {PANIC}", f"{who}: {TRACE}", last], [f"{who}: {PANIC}", last, f"{who}: {TRACE}"]):
            incident = only(*(f"{stamp}{text}" for text in texts))
            assert incident.title == "A Dovecot process crashed (http-client.c, 646)"
            assert (incident.cause, incident.count) == ("crash", 1)


def test_another_process_of_the_service_is_another_crash() -> None:
    lines = [f"imap(a@x.example)<5><S1>: {PANIC}", "imap(b@x.example)<6><S2>: " + KILLED.format("imap")]
    assert len(incidents(*(SYSLOG + line for line in lines))) == 2


def test_a_crash_much_later_is_another_one() -> None:
    later = f"Sep 06 08:37:16 auth: {KILLED.format('auth')}"
    assert [one.title for one in incidents(f"{OWN}auth: {PANIC}", later)] == [
        "A Dovecot process was killed (auth, 6)",
        "A Dovecot process crashed (http-client.c, 646)",
    ]


def test_a_crash_of_a_service_sends_nobody_to_a_mailbox() -> None:
    (auth,), (imap,) = incidents(f"{OWN}auth: {PANIC}"), incidents(f"{OWN}imap(u): {PANIC}")
    assert "check that mailbox" not in auth.action
    assert "check that mailbox" in imap.action


def test_a_backtrace_alone_is_a_crash() -> None:
    incident = only(f"{OWN}auth: {TRACE}")
    assert (incident.title, incident.cause) == ("A Dovecot process crashed", "crash")


def test_a_daemon_of_postfix_that_cannot_start_is_one_incident_with_its_cause() -> None:
    incident = only(
        "May  8 23:21:58 mx postfix/smtpd[1332]: warning: SASL: Connect to private/auth failed: No such file or directory",
        "May  8 23:21:58 mx postfix/smtpd[1332]: fatal: no SASL authentication mechanisms",
        "May  8 23:21:59 mx postfix/master[10]: warning: process /usr/lib/postfix/sbin/smtpd pid 1332 exit status 1",
        "May  8 23:21:59 mx postfix/master[10]: warning: /usr/lib/postfix/sbin/smtpd: bad command startup -- throttling",
    )
    assert (incident.title, incident.count) == ("Nobody can log in: SASL does not work", 1)


def test_a_service_of_dovecot_that_cannot_start_is_one_incident_with_its_cause() -> None:
    incident = only(
        f"{SYSLOG}auth: Fatal: passdb-lua: initialization failed: lua_load(/etc/dovecot/p.lua) failed: no such file",
        f"{SYSLOG}master: Error: service(auth): command startup failed, throttling for 2.000 secs",
    )
    assert incident.title.startswith("Dovecot cannot ask its user database")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("child 7 killed with signal 9", "A Dovecot process was killed from outside (imap)"),
        ("child 7 returned error 83 (Out of memory (service imap { vsz_limit=9 MB }))", "A process got no more memory"),
        ("child 7 returned error 89 (Fatal failure)", "A Dovecot process ended with an error (imap, 89)"),
    ],
)
def test_how_a_process_ended_is_told_apart(text: str, title: str) -> None:
    incident = only(f"{SYSLOG}master: Error: service(imap): {text}")
    assert incident.title.startswith(title)


@pytest.mark.parametrize(
    ("signal", "title", "step"),
    [
        (7, "A Postfix daemon crashed (/usr/lib/postfix/sbin/smtpd, 7)", "mailtui map check"),
        (11, "A Postfix daemon crashed (/usr/lib/postfix/sbin/smtpd, 11)", "mailtui map check"),
        (9, "A Postfix daemon was killed from outside (/usr/lib/postfix/sbin/smtpd)", "dmesg"),
        (6, "A Postfix daemon died (/usr/lib/postfix/sbin/smtpd)", "fatal or panic line"),
    ],
)
def test_a_daemon_of_postfix_that_could_say_nothing_is_told_with_a_next_step(
    signal: int, title: str, step: str
) -> None:
    master = "May  8 23:21:59 mx postfix/master[10]: warning: "
    incident = only(
        f"{master}process /usr/lib/postfix/sbin/smtpd pid 1332 killed by signal {signal}",
        f"{master}/usr/lib/postfix/sbin/smtpd: bad command startup -- throttling",
    )
    assert incident.title == title
    assert step in incident.action
