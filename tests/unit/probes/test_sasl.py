"""The client's side of SASL against the examples of the RFCs and against servers that talk nonsense."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.probes.sasl import Credentials, Exchange, SaslError, choose

_USER = Credentials("user", "pencil")


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def plain(text: str | None) -> str:
    assert text is not None
    return base64.b64decode(text).decode()


def scram(monkeypatch: pytest.MonkeyPatch, mechanism: str, nonce: str) -> Exchange:
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: nonce)
    return Exchange(mechanism, _USER)


def test_plain_and_tokens_say_all_at_once() -> None:
    assert plain(Exchange("PLAIN", _USER).first) == "\0user\0pencil"
    assert plain(Exchange("XOAUTH2", _USER).first) == "user=user\1auth=Bearer pencil\1\1"
    assert plain(Exchange("OAUTHBEARER", Credentials("a,b=c", "t")).first) == "n,a=a=2Cb=3Dc,\1auth=Bearer t\1\1"


def test_login_answers_two_questions_and_no_more() -> None:
    exchange = Exchange("LOGIN", _USER)
    assert exchange.first is None
    assert [plain(exchange.answer(b64(ask))) for ask in ("Username:", "Password:")] == ["user", "pencil"]
    with pytest.raises(SaslError):
        for _ in range(4):
            exchange.answer("")


def test_scram_sha_1_of_rfc_5802(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = scram(monkeypatch, "SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL")
    assert plain(exchange.first) == "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"
    nonce = "fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j"
    said = plain(exchange.answer(b64(f"r={nonce},s=QSXCR+Q6sek8bf92,i=4096")))
    assert said == f"c=biws,r={nonce},p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    assert exchange.answer(b64("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")) == ""


def test_scram_sha_256_of_rfc_7677(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = scram(monkeypatch, "SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO")
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    said = plain(exchange.answer(b64(f"r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")))
    assert said == f"c=biws,r={nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    with pytest.raises(SaslError, match="knows the password"):
        exchange.answer(b64("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))


@pytest.mark.parametrize(
    "challenge",
    ["r=other,s=QSXCR+Q6sek8bf92,i=4096", "r=mineX,s=QSXC,i=99999999", "r=mineX,s=QSXC,i=0", "e=unknown-user"],
)
def test_a_server_cannot_choose_what_it_likes(monkeypatch: pytest.MonkeyPatch, challenge: str) -> None:
    with pytest.raises(SaslError):
        scram(monkeypatch, "SCRAM-SHA-256", "mine").answer(b64(challenge))


@given(st.text(), st.sampled_from(["SCRAM-SHA-1", "SCRAM-SHA-256", "LOGIN", "XOAUTH2", "OAUTHBEARER", "PLAIN"]))
def test_nonsense_is_an_answer_or_a_sasl_error(challenge: str, mechanism: str) -> None:
    try:
        said = Exchange(mechanism, _USER).answer(challenge)
    except SaslError:
        return
    assert base64.b64decode(said, validate=True) is not None


def test_the_strongest_that_takes_a_password_is_chosen() -> None:
    assert choose(("PLAIN", "LOGIN", "SCRAM-SHA-256")) == "SCRAM-SHA-256"
    assert choose(("LOGIN", "PLAIN")) == "PLAIN"
    assert choose(("XOAUTH2", "GSSAPI")) == ""
    assert choose(("PLAIN",), "LOGIN") == "" and choose(("LOGIN",), "LOGIN") == "LOGIN"


def test_the_secret_is_not_shown() -> None:
    assert "pencil" not in repr(_USER)
