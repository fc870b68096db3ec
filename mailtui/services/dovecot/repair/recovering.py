"""What a repair that was killed had done and had not: by its notes in the journal and by what is on the disk now."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mailtui.changes.plan import Json, Missed, Outcome
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.index.damage import kinds
from mailtui.services.dovecot.repair.ladder import rung
from mailtui.services.dovecot.repair.mending import Done, Mending
from mailtui.services.dovecot.repair.order import Mend, Order
from mailtui.text import clean


def recovered(mending: Mending, order: Order, notes: Sequence[Mapping[str, Any]]) -> Outcome:
    """What was done is told, and can be undone as far as that does no harm. Raises PermissionDenied, HostError."""
    noted = [note for note in notes if "mend" in note]
    begun = order.mends[: len(noted)]
    mended = [mending.found(order, mend, note.get("rights")) for mend, note in zip(begun, noted, strict=True)]
    as_left = [mending.fingerprints_since(order, mend) for mend in begun]
    resynced = any(mend.rung == "resync" for mend in begun) and not all(
        left is not None for mend, left in zip(begun, as_left, strict=True) if mend.all_files
    )
    as_left += [mending.fingerprints(order, mend) for mend in order.mends[len(begun) :]]
    memory: dict[str, Json] = {"mended": mended, "as_left": as_left}
    told = "; ".join(_told(order, list(zip(begun, mended, strict=True)), resynced=resynced))
    if resynced or any(map(_anything, mended)):
        return Outcome(
            done=(order.label,),
            failed=(Missed(order.label, f"stopped before it was proven: {told}"),),
            memory=memory,
        )
    return Outcome(skipped=(Missed(order.label, f"stopped before anything was changed: {told}"),), memory=memory)


def _anything(done: Done) -> bool:
    return bool(done.get("moved") or done.get("rights"))


def _told(order: Order, begun: Sequence[tuple[Mend, Done]], *, resynced: bool) -> Iterator[str]:
    """In the order of an operator's questions: what was done, what was not, how it stands, how to go on."""
    for mend, done in begun:
        if mend.rung == "resync":
            yield "doveadm force-resync was begun" + ("" if resynced else " and had changed nothing so far")
            continue
        names = [*done.get("moved", ()), *(done.get("rights") or ())]
        if names:
            yield f"{rung(mend.rung).title}: done for {clean(', '.join(names))}"
        missed = [name for name in mend.names if name not in names] if "rights" in done else []
        if missed:
            yield f"not done for {clean(', '.join(missed))}"
    rest = [mend.rung for mend in order.mends[len(begun) :] if mend.rung != "keep"]
    if rest:
        yield f"not begun: {', '.join(rung(name).title for name in rest)}"
    if resynced:
        kept = [mend.quarantine for mend, _ in begun if mend.all_files]
        yield f"copies from before it are in {clean(', '.join(kept))}"
    yield _standing(order)
    yield f"go on with: mailtui mailbox repair {clean(shlex.join((order.mailbox.store.user, order.mailbox.name)))}"


def _standing(order: Order) -> str:
    """How the mailbox is now, without Dovecot."""
    found = look(order.mailbox)
    if found.problem:
        return f"it cannot be looked at now: {found.problem}"
    left = [kinds()[one.kind].title.format(file=one.file) for one in found.damages if one.kind in order.kinds]
    return f"still damaged: {', '.join(dict.fromkeys(left))}" if left else "the damage is gone"
