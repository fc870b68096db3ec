"""Steps of plans for queued mail: postsuper's verbs with their commands, risks and ways back in words."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.changes.plan import Step, Target
from mailtui.host.collector import collector_resting
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.copies import KEPT, LARGEST, TOTAL
from mailtui.services.postfix.queue.deleting import Delete, DeleteForGood
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.verbs import DELETE_HELD, HOLD_THEM, RELEASE, Verb
from mailtui.text import human_size

Entries = Sequence[QueueEntry]
_DAYS = int(KEPT / 86_400)


def hold_step(postfix: PostfixConfig, entries: Entries) -> Step:
    """Nobody tries them until they are released."""
    return step_of(
        postfix,
        HOLD_THEM,
        entries,
        "nobody tries to deliver them until they are released",
        risk="what is being delivered this moment may still arrive",
        undo="those that this puts on hold are released",
        back=RELEASE,
    )


def delete_step(postfix: PostfixConfig, entries: Entries) -> Step:
    """With a copy of each, from which it comes back."""
    steps = (HOLD_THEM, DELETE_HELD)
    return Step(
        Delete.name,
        {},
        f"held, copied ({human_size(sum(entry.message_size for entry in entries))}), looked at again, deleted",
        tuple(verb.argv(postfix) for verb in steps),
        undo=f"copies are kept for {_DAYS} days and put back as they were; short queue IDs become new ones",
        targets=targets_of(entries),
        undo_commands=(RELEASE.argv(postfix),),
    )


def delete_for_good_step(postfix: PostfixConfig, entries: Entries) -> Step:
    """For what is too large for a copy."""
    steps = (HOLD_THEM, DELETE_HELD)
    limits = f"a message of {human_size(LARGEST)}, all copies of {human_size(TOTAL)}"
    return Step(
        DeleteForGood.name,
        {},
        "held, looked at again, deleted without a copy",
        tuple(verb.argv(postfix) for verb in steps),
        risk=f"too large for a copy (at most {limits})",
        undo="no copy is kept",
        reversible=False,
        targets=targets_of(entries),
    )


def step_of(
    postfix: PostfixConfig,
    verb: Verb,
    entries: Entries,
    why: str,
    *,
    undo: str,
    risk: str = "",
    back: Verb | None = None,
) -> Step:
    """What postsuper does to all of them; ``back`` is what it does to undo that, None where nothing can."""
    return Step(
        verb.name,
        {},
        why,
        verb.commands(postfix),
        risk=risk,
        undo=undo,
        reversible=back is not None,
        targets=targets_of(entries),
        undo_commands=(back.argv(postfix),) if back else (),
    )


def targets_of(entries: Entries) -> tuple[Target, ...]:
    """The messages as a plan is bound to them."""
    with collector_resting():
        return tuple([entry.target() for entry in entries])
