"""Chains of rules, and what becomes of a stranger's first packet of a TCP connection to a port. nft(8), iptables(8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Action = Literal["accept", "drop", "return", "jump", "goto", "next"]
"""``drop`` stands for reject, too; ``next`` for what only counts, logs or marks."""
Reach = Literal["open", "some", "closed"]
"""For strangers: yes; only for some, such as an own network; no."""
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Ports:
    """A test of the destination port."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False

    def has(self, port: int) -> bool:
        """Whether the test is met."""
        return any(low <= port <= high for low, high in self.ranges) != self.negated


Test = Ports | bool | None
"""A bool is known for every stranger; None depends on who it is, or is not understood."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    tests: tuple[Test, ...]
    action: Action
    target: str = ""
    """The chain of ``jump`` and ``goto``."""
    text: str = ""
    """As the program shows it."""

    def meets(self, port: int) -> bool | None:
        """Whether a stranger's packet meets it; None for some do."""
        met = [test.has(port) if isinstance(test, Ports) else test for test in self.tests]
        return False if False in met else None if None in met else True


@dataclass(frozen=True, slots=True)
class Chain:
    """Rules in their order."""

    rules: tuple[Rule, ...]
    policy: Action = "accept"
    """Of a base chain: what becomes of a packet that meets no rule."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All that packets to this machine go through, for one IP version."""

    chains: Mapping[str, Chain] = field(default_factory=dict)
    bases: tuple[str, ...] = ()
    """The chains that are asked one after the other; each must accept."""

    @property
    def filters(self) -> bool:
        """Whether anything at all is kept out by a rule or a policy."""
        rules = (rule for chain in self.chains.values() for rule in chain.rules)
        return any(self.chains[base].policy == "drop" for base in self.bases) or any(r.action == "drop" for r in rules)

    def reach(self, port: int) -> tuple[Reach, tuple[str, ...]]:
        """Whether strangers reach a port, and the rules that let some of them."""
        verdicts = [_Walk(self.chains, port).of(base) for base in self.bases]
        some = tuple(text for reach, texts in verdicts if reach == "some" for text in texts)
        reaches = {reach for reach, _ in verdicts}
        return ("closed" if "closed" in reaches else "some" if "some" in reaches else "open"), some


class _Walk:
    """One packet's way through one base chain."""

    def __init__(self, chains: Mapping[str, Chain], port: int) -> None:
        self._chains = chains
        self._port = port
        self._some: list[str] = []

    def of(self, base: str) -> tuple[Reach, tuple[str, ...]]:
        """Where it ends."""
        verdict = self._through(base, sure=True, depth=0) or self._chains[base].policy
        if verdict == "accept":
            return "open", ()
        return ("some" if self._some else "closed"), tuple(self._some)

    def _through(self, name: str, *, sure: bool, depth: int) -> Action | None:
        """The verdict of a chain; None where it goes back to the one that called it."""
        chain = self._chains.get(name)
        if chain is None or depth > _DEEPEST:
            return None
        for rule in chain.rules:
            met = rule.meets(self._port)
            if met is False or rule.action == "next":
                continue
            certain = sure and met is True
            if rule.action in ("jump", "goto"):
                verdict = self._through(rule.target, sure=certain, depth=depth + 1)
                if certain and (verdict or rule.action == "goto"):
                    return verdict
            elif certain:
                return None if rule.action == "return" else rule.action
            elif rule.action == "accept":
                self._some.append(rule.text)
        return None
