"""The action ``certificate-proof``: every port serves the certificate it should, seen twice by a handshake.

Neither program's own check finds a certificate that cannot be served, and old processes serve the old one beside the
new; so nothing but what a port really sends counts. A plan has it twice, as with the reload: behind everything, where
it proves the new certificate, and before everything, where it proves the old one when all was put back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailtui.changes.plan import Json, Note, Outcome, Step
from mailtui.host.errors import HostError
from mailtui.services.tls.probe import Ask, KeyKind, Served, StartTls, served_by
from mailtui.text import clean

NAME = "certificate-proof"
ROUNDS = 2
"""How often in a row each port must serve it: processes from before a reload go one by one."""
PATIENCE = 15.0
"""Seconds in which that must come true."""
_PAUSE = 0.3
_SHOWN = 5
Probe = Callable[[Sequence[Ask]], tuple[Served, ...]]


@dataclass(frozen=True, slots=True)
class Expected:
    """A question and the fingerprint that answers it; ``""`` for a port that served no TLS."""

    ask: Ask
    sha256: str


class CertificateProof:
    """Looks; changes nothing. See ``mailtui.changes.plan.Action``."""

    def __init__(
        self,
        probe: Probe = served_by,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._probe = probe
        self._wait = wait
        self._clock = clock

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises HostError with what a port serves instead."""
        if step.arguments["when"] == "after":
            self._prove(_expected(step))
        return Outcome(done=(step.why,))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Proves that what was served before is served again."""
        if step.arguments["when"] == "before":
            self._prove(_expected(step))
        return Outcome(done=outcome.done)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Looking once more does no harm."""
        return self.apply(step, lambda _: None)

    def _prove(self, expected: Sequence[Expected]) -> None:
        deadline = self._clock() + PATIENCE
        rounds = 0
        while rounds < ROUNDS:
            wrong = list(_wrong(expected, self._probe([one.ask for one in expected])))
            rounds = 0 if wrong else rounds + 1
            if wrong and self._clock() > deadline:
                raise HostError("; ".join(wrong[:_SHOWN]))
            if wrong:
                self._wait(_PAUSE)


def _wrong(expected: Sequence[Expected], answers: Sequence[Served]) -> Iterator[str]:
    for one, answer in zip(expected, answers, strict=True):
        if answer.sha256 == one.sha256:
            continue
        where = f"{one.ask.host}:{one.ask.port}" + (f" for {clean(one.ask.sni)}" if one.ask.sni else "")
        got = f"the certificate {answer.sha256[:16]}…" if answer.tls else f"no TLS ({answer.detail})"
        yield f"{where} serves {got} and not {one.sha256[:16] + '…' if one.sha256 else 'nothing, as before'}"


def proof_step(when: str, expected: Sequence[Expected], why: str, undo: str) -> Step:
    """A proof before (of what is put back) or after (of what was done)."""
    rows: list[Json] = [
        {
            "host": one.ask.host,
            "port": one.ask.port,
            "starttls": one.ask.starttls,
            "sni": one.ask.sni,
            "key": one.ask.key,
            "source": one.ask.source,
            "sha256": one.sha256,
        }
        for one in expected
    ]
    return Step(NAME, {"when": when, "expected": rows}, why, undo=undo)


def _expected(step: Step) -> list[Expected]:
    rows = step.arguments["expected"]
    assert isinstance(rows, Sequence)
    return [_of_row(row) for row in rows if isinstance(row, Mapping)]


def _of_row(row: Mapping[str, Json]) -> Expected:
    starttls: StartTls = row["starttls"]  # type: ignore[assignment]  # what proof_step wrote
    key: KeyKind = row["key"]  # type: ignore[assignment]  # the same
    sni, source = (None if row[name] is None else str(row[name]) for name in ("sni", "source"))
    ask = Ask(str(row["host"]), int(str(row["port"])), starttls, sni, source=source, key=key)
    return Expected(ask, str(row["sha256"]))
