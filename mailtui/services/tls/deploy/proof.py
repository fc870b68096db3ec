"""The action ``certificate-proof``: every port serves the certificate it should, seen twice by a handshake.

Neither program's own check finds a certificate that cannot be served, and old processes serve the old one beside the
new; so nothing but what a port really sends counts. A plan has it twice, as with the reload: behind everything, where
it proves the new certificate, and before everything, where it proves the old one when all was put back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailtui.changes.plan import Json, Note, Outcome, Step
from mailtui.host.errors import HostError, MailtuiError
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
    """Fingerprint of the leaf, as ``Served.sha256`` gives it."""


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
        """Proves that what was served before is served again, or what was renewed under its name since."""
        if step.arguments["when"] == "before":
            self._prove(_expected(step), _in_files(step))
        return Outcome(done=outcome.done)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Looking once more does no harm."""
        return self.apply(step, lambda _: None)

    def _prove(self, expected: Sequence[Expected], renewed: frozenset[str] = frozenset()) -> None:
        deadline = self._clock() + PATIENCE
        rounds = 0
        while rounds < ROUNDS:
            wrong = list(_wrong(expected, self._probe([one.ask for one in expected]), renewed))
            rounds = 0 if wrong else rounds + 1
            if wrong and self._clock() > deadline:
                raise HostError("; ".join(wrong[:_SHOWN]))
            if wrong:
                self._wait(_PAUSE)


def _wrong(expected: Sequence[Expected], answers: Sequence[Served], renewed: frozenset[str]) -> Iterator[str]:
    for one, answer in zip(expected, answers, strict=True):
        if answer.sha256 == one.sha256 or (answer.sha256 and answer.sha256 in renewed):
            continue
        where = f"{one.ask.host}:{one.ask.port}" + (f" for {clean(one.ask.sni)}" if one.ask.sni else "")
        yield (
            f"{where} {_told(answer)}, not the one of {one.sha256[:16]}…" if one.sha256 else f"{where} {_told(answer)}"
        )


def _told(answer: Served) -> str:
    if not answer.tls:
        return f"serves no TLS ({answer.detail})"
    from cryptography import x509

    from mailtui.services.tls.facts import facts

    try:
        leaf = facts(x509.load_der_x509_certificate(answer.chain_der[0]))
    except (ValueError, IndexError):
        return "serves a certificate that cannot be read"
    return f"serves the certificate of {', '.join(leaf.names[:3]) or leaf.subject} (SHA-256 {answer.sha256[:16]}…)"


def proof_step(when: str, expected: Sequence[Expected], why: str, undo: str, files: Sequence[str] = ()) -> Step:
    """A proof before (of what is put back) or after (of what was done); ``files`` are those that were served before."""
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
    return Step(NAME, {"when": when, "expected": rows, "files": list(files)}, why, undo=undo)


def _expected(step: Step) -> list[Expected]:
    rows = step.arguments["expected"]
    assert isinstance(rows, Sequence)
    return [_of_row(row) for row in rows if isinstance(row, Mapping)]


def _in_files(step: Step) -> frozenset[str]:
    """What the files of before hold now."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    from mailtui.services.tls.pile import read_pile

    files = step.arguments["files"]
    assert isinstance(files, Sequence)
    found = set()
    for file in files:
        with suppress(MailtuiError):
            held = [one.content for one in read_pile(Path(str(file))) if isinstance(one.content, x509.Certificate)]
            found |= {one.fingerprint(SHA256()).hex().upper() for one in held[:1]}
    return frozenset(found)


def _of_row(row: Mapping[str, Json]) -> Expected:
    starttls: StartTls = row["starttls"]  # type: ignore[assignment]  # what proof_step wrote
    key: KeyKind = row["key"]  # type: ignore[assignment]  # the same
    sni, source = (None if row[name] is None else str(row[name]) for name in ("sni", "source"))
    ask = Ask(str(row["host"]), int(str(row["port"])), starttls, sni, source=source, key=key)
    return Expected(ask, str(row["sha256"]))
