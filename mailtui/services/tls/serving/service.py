"""``Serving``: ask every port what it shows, beside what it should show."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from cryptography import x509

from mailtui.findings import Finding
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.either import either, left_out
from mailtui.services.tls.facts import CertificateFacts, facts
from mailtui.services.tls.inventory import Held
from mailtui.services.tls.inventory.loading import Loader
from mailtui.services.tls.listeners import Listener, configured
from mailtui.services.tls.probe import KeyKind, Served, served_by
from mailtui.services.tls.serving.drift import about, drift_findings
from mailtui.services.tls.serving.expecting import Expecting
from mailtui.services.tls.serving.model import Expected, Shown, Survey, Verdict

PATIENCE = 10.0
"""Seconds for one connection: postscreen lets a stranger wait for six."""
_MOST_NAMES = 20
"""Names that one port is asked for."""
_AT_ONCE = 8
_ANY: tuple[KeyKind, ...] = ("",)


class Serving:
    """The ports of one Postfix and one Dovecot; everything is asked anew at each call."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def survey(self, names: Sequence[str] = ()) -> Survey:
        """Look at files and ports; ``names`` are asked for besides those that have a certificate of their own.

        Takes seconds. Raises the first program's error where neither can be read.
        """
        now = time.time()
        postfix, dovecot, loader = self._postfix.held(), self._dovecot.held(), Loader(now)
        expecting = Expecting(self._tools, postfix, dovecot, loader)
        listeners = configured(self._tools, postfix, dovecot)
        questions = [
            (one, name)
            for one in _each_once([*listeners, *_local(listeners, expecting)])
            for name in ("", *dict.fromkeys([*expecting.names(one)[:_MOST_NAMES], *names]))
        ]
        with ThreadPoolExecutor(_AT_ONCE, "tls expected") as pool:
            expected = list(pool.map(lambda question: expecting.of(*question), questions))
        whole = [
            (listener, name, wanted, listener.ask(name, timeout=PATIENCE, key=kind))
            for (listener, name), wanted in zip(questions, expected, strict=True)
            for kind in wanted.kinds or _ANY
        ]
        answers = served_by([ask for *_, ask in whole])
        held = loader.held(either(expecting.of_postfix, expecting.of_dovecot))
        works = {(listener, name) for (listener, name, *_), one in zip(whole, answers, strict=True) if one.tls}
        shown = (
            _shown(listener, name, answer, wanted, works=(listener, name) in works)
            for (listener, name, wanted, _), answer in zip(whole, answers, strict=True)
        )
        return Survey(now, held, tuple(shown), left_out(postfix, dovecot))

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the certificates on disk, and with what ports show of them."""
        return self.wrong(self.survey())

    def wrong(self, survey: Survey) -> tuple[Finding, ...]:
        """The same of what has been looked at."""
        on_disk = [one for held in survey.held for one in held.findings]
        return (*on_disk, *drift_findings(survey))

    def about(self, survey: Survey, held: Held) -> tuple[Finding, ...]:
        """What is wrong with one certificate, on disk and on the ports that show it or should."""
        return about(survey, held)


def _local(listeners: Sequence[Listener], expecting: Expecting) -> list[Listener]:
    """The ports that are open on all addresses, on those that have a certificate of their own."""
    return [replace(one, address=address) for one in listeners for address in expecting.addresses(one)]


def _each_once(listeners: Sequence[Listener]) -> list[Listener]:
    """The listeners that can be asked, each port once on each address by which it is reached."""
    asked = {(one.reached_at, one.port): one for one in reversed(listeners) if one.tls and one.starttls is not None}
    return list(reversed(asked.values()))


def _shown(listener: Listener, name: str, answer: Served, expected: Expected, *, works: bool) -> Shown:
    leaf = _leaf(answer)
    return Shown(listener, name, answer, leaf, expected, _verdict(answer, leaf, expected, works=works))


def _leaf(answer: Served) -> CertificateFacts | None:
    try:
        return facts(x509.load_der_x509_certificate(answer.chain_der[0])) if answer.chain_der else None
    except ValueError:
        return None


def _verdict(answer: Served, leaf: CertificateFacts | None, expected: Expected, *, works: bool) -> Verdict:
    """``works`` says whether the port has TLS with a key of another kind: then it has not read this one yet."""
    if answer.problem in ("unreachable", "silent"):
        return "down"
    if not answer.tls:
        return "stale" if works else "broken"
    if expected.stale_table:
        return "table"
    if expected.problem or not expected.leaves or leaf is None:
        return "unknown"
    return "same" if leaf.sha256 in expected.leaves else "stale"
