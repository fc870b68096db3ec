"""Which rung of the ladder is taken for a damage: the first that can address it and whose ground is there.

An index of a dbox is moved aside only where its logs hold the whole history, and replaced by the one before it only
where the logs go on from that.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from mailtui.services.dovecot.index.damage import INDEX, LIST, STORAGE, Damage, Look, Standing
from mailtui.services.dovecot.repair.ladder import Rung, rung
from mailtui.services.dovecot.repair.quarantine import MOVABLE

PREFIXES = {INDEX: "dovecot.index", STORAGE: "dovecot.map.index", LIST: "dovecot.list.index"}
"""What the index is called, by its folder."""
_LEFT = {"dbox.empty": ("sdbox", "mdbox"), "dbox.header": ("sdbox",), "dbox.message": ("sdbox",)}
"""What a resync of Dovecot 2.4 leaves as it is, by kind of damage, in these formats; 2.3 forgets the message."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be done about one damage."""

    damage: Damage
    rung: Rung | None
    why_not: str = ""
    """Why nothing can, where ``rung`` is None."""


def choose(look: Look, damage: Damage, *, new_names: bool = False) -> Choice:
    """The first rung that can be taken; ``new_names`` is Dovecot 2.4 or later."""
    why = "nothing need be done about it" if damage.severity == "notice" else "only a backup of the file helps"
    for name in damage.rungs:
        one = rung(name)
        reason = _why_not(look, damage, one)
        if new_names and look.mailbox.store.format in _LEFT.get(damage.kind, ()):
            reason = "force-resync of Dovecot 2.4 leaves such a message as it is"
        if not reason:
            return Choice(damage, one)
        why = reason
    return Choice(damage, None, why)


def _why_not(look: Look, damage: Damage, one: Rung) -> str:
    """Why a rung cannot be taken here; ``""`` where it can."""
    mailbox_format = look.mailbox.store.format
    standing = look.standing.get(damage.place)
    if not one.suits(mailbox_format):
        return f"{one.title} is never done to {mailbox_format}"
    if one.name == "misplaced" and not MOVABLE.fullmatch(damage.file):
        return f"{damage.file} is never moved"
    if one.name == "owner" and os.geteuid() != 0:
        return "only root can give files back: sudo mailtui"
    if damage.place == LIST:
        return "with LAYOUT=index Dovecot would have to guess the mailboxes' names" if _only_there(look, one) else ""
    if mailbox_format != "maildir":
        return _why_not_dbox(damage, one, standing or Standing())
    return ""


def _only_there(look: Look, one: Rung) -> bool:
    return look.mailbox.store.layout == "index" and one.name in ("list", "misplaced")


def _why_not_dbox(damage: Damage, one: Rung, standing: Standing) -> str:
    """The same for what is only there once: the index of a dbox."""
    prefix = PREFIXES.get(damage.place)
    moves_index = one.name == "index" or (one.name == "misplaced" and damage.file == prefix)
    if moves_index and not standing.lossless:
        return "the log does not hold the whole history"
    if one.name == "misplaced" and damage.file == f"{prefix}.log":
        return "without its log Dovecot throws the index away"
    replaces = damage.kind != "misplaced" or damage.file == prefix
    if one.name == "backup" and not (standing.backup and replaces):
        return "there is no dovecot.index.backup from which the log goes on"
    if one.name == "trim" and not 0 < standing.trim_to < standing.log_size:
        return "nothing readable stands before the damage"
    return ""
