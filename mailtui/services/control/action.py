"""The action ``service-control``: a service is started, reloaded, restarted or enabled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailtui.changes.plan import Json, Missed, Note, Outcome, Step
from mailtui.host.errors import MailtuiError
from mailtui.services.control.deed import Deeds
from mailtui.services.control.verbs import VERBS, Verb
from mailtui.text import clean

NAME = "service-control"
_RISKS: Mapping[Verb, str] = {
    "start": "",
    "reload": "",
    "restart": "what is under way is cut off: sessions of users, mail that is being taken; servers try again",
    "enable": "",
}


class ServiceControl:
    """See ``mailtui.changes.plan.Action``."""

    def __init__(self, deeds: Deeds) -> None:
        self._deeds = deeds

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises the error family where the test fails: then nothing was done."""
        name, verb = _what(step)
        self._deeds.test(name, verb)
        note({"service": name, "verb": verb})
        return self._done(name, verb)

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """A service that was started, reloaded or restarted stays as it is."""
        return Outcome(done=outcome.done)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Whether it runs now tells what became of it; only one that is down is helped up."""
        name, verb = _what(step)
        if self._deeds.state(name) == "down":
            return self._done(name, "start")
        return Outcome(done=(f"{verb} {name}",))

    def _done(self, name: str, verb: Verb) -> Outcome:
        try:
            self._deeds.carry_out(name, verb)
        except MailtuiError as error:
            return Outcome(failed=(Missed(name, clean(error.told)),))
        return Outcome(done=(f"{verb} {name}",))


def control_step(deeds: Deeds, name: str, verb: Verb, why: str = "") -> Step:
    """Do that with a service. Raises UsageError where there is none of the name, or it cannot do that."""
    commands = deeds.verbs.commands(name, verb)
    return Step(
        NAME,
        {"service": name, "verb": verb},
        why or f"{verb} {name}, then see that it lives and listens",
        (*commands.tests, *commands.deeds),
        risk=_RISKS[verb],
        undo=f"it cannot be undone: {name} goes on as it is",
        reversible=False,
    )


def _what(step: Step) -> tuple[str, Verb]:
    verb = next(one for one in VERBS if one == step.arguments["verb"])
    return str(step.arguments["service"]), verb
