"""The client's side of SASL: PLAIN (RFC 4616), LOGIN, SCRAM (RFC 5802, 7677), OAUTHBEARER (RFC 7628), XOAUTH2.

Nothing here is printed or kept: what goes out is given to the caller only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

STRONGEST_FIRST = ("SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "OAUTHBEARER", "XOAUTH2")
_TOKENS = frozenset({"OAUTHBEARER", "XOAUTH2"})
_MOST_ITERATIONS = 1_000_000


class SaslError(ValueError):
    """The server's challenge makes no sense, or it does not know the password it should know."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in."""

    user: str
    secret: str = field(repr=False)
    """The password, or with a token mechanism the token."""


def choose(offered: tuple[str, ...], wanted: str = "") -> str:
    """The mechanism to use: the wanted one, else the strongest of those that take a password; ``""`` for none."""
    if wanted:
        return wanted if wanted in offered else ""
    return next((name for name in STRONGEST_FIRST if name in offered and name not in _TOKENS), "")


class Exchange:
    """One login by one mechanism: ``first`` may go with the command, ``answer`` follows each challenge."""

    def __init__(self, mechanism: str, credentials: Credentials) -> None:
        self._who = credentials
        self._step = 0
        self._scram = _Scram(mechanism[6:], credentials) if mechanism.startswith("SCRAM-") else None
        self._mechanism = mechanism

    @property
    def first(self) -> str | None:
        """The initial response, in base64; None where the server speaks first."""
        user, secret = self._who.user, self._who.secret
        match self._mechanism:
            case "PLAIN":
                return _encoded(f"\0{user}\0{secret}")
            case "XOAUTH2":
                return _encoded(f"user={user}\1auth=Bearer {secret}\1\1")
            case "OAUTHBEARER":
                return _encoded(f"n,a={_name(user)},\1auth=Bearer {secret}\1\1")
        return _encoded(self._scram.first) if self._scram else None

    def answer(self, challenge: str) -> str:
        """What to say to a challenge, both in base64. Raises SaslError."""
        self._step += 1
        if self._step > 4:
            raise SaslError("the server goes on asking")
        if self._mechanism == "LOGIN":
            return _encoded(self._who.user if self._step == 1 else self._who.secret)
        if self._scram:
            return _encoded(self._scram.answer(_decoded(challenge)))
        # With a token a challenge is the reason of a refusal, and an empty answer ends it.
        return _encoded("\1") if self._mechanism == "OAUTHBEARER" else ""


class _Scram:
    """RFC 5802 without channel binding."""

    def __init__(self, algorithm: str, who: Credentials) -> None:
        self._hash = {"SHA-1": "sha1", "SHA-256": "sha256"}[algorithm]
        self._who = who
        self._nonce = secrets.token_urlsafe(18)
        self._bare = f"n={_name(who.user)},r={self._nonce}"
        self._signature = b""

    @property
    def first(self) -> str:
        return f"n,,{self._bare}"

    def answer(self, challenge: str) -> str:
        told = dict(part.split("=", 1) for part in challenge.split(",") if "=" in part)
        return self._verified(told) if self._signature else self._proof(told, challenge)

    def _proof(self, told: dict[str, str], challenge: str) -> str:
        nonce, rounds = told.get("r", ""), told.get("i", "")
        if not nonce.startswith(self._nonce) or not rounds.isdecimal() or not 0 < int(rounds) <= _MOST_ITERATIONS:
            raise SaslError("the server's SCRAM challenge makes no sense")
        salt = _bytes(told.get("s", ""))
        salted = hashlib.pbkdf2_hmac(self._hash, self._who.secret.encode(), salt, int(rounds))
        final = f"c=biws,r={nonce}"
        message = f"{self._bare},{challenge},{final}".encode()
        key = self._mac(salted, b"Client Key")
        signature = self._mac(hashlib.new(self._hash, key).digest(), message)
        self._signature = self._mac(self._mac(salted, b"Server Key"), message)
        proof = bytes(one ^ other for one, other in zip(key, signature, strict=True))
        return f"{final},p={base64.b64encode(proof).decode()}"

    def _verified(self, told: dict[str, str]) -> str:
        if not hmac.compare_digest(_bytes(told.get("v", "")), self._signature):
            raise SaslError("the server could not prove that it knows the password")
        return ""

    def _mac(self, key: bytes, message: bytes) -> bytes:
        return hmac.digest(key, message, self._hash)


def _name(user: str) -> str:
    return user.replace("=", "=3D").replace(",", "=2C")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


def _decoded(text: str) -> str:
    return _bytes(text).decode("utf-8", "replace")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SaslError("the server's challenge is no base64") from error
