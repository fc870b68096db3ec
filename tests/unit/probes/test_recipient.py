"""Whom a probe of a recipient asks, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from mailtui.host.errors import UsageError
from mailtui.services.postfix.addresses.model import Final, Resolution
from mailtui.services.postfix.config import MasterService
from mailtui.services.probes import recipient
from mailtui.services.probes.model import Attempt, Endpoint, Probe, Verdict
from mailtui.services.probes.rcpt import CATCH_ALL
from mailtui.services.probes.recipient import RecipientProbe
from mailtui.services.probes.walk import Walk

_THERE = Endpoint("smtp", "192.0.2.1", 25, service="a.mx.example")
_NEXT = Endpoint("smtp", "192.0.2.2", 25, service="b.mx.example")


@dataclass
class World:
    """Everything around the probe: ``asked`` are the servers asked, ``paced`` those that were waited for."""

    walk: Walk = field(default_factory=lambda: Walk((_THERE, _NEXT)))
    answers: dict[str, tuple[Verdict, tuple[str, ...]]] = field(default_factory=dict)
    knows: bool = True
    asked: list[str] = field(default_factory=list)
    paced: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    def get(self, name: str) -> str:
        return {"address_verify_sender": "double-bounce", "myorigin": "own.example", "smtp_helo_name": "mx"}.get(
            name, ""
        )

    @property
    def services(self) -> tuple[MasterService, ...]:
        return (MasterService("smtp", "unix", "smtp", ()),)

    def resolve(self, address: str, sender: str = "") -> Resolution:
        return Resolution(address, "default", True, "250", (), (Final(address, "smtp", "b.example"),))

    def ask(self, endpoint: Endpoint, sender: str, address: str, *_: object, **__: object) -> Attempt:
        self.asked.append(f"{sender} {endpoint.host}")
        verdict, facts = self.answers.get(endpoint.host, ("accepted", ()))
        return Attempt(str(endpoint), verdict, "told", facts=facts)

    def probe(self, monkeypatch: pytest.MonkeyPatch, consent: bool = True) -> Probe:
        monkeypatch.setattr(recipient, "ask", self.ask)
        monkeypatch.setattr(recipient, "is_own", lambda _: False)
        walker: Any = SimpleNamespace(of=lambda _: self.walk, knows=lambda _: self.knows)
        pace: Any = SimpleNamespace(before=self.paced.append)
        world: Any = self
        mark: Callable[[], Any] = lambda: None  # noqa: E731

        def word(warning: str) -> bool:
            self.warned.append(warning)
            return consent

        return RecipientProbe(world, world, walker, mark, pace).run("anna@b.example", None, word)


def test_strangers_are_asked_with_our_own_sender_at_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    assert world.probe(monkeypatch).verdict == "exists"
    assert world.asked == ["double-bounce@own.example 192.0.2.1"] and world.paced == ["a.mx.example"]
    assert "a.mx.example, b.mx.example" in world.warned[0]


def test_without_the_operators_word_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    probe = world.probe(monkeypatch, consent=False)
    assert probe.verdict == "unclear" and "your word" in probe.told and not world.asked and not world.paced


@pytest.mark.parametrize("verdict", ["unreachable", "silent", "closed"])
def test_the_next_server_is_asked_where_one_does_not_answer(monkeypatch: pytest.MonkeyPatch, verdict: Verdict) -> None:
    world = World(answers={"192.0.2.1": (verdict, ())})
    assert world.probe(monkeypatch).verdict == "exists" and len(world.asked) == 2


@pytest.mark.parametrize("verdict", ["refused", "temporary", "unclear"])
def test_an_answer_is_an_answer(monkeypatch: pytest.MonkeyPatch, verdict: Verdict) -> None:
    world = World(answers={"192.0.2.1": (verdict, ())})
    assert world.probe(monkeypatch).verdict == verdict and len(world.asked) == 1


def test_what_takes_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert World(answers={"192.0.2.1": ("accepted", (CATCH_ALL,))}).probe(monkeypatch).verdict == "catch-all"


@pytest.mark.parametrize(("final", "verdict"), [(True, "refused"), (False, "temporary")])
def test_no_server_at_all(monkeypatch: pytest.MonkeyPatch, final: bool, verdict: str) -> None:
    world = World(Walk(problem="b.example takes no mail: null MX", final=final))
    probe = world.probe(monkeypatch)
    assert (probe.verdict, probe.told) == (verdict, "b.example takes no mail: null MX") and not world.warned


def test_a_name_of_ours_that_nobody_knows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    probe = World(knows=False).probe(monkeypatch)
    assert any("smtp_helo_name = mx has no address" in fact for fact in probe.attempts[-1].facts)


@pytest.mark.parametrize("address", ["anna", "@b.example", "anna@", ""])
def test_what_is_no_address(address: str) -> None:
    world: Any = World()
    with pytest.raises(UsageError):
        RecipientProbe(world, world, world, world, world).run(address, None, lambda _: True)
