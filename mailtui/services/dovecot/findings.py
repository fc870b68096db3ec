"""The damage of mailboxes as findings, in the words every check uses."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.dovecot.index.damage import Damage, Look
from mailtui.services.dovecot.stores.model import Store
from mailtui.text import clean

_LOSSES = {
    "next access": "The next access destroys something: repair it before anybody opens the mailbox.",
    "happened": "What is lost comes back from a backup only.",
}


def findings(look: Look) -> Iterator[Finding]:
    """What is wrong with one mailbox; also that it could not be looked at."""
    if not (look.problem or look.damages):
        return
    store, name = look.mailbox.store, look.mailbox.name
    subject = clean(f"{store.user or store.root} {name}")
    if look.problem:
        yield Finding(
            f"mailboxes.unreadable:{subject}",
            "warning",
            "mailboxes",
            subject,
            "could not be looked at",
            (look.problem,),
        )
    for damage in look.damages:
        fix = ("mailtui", "mailbox", "repair", store.user, name) if damage.rungs and store.user else ()
        yield _finding(damage, subject, store, fix)


def _finding(damage: Damage, subject: str, store: Store, fix: tuple[str, ...]) -> Finding:
    advice = " ".join(filter(None, (damage.meaning, _LOSSES.get(damage.loss, ""))))
    evidence = (
        f"{damage.file}, byte {damage.offset}: {damage.evidence}"
        if damage.offset
        else f"{damage.file}: {damage.evidence}"
    )
    return Finding(
        f"mailboxes.{damage.kind}:{subject}",
        damage.severity,
        "mailboxes",
        subject,
        damage.title,
        (f"{store.format}, {evidence}",),
        advice,
        fix,
    )
