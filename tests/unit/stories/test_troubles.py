"""The troubles we have words for are events that the parser gives, and none that only look bad are among them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mailtui.cli.commands import SUMMARIES
from mailtui.maillog.data import table
from mailtui.maillog.incident_trouble import rows
from tests.unit.maillog.test_events_document import documented_events
from tests.unit.stories.support import incidents


def test_every_trouble_is_an_event_there_is() -> None:
    assert set(rows()) <= {*documented_events(), "*"}


def test_a_row_stands_once_and_is_of_each_of_its_events() -> None:
    told = [{name: said for name, said in row.items() if name != "events"} for row in table("troubles")]
    assert [row for row in told if told.count(row) > 1] == []
    plugin = next(row for row in table("troubles") if row["title"].startswith("Dovecot cannot load a plugin"))
    assert plugin["events"] == ["error", "fatal"]
    for event in plugin["events"]:
        assert rows()[event][0].title == plugin["title"]


def test_every_family_is_of_events_there_are() -> None:
    for family in table("families"):
        assert set(family["events"]) <= documented_events(), family["name"]
        assert family["program"] in ("", "dovecot", "postfix")


def all_rows() -> list[dict[str, Any]]:
    return [*table("troubles"), *(row for family in table("families") for row in family["rows"])]


@pytest.mark.parametrize("row", all_rows(), ids=lambda row: row["title"])
def test_every_pattern_of_a_trouble_has_words_to_act_on(row: dict[str, Any]) -> None:
    assert row["title"][0].isupper() or row["title"].split()[0] in (
        "auth_cache_size",
        "auth_policy",
        "doveadm",
        "dsync",
    )
    assert row["action"].endswith((".", "?"))
    assert len(row["title"]) <= 80


def test_a_text_that_fits_any_line_is_the_last_word_of_its_event() -> None:
    for own in rows().values():
        assert [row for row in own[:-1] if not row.text] == []


@pytest.mark.parametrize(
    "line",
    [
        "postfix/master[1]: daemon started -- version 3.7.11, configuration /etc/postfix",
        "postfix/smtpd[1]: connect from out.example.net[192.0.2.1]",
        "postfix/smtpd[1]: lost connection after CONNECT from out.example.net[192.0.2.1]",
        "postfix/anvil[1]: statistics: max connection rate 1/60s for (smtp:192.0.2.1) at Mar  3 10:00:00",
        "postfix/postfix-script[1]: stopping the Postfix mail system",
        "dovecot: auth: passwd-file(gone@lab.example): unknown user",
        "dovecot: imap-login: Login: user=<u@example.org>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, mpid=1, TLS",
    ],
)
def test_what_is_no_trouble_is_no_incident_to_act_on(line: str) -> None:
    assert [incident for incident in incidents(line) if incident.severity != "notice"] == []


def test_a_postfix_that_was_aborted_is_told_of() -> None:
    (incident,) = incidents("postfix/postfix-script[1]: aborting the Postfix mail system")
    assert (incident.severity, incident.who) == ("error", "us")


def test_a_full_disk_is_one_trouble_whoever_meets_it_and_wherever() -> None:
    lines = [
        "dovecot: lmtp(a@x.example)<1><s>: Error: lmtp-server: conn unix:pid=1,uid=2 [2]: rcpt a@x.example: "
        "Mailbox INBOX: Saving mail: write(/m/a/tmp/1.M2P3.mx) failed: No space left on device",
        "dovecot: imap(b)<2><t>: Error: Mailbox INBOX: write(/m/b/dovecot.index.log) failed: No space left on device",
        "postfix/cleanup[7]: warning: 4A1B: write queue file: No space left on device",
    ]
    (incident,) = incidents("\n".join(lines))
    assert (incident.cause, incident.severity, incident.count) == ("disk", "error", 3)


def test_a_namespace_that_is_set_wrong_is_one_trouble_whoever_it_hits() -> None:
    said = "Failed to initialize user: namespace configuration error: Namespaces inbox and public"
    lines = [
        f"dovecot: lmtp(9): Error: lmtp-server: conn unix:pid=1,uid=2 [1]: rcpt a@x.example: {said}",
        f"dovecot: lmtp(9): Error: lmtp-server: conn unix:pid=1,uid=2 [2]: rcpt b@x.example: {said}",
        f"dovecot: imap(c@x.example)<2><t>: Error: {said}",
    ]
    (incident,) = incidents("\n".join(lines))
    assert (incident.count, incident.severity, incident.cause) == (3, "error", "config-local")
    assert "namespace" in incident.title


def test_what_dovecot_does_at_every_reload_is_no_failure() -> None:
    lines = [
        "dovecot: master: Warning: SIGHUP received - reloading configuration",
        "dovecot: master: Warning: service(auth): Sent SIGTERM to 1 auth processes",
        "dovecot: master: Warning: service(stats): Sent SIGTERM to 1 stats processes",
        "dovecot: master: Warning: Processes aren't dying after reload, sent SIGTERM to 2 processes.",
        "dovecot: auth: Warning: Killed with signal 15 (by pid=7558 uid=0 code=kill)",
    ]
    assert {incident.severity for incident in incidents("\n".join(lines))} == {"notice"}


def test_an_action_names_only_commands_there_are() -> None:
    actions = [row["action"] for row in all_rows()]
    named = {name for action in actions for name in re.findall(r"\bmailtui ([a-z-]+)", action)}
    assert named <= set(SUMMARIES)
