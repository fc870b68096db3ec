"""A user's quota, and what Postfix and Dovecot say differently."""

from __future__ import annotations

import pytest

from mailtui.host.errors import HostError
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.of_user import Quota
from mailtui.services.people.dovecots import DovecotUser, disagreement
from mailtui.services.people.model import Place, State
from tests.support.tools import RecordedTools


def user(monkeypatch: pytest.MonkeyPatch, *limits: Quota) -> DovecotUser:
    monkeypatch.setattr("mailtui.services.people.dovecots.quota", lambda *_: limits)
    return DovecotUser(RecordedTools(), DovecotConfig(RecordedTools()), "anna")


def test_a_quota_that_is_nearly_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    storage, messages = Quota("User", "STORAGE", 9800, 10240), Quota("User", "MESSAGE", 3, 1000)
    place, findings = user(monkeypatch, storage, messages).quota()
    assert place.state == "wrong" and place.told == "User: 9.6 MB of 10 MB"
    assert place.facts == ("User: 3 of 1000 messages",) and [one.id for one in findings] == ["user.full:anna"]


@pytest.mark.parametrize(
    ("limits", "state"),
    [((), "unused"), ((Quota("User", "STORAGE", 5, None),), "unused"), ((Quota("User", "STORAGE", 5, 100),), "there")],
)
def test_quotas_without_trouble(monkeypatch: pytest.MonkeyPatch, limits: tuple[Quota, ...], state: str) -> None:
    place, findings = user(monkeypatch, *limits).quota()
    assert place.state == state and not findings


def test_a_quota_nobody_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise HostError("Dovecot is stopped")

    one = user(monkeypatch)
    monkeypatch.setattr("mailtui.services.people.dovecots.quota", fail)
    assert one.quota() == (Place("quota", "anna", "unknown", "Dovecot is stopped"), ())


@pytest.mark.parametrize(
    ("accepted", "passdb", "userdb", "kind"),
    [
        (True, "there", "there", ""),
        (False, "there", "there", "refused"),
        (True, "missing", "missing", "nobody"),
        (True, "missing", "there", "nologin"),
        (True, "unknown", "there", ""),
        (False, "missing", "missing", ""),
    ],
)
def test_postfix_passdb_and_userdb_must_agree(accepted: bool, passdb: State, userdb: State, kind: str) -> None:
    places = (Place("passdb", "anna", passdb, ""), Place("userdb", "anna", userdb, ""))
    found = [one.id.partition(":")[0].removeprefix("user.") for one in disagreement(accepted, *places, "anna", "550")]
    assert found == ([kind] if kind else [])
