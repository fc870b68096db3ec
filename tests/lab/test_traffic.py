"""Each kind of traffic leaves in the log what Postfix and Dovecot really say about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailtui.lab import Lab, traffic
from mailtui.lab.wait import wait_until
from tests.lab.observing import eventually_logged, logged


@pytest.mark.parametrize("user", ["alice", "dave", "erin"])
def test_mail_reaches_a_mailbox_of_every_format(lab: Lab, user: str) -> None:
    address = f"{user}@lab.example"
    traffic.send(lab, "outside@accept.example", address)
    eventually_logged(lab, f"to=<{address}>", "status=sent", "Saved")
    eventually_logged(lab, f"lmtp({address})", "saved mail to INBOX")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (traffic.alias_chain, ("to=<carol@lab.example>", "orig_to=<chain@alias.example>", "status=sent")),
        (traffic.alias_to_nowhere, ("to=<gone@lab.example>", "status=bounced", "550 5.1.1", "User doesn't exist")),
        (traffic.local_to_unknown_alias, ("status=bounced", "User unknown in virtual alias table")),
        (traffic.local_to_root, ("to=<root@mx.lab.example>", "relay=local", "forwarded as")),
        (traffic.unknown_user, ("NOQUEUE: reject: RCPT", "User unknown in virtual mailbox table")),
        (traffic.relay_denied, ("NOQUEUE: reject: RCPT", "[203.0.113.", "Relay access denied")),
        (traffic.sender_refused, ("NOQUEUE: reject: RCPT", "we know you")),
        (traffic.no_mail_program, ("non-SMTP command", "GET / HTTP/1.1")),
        (traffic.through_filter, ("status=sent", "from MTA(smtp:[127.0.0.1]", "queued as")),
        (traffic.through_filter, ("postfix/reinjection/smtpd", "orig_queue_id=", "orig_client=")),
        (traffic.newsletter, ("postfix/submissions/smtpd", "sasl_username=carol@lab.example")),
        (traffic.newsletter, ("to=<reader3@unknown.example>", "status=bounced")),
        (traffic.wrong_password, ("[203.0.113.", "SASL", "authentication failed")),
        (traffic.imap_login, ("imap-login", "user=<", "method=PLAIN", "rip=192.0.2.200")),
        (traffic.imap_wrong_password, ("carol@lab.example", "Password mismatch")),
        (traffic.pop3_login, ("pop3-login", "user=<alice@lab.example>")),
        (traffic.hostile, ("warning: header Subject:", "odd subject", "helo=<")),
        (traffic.beyond_ascii, ("from=<jürgen.日本@accept.example>", "queue active")),
        (traffic.hostile, ("client=mail.shop.example[192.0.2.10]",)),
    ],
)
def test_each_kind_shows_in_the_log(lab: Lab, kind: Callable[[Lab], None], words: tuple[str, ...]) -> None:
    kind(lab)
    eventually_logged(lab, *words)


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        ("a@accept.example", ("status=sent", "accepted by the lab's world")),
        ("b@grey.example", ("status=deferred", "Greylisted")),
        ("c@full.example", ("status=deferred", "4.2.2")),
        ("d@unknown.example", ("status=bounced", "5.1.1")),
        ("e@strict.example", ("status=bounced", "5.7.26")),
        ("f@busy.example", ("status=deferred", "4.7.28")),
        ("g@drop.example", ("status=deferred", "lost connection")),
        ("h@slow.example", ("status=deferred", "timed out while sending RCPT TO")),
    ],
)
def test_each_remote_domain_answers_as_told(lab: Lab, recipient: str, words: tuple[str, ...]) -> None:
    traffic.submit(lab, "alice@lab.example", recipient)
    eventually_logged(lab, f"to=<{recipient}>", *words)


def test_mail_leaves_encrypted_where_it_can(lab: Lab) -> None:
    traffic.submit(lab, "alice@lab.example", "tls@accept.example")
    eventually_logged(lab, "to=<tls@accept.example>", "status=sent")
    assert logged(lab, "TLS connection established to 127.0.1.1[127.0.1.1]")


def test_greylisted_mail_is_delivered_when_tried_again(lab: Lab) -> None:
    traffic.submit(lab, "alice@lab.example", "again@grey.example")
    eventually_logged(lab, "to=<again@grey.example>", "status=deferred")
    eventually_logged(lab, "to=<again@grey.example>", "status=sent", seconds=60)


def test_the_driver_does_everything_once_and_then_goes_on(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def named(name: str) -> Callable[[Lab], None]:
        return lambda lab: done.append(name)

    names = [kind.__name__ for kind, _ in traffic.MIX]
    monkeypatch.setattr(
        "mailtui.lab.traffic.driver.MIX", [(named(kind.__name__), weight) for kind, weight in traffic.MIX]
    )
    driver = traffic.Traffic(lab, per_minute=600_000)
    driver.start()
    assert wait_until(lambda: len(done) > 10 * len(names))
    driver.stop()
    assert done[: len(names)] == names
    later = done[len(names) :]
    assert later.count("deliver") > later.count("hostile")


def test_a_server_that_is_gone_does_not_end_the_traffic(monkeypatch: pytest.MonkeyPatch) -> None:
    unheard: list[object] = []

    def fail(lab: Lab) -> None:
        unheard.append(lab)
        raise ConnectionRefusedError

    monkeypatch.setattr("mailtui.lab.traffic.driver.MIX", [(fail, 1)])
    driver = traffic.Traffic(Lab(), per_minute=600_000)
    driver.start()
    assert wait_until(lambda: len(unheard) > 3)
    driver.stop()
