"""Plans to mend mailboxes: for each damage the first rung of the ladder that can address it, and what that costs.

A rung is only taken where what it needs is there: an index of a dbox is moved aside only where its logs hold the whole
history, and replaced by the one before it only where the logs go on from that.
"""

from __future__ import annotations

import os
import secrets
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailtui.changes.plan import Plan, Step, Target
from mailtui.host.errors import HostError, UsageError
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.index.damage import CONTROL, INDEX, LIST, MAIL, STORAGE, Damage, Look
from mailtui.services.dovecot.repair.action import NAME
from mailtui.services.dovecot.repair.ladder import Rung, rung
from mailtui.services.dovecot.repair.order import Mend, Order
from mailtui.services.dovecot.repair.quarantine import MOVABLE
from mailtui.services.dovecot.stores.model import Mailbox, Store

ORDER = (
    "owner",
    "mode",
    "misplaced",
    "trim",
    "uidlist",
    "cache",
    "index",
    "backup",
    "indexes",
    "list",
    "probe",
    "resync",
)
"""In which rungs are taken; ``resync``, which opens the mailbox, comes when everything else is mended."""
_PREFIXES = {INDEX: "dovecot.index", STORAGE: "dovecot.map.index", LIST: "dovecot.list.index"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be done about one damage."""

    damage: Damage
    rung: Rung | None
    why_not: str = ""
    """Why nothing can, where ``rung`` is None."""


class RepairPlans:
    """Makes plans out of what the checker saw; reads, changes nothing."""

    def __init__(self, doveadm: Doveadm, config: DovecotConfig) -> None:
        self._doveadm = doveadm
        self._config = config

    def choices(self, look: Look) -> tuple[Choice, ...]:
        """For every damage of a mailbox the rung to be taken."""
        return tuple(_choice(look, damage) for damage in look.damages)

    def plan(self, *looks: Look) -> Plan:
        """Mend these mailboxes, one after the other, each proven.

        Raises UsageError where none of them is damaged, HostError where nothing but a backup can help.
        """
        damaged = [look for look in looks if look.damages]
        if not damaged:
            raise UsageError("nothing is wrong with it" if len(looks) == 1 else "nothing is wrong with any of them")
        steps = [step for step in map(self._step, damaged) if step is not None]
        if not steps:
            first = self.choices(damaged[0])[0]
            raise HostError(
                f"{first.damage.title}: {first.why_not}", unlock="restore it from a backup: nothing was touched"
            )
        name = Order.read(steps[0].arguments).label if len(steps) == 1 else f"{len(steps)} mailboxes"
        return Plan(f"Repair {name}", tuple(steps))

    def _step(self, look: Look) -> Step | None:
        chosen = [choice for choice in self.choices(look) if choice.rung is not None]
        if not chosen:
            return None
        rungs = {choice.rung.name: choice.rung for choice in chosen if choice.rung}
        order = Order(look.mailbox, _mends(look, chosen), self._config.get("lock_method") or "fcntl")
        moves = any(mend.rung not in ("probe", "owner", "mode", "resync") for mend in order.mends)
        left = [choice for choice in self.choices(look) if choice.rung is None]
        return Step(
            NAME,
            order.arguments(),
            f"{order.label}: {'; '.join(rungs[name].title for name in ORDER if name in rungs)}",
            self._commands(order),
            risk=_risk(look, [rungs[name] for name in ORDER if name in rungs], left),
            undo=f"the files come back out of {order.mends[0].quarantine}"
            if moves
            else "nothing is moved or lost by it",
            reversible=moves or rungs.keys() <= {"probe", "owner", "mode"},
            targets=(Target(order.label, {}, order.label),),
        )

    def _commands(self, order: Order) -> tuple[tuple[str, ...], ...]:
        store = order.mailbox.store
        commands: list[tuple[str, ...]] = []
        for mend in order.mends:
            paths = [f"{mend.folder}/{name}" for name in mend.names]
            match mend.rung:
                case "probe":
                    pass
                case "resync":
                    commands.append(self._doveadm.resync_command(store.user, order.mailbox.name))
                case "owner" | "mode":
                    commands += [("chown", f"{store.uid}:{store.gid}", *paths), ("chmod", "u+rw", *paths)]
                case "trim":
                    commands.append(("truncate", "-s", str(mend.trim_to), f"{mend.folder}/{mend.log}"))
                case "backup":
                    commands += [("mv", *paths, mend.quarantine), ("cp", f"{paths[0]}.backup", paths[0])]
                case "uidlist":
                    commands.append(("cp", *paths, mend.quarantine))
                case _:
                    commands.append(("mv", *paths, mend.quarantine))
        commands.append(self._doveadm.status_command(store.user, order.mailbox.name))
        return tuple(commands)


def _choice(look: Look, damage: Damage) -> Choice:
    """The first rung that can be taken."""
    why = "only a backup of the file helps"
    for name in damage.rungs:
        one = rung(name)
        reason = _why_not(look, damage, one)
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
    if mailbox_format != "maildir":
        if one.name == "index" and not (standing and standing.lossless):
            return "the log does not hold the whole history"
        if one.name == "backup" and not (standing and standing.backup):
            return "there is no dovecot.index.backup from which the log goes on"
    if one.name == "trim" and not (standing and 0 < standing.trim_to < standing.log_size):
        return "nothing readable stands before the damage"
    return ""


def _mends(look: Look, chosen: Sequence[Choice]) -> tuple[Mend, ...]:
    """One for each rung and folder, in the order of ``ORDER``."""
    groups: dict[tuple[str, str], list[Damage]] = {}
    for choice in chosen:
        if choice.rung is not None:
            groups.setdefault((choice.rung.name, choice.damage.place), []).append(choice.damage)
    base = quarantine_of(look.mailbox.store)
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
    ordered = sorted(groups.items(), key=lambda item: ORDER.index(item[0][0]))
    return tuple(
        _mend(look, rung_name, place, damages, base / f"{name}-{number}")
        for number, ((rung_name, place), damages) in enumerate(ordered, 1)
    )


def _mend(look: Look, rung_name: str, place: str, damages: Sequence[Damage], quarantine: Path) -> Mend:
    standing = look.standing.get(place)
    prefix = _PREFIXES.get(place, "dovecot.index")
    names = tuple(dict.fromkeys(damage.file for damage in damages))
    if rung_name in ("index", "backup"):
        names = (prefix,)
    elif rung_name in ("indexes", "list"):
        names = (prefix, f"{prefix}.log", f"{prefix}.log.2", f"{prefix}.cache")
    return Mend(
        rung_name,
        str(_folder(look.mailbox, place)),
        str(quarantine),
        names,
        tuple(dict.fromkeys(damage.kind for damage in damages)),
        f"{prefix}.log",
        standing.trim_to if standing else 0,
        standing.log_size if standing else 0,
    )


def _folder(mailbox: Mailbox, place: str) -> Path:
    return {
        INDEX: mailbox.index,
        CONTROL: mailbox.control,
        LIST: mailbox.store.index_root or mailbox.store.root,
        STORAGE: mailbox.store.root / "storage",
        MAIL: mailbox.mail,
    }[place]


def quarantine_of(store: Store) -> Path:
    """Where the files of a store are kept: beside the mail, where the mail user may write, so that no client sees it.

    Otherwise inside; there it is no mailbox, but for ``LAYOUT=fs``. Raises HostError where there is no such place.
    """
    root = store.index_root or store.root
    try:
        beside, inside = root.parent.stat(), root.stat()
    except OSError as error:
        raise HostError(f"{root}: {error.strerror}") from error
    if _may_write(beside, store) and beside.st_dev == inside.st_dev:
        return root.parent / f"{root.name}.mailtui-quarantine"
    if store.format == "maildir" and store.layout == "fs" and not store.index_root:
        raise HostError(f"user {store.uid} may not write {root.parent}, where the quarantine would be")
    return root / "mailtui-quarantine"


def _may_write(facts: os.stat_result, store: Store) -> bool:
    if facts.st_uid == store.uid:
        return bool(facts.st_mode & stat.S_IWUSR)
    return bool(facts.st_mode & (stat.S_IWGRP if facts.st_gid == store.gid else stat.S_IWOTH))


def _risk(look: Look, rungs: Sequence[Rung], left: Sequence[Choice]) -> str:
    """What the rungs cost this format, and what they cannot mend."""
    mailbox_format = look.mailbox.store.format
    costs = [f"{one.name}: {one.costs[mailbox_format]}; sessions {one.sessions}" for one in rungs]
    return "; ".join([*costs, *(f"not mended: {choice.damage.title} ({choice.why_not})" for choice in left)])
