"""Logging in with a token (XOAUTH2, OAUTHBEARER) at a Dovecot that validates tokens itself: good, spoilt and run out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import pytest

from mailtui.lab import Lab
from mailtui.services.container import Services
from mailtui.services.probes.model import Attempt
from mailtui.services.probes.sasl import Credentials
from mailtui.services.probes.service import Probes
from mailtui.settings import Settings

pytestmark = pytest.mark.slow
KEY = b"the key of this test's identity provider"
ALICE = "alice@lab.example"
MECHANISMS = ("XOAUTH2", "OAUTHBEARER")


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(user: str = ALICE, *, seconds: int = 600, key: bytes = KEY, note: str = "") -> str:
    """A JSON Web Token (RFC 7519), signed with HMAC and SHA-256."""
    now = int(time.time())
    claims = {
        "sub": user,
        "email": user,
        "iat": now - 60,
        "nbf": now - 60,
        "exp": now + seconds,
        "iss": "tests",
        "x": note,
    }
    words = [_base64(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "HS256"}, claims)]
    signed = ".".join(words)
    return f"{signed}.{_base64(hmac.digest(key, signed.encode(), hashlib.sha256))}"


def configured(lab: Lab) -> str:
    """A passdb that asks nobody: Dovecot checks the signature with a key in a file (OAuth2 local validation)."""
    keys = lab.dovecot_config.parent / "keys"
    place = keys / "default" / "HS256" / "default"
    place.parent.mkdir(parents=True)
    place.write_bytes(base64.b64encode(KEY))
    for one in (keys, *keys.rglob("*")):
        one.chmod(0o755 if one.is_dir() else 0o644)
    if "dovecot_config_version" in lab.dovecot_config.read_text():
        return f"""
oauth2 {{
  introspection_mode = local
  username_attribute = email
}}
oauth2_local_validation {{
  dict fs {{
    fs posix {{
      prefix = {keys}/
    }}
  }}
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2 oauthbearer
}}
"""
    settings = keys.parent / "dovecot-oauth2.conf.ext"
    settings.write_text(f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={keys}/\n")
    return f"\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {settings}\n}}\n"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(retry_seconds=5) as own:
        config = own.dovecot_config.read_text().replace("plain login", "plain login xoauth2 oauthbearer")
        own.dovecot_config.write_text(config + configured(own))
        own.command("doveadm", "reload")
        yield own


@pytest.fixture(scope="module")
def probes(lab: Lab) -> Probes:
    settings = Settings(postfix_config=lab.postfix_config, dovecot_config=lab.dovecot_config, state=lab.state)
    return Services(settings).probes


def at_ports(probes: Probes, kind: str, secret: str, mechanism: str) -> list[Attempt]:
    found = probes.login(kind, Credentials(ALICE, secret), mechanism=mechanism)
    assert secret not in repr(found)
    return [one for one in found.attempts if one.dialogue]


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("kind", ["auth", "imap", "pop3", "sieve"])
def test_a_good_token_opens_every_port(lab: Lab, probes: Probes, kind: str, mechanism: str) -> None:
    if kind != "auth" and {"sieve": "managesieve"}.get(kind, kind) not in lab.ports:
        pytest.skip("not installed here")
    made = at_ports(probes, kind, token(), mechanism)
    assert made and {one.verdict for one in made} == {"accepted"}, made
    assert {one.mechanism for one in made} == {mechanism}


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("kind", ["auth", "imap", "pop3"])
def test_a_token_too_long_for_one_command_is_said_when_it_is_asked_for(
    lab: Lab, probes: Probes, kind: str, mechanism: str
) -> None:
    if kind != "auth" and kind not in lab.ports:
        pytest.skip("not installed here")
    made = at_ports(probes, kind, token(note="n" * 2200), mechanism)
    assert made and {one.verdict for one in made} == {"accepted"}, made


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("kind", ["auth", "imap"])
@pytest.mark.parametrize(
    "secret",
    [token(key=b"another key"), token(seconds=-30), token("bob@lab.example"), "no token at all"],
    ids=["signed by another", "run out", "somebody else's", "nonsense"],
)
def test_a_token_that_is_not_good_is_refused(probes: Probes, kind: str, secret: str, mechanism: str) -> None:
    made = at_ports(probes, kind, secret, mechanism)
    assert made and {one.verdict for one in made} == {"refused"}, made


def test_a_password_is_not_said_as_a_token_by_itself(probes: Probes) -> None:
    """Without being told to, a probe takes a mechanism that is for passwords."""
    found = probes.login("imap", Credentials(ALICE, token()), [probes.endpoints("imap")[1]])
    assert {one.mechanism for one in found.attempts if one.dialogue} == {"PLAIN"}
