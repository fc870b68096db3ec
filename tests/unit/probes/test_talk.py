"""Dialogues with servers that do not want what we want: nothing is said that should not be, and all of it ends."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mailtui.services.probes.login import log_in
from mailtui.services.probes.manner import HIDDEN, Manner, Stopped
from mailtui.services.probes.model import Endpoint, Protocol
from mailtui.services.probes.rcpt import CATCH_ALL, ask
from mailtui.services.probes.sasl import Credentials
from mailtui.services.probes.talk import Talk
from tests.unit.probes.server import SILENCE, TLS, Script, script

_ANNA = Credentials("anna", "s3cret")
_EHLO = b"250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"
_AFTER = b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n"
_PLAIN = b"AGFubmEA"


def stopped(server: Script, protocol: Protocol, manner: Manner) -> tuple[str, Talk]:
    """The verdict with which it ends, and what was said."""
    talk = Talk(Endpoint(protocol, "127.0.0.1", server.port), manner)
    with pytest.raises(Stopped) as caught, talk:
        log_in(talk, _ANNA)
    assert _ANNA.secret not in repr(talk.dialogue)
    return caught.value.verdict, talk


def quick(**more: object) -> Manner:
    return Manner(timeout=3.0, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("protocol", "says"),
    [
        ("smtp", (b"220 mx\r\n", b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n", b"221 bye\r\n")),
        ("imap", (b"* OK hi\r\n", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nm OK done\r\n", b"* BYE\r\nm OK bye\r\n")),
        ("pop3", (b"+OK hi\r\n", b"+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n", b"+OK bye\r\n")),
        ("sieve", (b'"SASL" "PLAIN"\r\nOK "hi"\r\n', b'OK "bye"\r\n')),
    ],
)
def test_without_starttls_no_password_is_said(tmp_path: Path, protocol: Protocol, says: tuple[bytes, ...]) -> None:
    with script(tmp_path, *says) as server:
        verdict, _ = stopped(server, protocol, quick())
    assert verdict == "not-encrypted"
    assert not any(word in line for line in server.heard for word in (b"s3cret", b"anna", b"AUTH", _PLAIN))


def test_starttls_offered_and_refused(tmp_path: Path) -> None:
    with script(tmp_path, b"220 mx\r\n", _EHLO, b"454 4.7.0 TLS not available\r\n", b"221 bye\r\n") as server:
        assert stopped(server, "smtp", quick())[0] == "not-encrypted"
    assert server.heard[-1] == b"QUIT"


def test_what_was_injected_before_the_handshake_ends_it(tmp_path: Path) -> None:
    with script(tmp_path, b"220 mx\r\n", _EHLO, b"220 go\r\n250 injected\r\n") as server:
        assert stopped(server, "smtp", quick())[0] == "untrusted"


def test_a_certificate_nobody_trusts_gets_no_password(tmp_path: Path) -> None:
    with script(tmp_path, b"220 mx\r\n", _EHLO, b"220 go\r\n", TLS, _AFTER) as server:
        verdict, talk = stopped(server, "smtp", quick(verify=True))
    assert verdict == "untrusted" and not talk.tls


def test_the_password_goes_out_inside_tls_and_is_shown_nowhere(tmp_path: Path) -> None:
    says = (b"220 mx\r\n", _EHLO, b"220 go\r\n", TLS, _AFTER, b"235 2.7.0 ok\r\n", b"221 bye\r\n")
    with script(tmp_path, *says) as server:
        talk = Talk(Endpoint("smtp", "127.0.0.1", server.port), quick())
        with talk:
            assert log_in(talk, _ANNA) == ("PLAIN", "accepted", "235 2.7.0 ok")
    assert server.heard[3] == b"AUTH PLAIN AGFubmEAczNjcmV0" and talk.tls.startswith("TLSv1.")
    assert f"AUTH PLAIN {HIDDEN}" in [said.text for said in talk.dialogue]
    assert "AGFubmE" not in repr(talk.dialogue)


def test_a_name_that_leads_elsewhere_by_now_gets_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.probes.talk.is_own", lambda _: False)
    with script(tmp_path, b"220 mx\r\n", _EHLO, b"220 go\r\n", TLS, _AFTER, b"221 bye\r\n") as server:
        assert stopped(server, "smtp", quick())[0] == "untrusted"
    assert server.heard[-1] == b"QUIT" and not any(b"AUTH" in line for line in server.heard)


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        ((b"554 5.7.1 go away\r\n", b"221 bye\r\n"), "refused"),
        ((b"421 4.3.2 busy\r\n", b"221 bye\r\n"), "temporary"),
        ((), "closed"),
        ((SILENCE,), "silent"),
        ((b"220-never ends\r\n" * 400,), "closed"),
        ((b"x" * 200_000,), "closed"),
    ],
)
def test_every_way_a_server_may_greet_ends_in_time(tmp_path: Path, says: tuple[bytes | str, ...], verdict: str) -> None:
    started = time.monotonic()
    with script(tmp_path, *says) as server:
        assert stopped(server, "smtp", Manner(timeout=0.5 if SILENCE in says else 3.0))[0] == verdict
    assert time.monotonic() - started < 4.0


def rcpt(tmp_path: Path, *replies: bytes, decoy: bool = True) -> tuple[str, tuple[str, ...], Script]:
    with script(tmp_path, b"220 mx\r\n", b"250 mx\r\n", *replies, b"221 bye\r\n") as server:
        endpoint = Endpoint("smtp", "127.0.0.1", server.port)
        made = ask(endpoint, "me@own.example", "anna@shop.example", quick(tls="may"), decoy=decoy)
    assert not any(line.startswith(b"DATA") for line in server.heard)
    return made.verdict, made.facts, server


_OK = b"250 2.1.0 Ok\r\n"
_UNKNOWN = b"550 5.1.1 <x>: Recipient address rejected: User unknown\r\n"


def test_a_yes_is_proven_by_a_no_to_somebody_else(tmp_path: Path) -> None:
    verdict, facts, server = rcpt(tmp_path, _OK, _OK, _UNKNOWN)
    assert verdict == "accepted" and CATCH_ALL not in facts and "means this one" in facts[-1]
    assert server.heard[-1] == b"QUIT"


def test_a_yes_to_everybody_proves_nothing(tmp_path: Path) -> None:
    assert CATCH_ALL in rcpt(tmp_path, _OK, _OK, _OK)[1]


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (_UNKNOWN, "refused"),
        (b"554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org\r\n", "unclear"),
        (b"450 4.2.0 Greylisted, see http://postgrey.example\r\n", "temporary"),
        (b"452 4.2.2 mailbox full\r\n", "temporary"),
    ],
)
def test_what_a_no_is_about(tmp_path: Path, reply: bytes, verdict: str) -> None:
    assert rcpt(tmp_path, _OK, reply)[0] == verdict


def test_a_sender_that_is_refused_says_nothing_about_the_recipient(tmp_path: Path) -> None:
    reply = b"550 5.7.1 Sender address rejected: blocked by our policy\r\n"
    assert rcpt(tmp_path, reply)[0] == "unclear"


def test_an_address_cannot_smuggle_commands(tmp_path: Path) -> None:
    with script(tmp_path, b"220 mx\r\n", b"250 mx\r\n", b"221 bye\r\n") as server:
        made = ask(Endpoint("smtp", "127.0.0.1", server.port), "", "a@b>\r\nDATA", quick(tls="may"), decoy=False)
    assert made.verdict == "unclear" and b"DATA" not in server.heard
