"""Plans that give a certificate to Postfix, Dovecot or both: all of it or nothing, and proven either way."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from mailtui.changes.plan import Plan, Step
from mailtui.host.errors import HostError, MailtuiError, UsageError
from mailtui.host.tools import Tools
from mailtui.services.configuration.model import Program
from mailtui.services.configuration.plans import ConfigPlans
from mailtui.services.configuration.reloading import reload_steps
from mailtui.services.dns.sender import Sender, read_sender
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.plans import MapPlans
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.tls.asker import Asker
from mailtui.services.tls.deploy.candidate import Candidate
from mailtui.services.tls.deploy.dane import past_dane
from mailtui.services.tls.deploy.files import files_step, new_files
from mailtui.services.tls.deploy.model import NewFiles
from mailtui.services.tls.deploy.proof import NAME as PROOF
from mailtui.services.tls.deploy.proof import Expected, Probe, proof_step
from mailtui.services.tls.deploy.risks import lost, unnamed, warnings
from mailtui.services.tls.deploy.sni import sni_steps
from mailtui.services.tls.deploy.target import Target, dovecot_target, postfix_target
from mailtui.services.tls.probe import Served, served_by
from mailtui.text import clean

FOLDER = Path("/etc/ssl/mailtui")
"""Where new files go when the old ones lie where a package or an ACME client keeps house."""
_HOUSES = (Path("/etc"), Path("/usr"), Path("/var"))
_TITLES = {"postfix": "Postfix", "dovecot": "Dovecot"}


class DeployPlans:
    """Makes plans and changes nothing. Raises UsageError, Refused, HostError and what reading raises."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        dovecot: DovecotConfig,
        resolver: Callable[[], Asker],
        probe: Probe = served_by,
    ) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._resolver = resolver
        self._probe = probe

    def deploy(
        self,
        one: Candidate,
        programs: Sequence[Program],
        *,
        folder: Path | None = None,
        in_place: NewFiles | None = None,
    ) -> Plan:
        """Give ``one`` to ``programs``, in new files below ``folder``, or where it lies and is renewed."""
        if not programs:
            raise UsageError("neither Postfix nor Dovecot is named")
        postfix, dovecot = self._postfix.again(), self._dovecot.again()
        risks: list[str] = []
        targets = []
        resolver = self._asked(risks)
        if "postfix" in programs and resolver:
            one = past_dane(one, postfix.get("myhostname"), resolver, risks)
        if "postfix" in programs:
            targets.append(postfix_target(self._tools, postfix, one))
        if "dovecot" in programs:
            targets.append(dovecot_target(self._tools, dovecot, one))
        before = self._served(targets, one)
        risks += [*warnings(one), *lost(one, before)]
        risks += unnamed(one, targets, self._sender(postfix), resolver) if resolver else []
        new = in_place or new_files(
            _fresh(folder or _beside(targets), one), both=any(target.wants_both for target in targets)
        )
        changes = self._changes(targets, new, postfix, dovecot)
        whose = f"{clean(', '.join(one.names[:1]))} to {' and '.join(_TITLES[name] for name in programs)}"
        if in_place and not changes:
            return self._only_reload(targets, before, one)
        making = () if in_place else (files_step(one, new),)
        proofs = _proofs(before, one, tuple(file for target in targets for file in target.files))
        steps = (*proofs[:1], *making, *changes, *proofs[1:])
        return Plan(f"Deploy the certificate of {whose}", _told(steps, risks, targets, before), all_or_nothing=True)

    def _changes(
        self, targets: Sequence[Target], new: NewFiles, postfix: PostfixConfig, dovecot: DovecotConfig
    ) -> tuple[Step, ...]:
        """What tells each program; a program that is told already reads its files again. None where all are."""
        settings = ConfigPlans(self._tools, postfix, dovecot)
        maps = MapPlans(Maps(self._tools, postfix), postfix)
        told: dict[Program, tuple[Step, ...]] = {}
        for target in targets:
            wanted = [setting for place in target.places for setting in place.settings(new)]
            why = f"{_TITLES[target.program]} serves it"
            told[target.program] = (
                *sni_steps(target.tables, maps, new),
                *settings.steps(target.program, wanted, why, made_before=True),
            )
        if not any(told.values()):
            return ()
        return tuple(
            step for program, steps in told.items() for step in steps or reload_steps(program, postfix, dovecot)
        )

    def _only_reload(self, targets: Sequence[Target], before: Sequence[Served], one: Candidate) -> Plan:
        """What is named already was renewed where it lies: there is nothing else to do, and nothing to put back."""
        gone = "what was served before lies in no file any more"
        steps = [reload_steps(target.program, self._postfix, self._dovecot)[1] for target in targets]
        told = [replace(step, reversible=False, undo=gone) for step in (*steps, *_proofs(before, one)[1:])]
        names = " and ".join(_TITLES[target.program] for target in targets)
        return Plan(f"Let {names} read the renewed certificate of {clean(', '.join(one.names[:1]))}", tuple(told))

    def _served(self, targets: Sequence[Target], one: Candidate) -> tuple[Served, ...]:
        """What the ports serve now; those that nobody listens on are left out."""
        answers = self._probe([ask for target in targets for ask in target.asks(one.algorithm)])
        return tuple(answer for answer in answers if answer.problem != "unreachable")

    def _asked(self, risks: list[str]) -> Asker | None:
        """The resolver, if there is one."""
        try:
            return self._resolver()
        except HostError as error:
            risks.append(f"whether a TLSA record is published cannot be told: {error.message}")
            return None

    def _sender(self, postfix: PostfixConfig) -> Sender | None:
        """What this machine is to others; None where there is no Postfix."""
        try:
            return read_sender(postfix, Lookups(postfix, self._tools))
        except MailtuiError:
            return None


def _proofs(before: Sequence[Served], one: Candidate, files: Sequence[str] = ()) -> tuple[Step, ...]:
    """That everything is as before when it is put back, and that everything serves the new one when it is done."""
    if not before:
        return ()
    ports = len({(answer.ask.host, answer.ask.port) for answer in before})
    old = [Expected(answer.ask, answer.sha256) for answer in before]
    new = [Expected(answer.ask, one.sha256) for answer in before]
    return (
        proof_step(
            "before",
            old,
            "when this is undone, prove that what is served now is served again",
            f"every port serves what it served before, proven on {ports}",
            files,
        ),
        proof_step("after", new, f"prove that it is served: {ports} ports, each twice in a row", "nothing was changed"),
    )


def _told(
    steps: tuple[Step, ...], risks: Sequence[str], targets: Sequence[Target], before: Sequence[Served]
) -> tuple[Step, ...]:
    """The steps, the first that changes something with everything that could go against the operator's wish."""
    kept = [place.scope or place.certificate for target in targets for place in target.kept]
    told = [*risks, *([f"left as they are: {', '.join(kept)}"] if kept else [])]
    answered = {(answer.ask.host, answer.ask.port) for answer in before}
    silent = [target for target in targets if not answered & {(end.reached_at, end.port) for end in target.listeners}]
    told += [f"{_TITLES[one.program]} answers on no port that speaks TLS: nothing can be proven" for one in silent]
    first = next(number for number, step in enumerate(steps) if step.action != PROOF)
    risky = replace(steps[first], risk="; ".join(filter(None, [steps[first].risk, *told])))
    return (*steps[:first], risky, *steps[first + 1 :])


def _beside(targets: Sequence[Target]) -> Path:
    """The folder of what is served now, unless a package or an ACME client keeps house there."""
    for target in targets:
        for file in target.places[0].files:
            folder = Path(file).resolve().parent
            if folder.is_dir() and not any(folder.is_relative_to(house) for house in _HOUSES):
                return folder
    return FOLDER


def _fresh(parent: Path, one: Candidate) -> Path:
    """A folder that is not there yet."""
    name = re.sub(r"[^a-z0-9.-]", "", (one.names or ("certificate",))[0].lower().replace("*.", "wildcard."))
    stem = f"{name}-{time.strftime('%Y-%m-%d')}-{one.sha256[:8].lower()}"
    found = parent.absolute() / stem
    number = 1
    while found.exists():
        number += 1
        found = found.with_name(f"{stem}-{number}")
    return found
