"""A failure at a server of ours, on this machine or network, is ours to mend: nobody is told to wait for the remote."""

from __future__ import annotations

import pytest

from mailtui.maillog.causes import classify
from tests.unit.stories.support import incidents

FILTER = "127.0.0.1[127.0.0.1]"
SOCKET = "mx1[private/dovecot-lmtp]"
REMOTE = "mx.far.example[198.51.100.7]"

NO_ANSWER = [
    "connect to {0}:10024: Connection timed out",
    "connect to {0}:10024: Connection refused",
    "connect to {0}:10024: No route to host",
    "connect to {0}:10024: Connection reset by peer",
    "lost connection with {0} while receiving the initial server greeting",
    "lost connection with {0} while sending end of data -- message may be sent more than once",
    "lost connection with {0} while performing the LHLO handshake",
    "conversation with {0} timed out while sending message body",
    "host {0} refused to talk to me: 421 4.3.2 All server ports are busy",
    "host {0} said: 451 4.7.1 Service unavailable - try again later (in reply to end of DATA command)",
    "host {0} said: 451 4.3.0 <u@x.example> Temporary internal error (in reply to end of DATA command)",
    "host {0} said: 451 4.7.0 <u@x.example> Temporary authentication failure (in reply to RCPT TO command)",
    "host {0} said: 554 5.7.1 <u@x.example>: Relay access denied (in reply to RCPT TO command)",
    "host {0} said: 503 5.5.1 LHLO first (in reply to MAIL FROM command)",
    "TLS is required, but was not offered by host {0}",
    "delivery temporarily suspended: lost connection with {0} while sending RCPT TO",
]


@pytest.mark.parametrize("text", NO_ANSWER)
@pytest.mark.parametrize("server", [FILTER, "localhost[::1]", SOCKET, "filter[172.22.1.9]", "box[fd4d::5]"])
def test_a_server_of_ours_that_fails_is_our_affair(text: str, server: str) -> None:
    ours, theirs = classify(text.format(server)), classify(text.format(REMOTE))
    assert ours is not None
    assert theirs is not None
    assert (ours.rule == theirs.rule or ours.rule in ("sock_missing", "no_route6")) and ours.who == "us"
    assert (ours.meaning, ours.action) != (theirs.meaning, theirs.action)
    assert "Wait." not in ours.action and "blocklist" not in ours.action


def test_the_relay_tells_where_the_text_names_no_server() -> None:
    text = "Cannot start TLS: handshake failure"
    ours, theirs = classify(text, relay=f"{FILTER}:10025"), classify(text, relay=f"{REMOTE}:25")
    assert ours is not None
    assert theirs is not None
    assert (ours.rule, ours.who) == (theirs.rule, "us")
    assert theirs.who == "us / remote"


def test_what_a_remote_server_says_of_addresses_is_no_server_of_ours() -> None:
    verdict = classify(
        f"host {REMOTE} said: 421 4.7.0 too many connections from gw[10.0.0.5] (in reply to EHLO command)"
    )
    assert verdict is not None
    assert verdict.who == "wait / us"


def line(daemon: str, relay: str, reason: str, status: str = "deferred") -> str:
    return (
        f"postfix/{daemon}[9]: AAAA000001: to=<u@x.example>, relay={relay}, delay=1, delays=0/0/0/1, dsn=4.4.2, "
        f"status={status} ({reason})"
    )


@pytest.mark.parametrize(
    ("text", "title", "cause"),
    [
        (
            line(
                "lmtp", f"{FILTER}:2003", f"lost connection with {FILTER} while receiving the initial server greeting"
            ),
            f"1 message deferred: a service of ours hangs up before its greeting ({FILTER}:2003)",
            "config-local",
        ),
        (
            line("smtp", "none", f"connect to {FILTER}:10024: Connection refused"),
            f"1 message deferred: nothing listens on a port of ours that mail must pass ({FILTER}:10024)",
            "config-local",
        ),
        (
            line("lmtp", "none", "connect to store.example[192.0.2.8]:24: Connection timed out"),
            "1 message deferred: a service of ours does not answer on its port (store.example[192.0.2.8]:24)",
            "config-local",
        ),
        (
            line("pipe", "dovecot", "temporary failure"),
            "1 message deferred: a service of ours fails for the time being (dovecot)",
            "config-local",
        ),
        (
            line("smtp", f"{FILTER}:10024", f"host {FILTER} said: 554 5.7.0 Reject, id=12-1 - spam", "bounced"),
            f"1 message returned: taken for spam by our filter behind the queue ({FILTER}:10024)",
            "content",
        ),
        (
            line(
                "smtp", f"{FILTER}:10024", f"host {FILTER} said: 554 5.7.0 Reject, id=12-1 - BANNED: x.exe", "bounced"
            ),
            f"1 message returned: a virus or a forbidden attachment, found by our filter ({FILTER}:10024)",
            "virus",
        ),
    ],
)
def test_an_incident_names_the_service_of_ours(text: str, title: str, cause: str) -> None:
    (incident,) = incidents(text)
    assert (incident.title, incident.cause, incident.severity) == (title, cause, "error")


@pytest.mark.parametrize(
    "reason",
    [
        f"TLS is required, but was not offered by host {REMOTE}",
        f"host {REMOTE} refused to talk to me: 421 4.7.0 too many connections from you",
        f"connect to {REMOTE}:25: Connection timed out",
        f"connect to {FILTER}:10024: Connection refused",
        f"connect to {SOCKET}: No such file or directory",
    ],
)
def test_what_error_repeats_of_a_suspended_destination_is_the_same_incident(reason: str) -> None:
    first = line("smtp", "none", reason)
    repeated = line("error", "none", f"delivery temporarily suspended: {reason}").replace("AAAA000001", "AAAA000002")
    (incident,) = incidents(f"{first}\n{repeated}")
    assert incident.messages == 2


@pytest.mark.parametrize(
    ("server", "severity"),
    [
        ("store.example[10.0.0.5]", "warning"),
        ("store.example[fd4d::5]", "warning"),
        (FILTER, "warning"),
        (REMOTE, "notice"),
        ("lab.example[127.1.2.3]", "notice"),
    ],
)
@pytest.mark.parametrize("reply", ["550 5.1.1 <u@x.example>: User unknown", "552 5.2.2 mailbox full"])
def test_a_mailbox_that_is_missing_or_full_at_ours_is_told_by_its_address(
    reply: str, server: str, severity: str
) -> None:
    (incident,) = incidents(
        line("smtp", f"{server}:25", f"host {server} said: {reply} (in reply to RCPT TO)", "bounced")
    )
    assert incident.severity == severity
    assert incident.cause in ("recipient", "quota")


def test_what_this_postfix_has_decided_is_ours() -> None:
    (incident,) = incidents(line("error", "none", "User unknown in virtual alias table", "bounced"))
    assert (incident.cause, incident.severity) == ("recipient", "warning")


def test_of_what_a_text_names_only_the_first_server_counts() -> None:
    text = f"TLS is required, but host {REMOTE} refused to start TLS: 454 4.7.0 [10.0.0.5] no"
    (incident,) = incidents(line("smtp", f"{REMOTE}:25", text))
    assert incident.severity == "warning"
