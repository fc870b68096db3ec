"""The actions on queued mail, as ``mailtui.changes`` carries them out and undoes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mailtui.changes.plan import Action, Json, Note, Outcome, Step
from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.copies import Copies
from mailtui.services.postfix.queue.following import Followed, Following
from mailtui.services.postfix.queue.looking import require_root
from mailtui.services.postfix.queue.naming import noted_names, of_names
from mailtui.services.postfix.queue.postsuper import Postsuper
from mailtui.services.postfix.queue.verbs import EXPIRE, HOLD_THEM, RELEASE, REQUEUE, Verb


def actions(tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig, state: Path) -> dict[str, Action]:
    """All of them by name; nothing is read or run yet."""
    from mailtui.services.postfix.queue.deleting import Delete, DeleteForGood
    from mailtui.services.postfix.queue.delivering import Deliver, Flush
    from mailtui.services.postfix.queue.reloading import Reload
    from mailtui.services.postfix.queue.restructuring import Restructure
    from mailtui.services.postfix.queue.sessions import Kick

    postsuper, copies = Postsuper(tools, postfix), Copies(state)
    following = Following(postsuper, copies)
    everything: tuple[tuple[str, Action], ...] = (
        (HOLD_THEM.name, Moving(postsuper, following, HOLD_THEM, RELEASE)),
        (RELEASE.name, Moving(postsuper, following, RELEASE, HOLD_THEM)),
        (REQUEUE.name, Moving(postsuper, following, REQUEUE, None)),
        (EXPIRE.name, Moving(postsuper, following, EXPIRE, None)),
        (Deliver.name, Deliver(tools, postfix)),
        (Flush.name, Flush(tools, postfix)),
        (Delete.name, Delete(postsuper, following, copies)),
        (DeleteForGood.name, DeleteForGood(postsuper)),
        (Restructure.name, Restructure(postsuper)),
        (Reload.name, Reload(tools, postfix)),
        (Kick.name, Kick(tools, dovecot)),
    )
    return dict(everything)


class Moving:
    """Hold and release, each the other's undo; requeue and expire, which have none."""

    def __init__(self, postsuper: Postsuper, following: Following, verb: Verb, back: Verb | None) -> None:
        self._postsuper = postsuper
        self._following = following
        self._verb = verb
        self._back = back

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises PermissionDenied for everybody but root, and what ``Postsuper.run`` raises."""
        require_root(self._postsuper.postfix, self._verb.words)
        followed = self._following.now(step.targets, note)
        return followed.told(self._postsuper.run(self._verb, followed.targets, note))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Bring those back that were moved; where one has got there by itself, that is as good."""
        if self._back is None:
            raise UsageError(step.undo)
        require_root(self._postsuper.postfix, self._back.words)
        followed = self._following.now(of_names(step.targets, outcome.done), note)
        return followed.told(self._counting_there(self._postsuper.run(self._back, followed.targets, note), self._back))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Those noted that are where they were to be brought; the note came before, so that none is forgotten."""
        require_root(self._postsuper.postfix, self._verb.words)
        followed = Followed.noted(step.targets, notes)
        noted = of_names(followed.targets, noted_names(notes, "ids"))
        return followed.told(Outcome(*self._postsuper.reached(self._verb, noted)))

    @staticmethod
    def _counting_there(outcome: Outcome, verb: Verb) -> Outcome:
        there = [one.target for one in outcome.skipped if one.why == verb.already]
        skipped = tuple(one for one in outcome.skipped if one.target not in set(there))
        return Outcome((*outcome.done, *there), skipped, outcome.failed)
