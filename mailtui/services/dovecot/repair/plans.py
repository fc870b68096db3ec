"""Plans to mend mailboxes: for each damage the first rung of the ladder that can address it, and what that costs."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mailtui.changes.plan import Plan, Step, Target
from mailtui.host.errors import HostError, UsageError
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.index.damage import INDEX, MAIL, STORAGE, Damage, Look
from mailtui.services.dovecot.repair.action import NAME
from mailtui.services.dovecot.repair.choosing import PREFIXES, Choice, choose
from mailtui.services.dovecot.repair.keeping import kept_before_resync
from mailtui.services.dovecot.repair.ladder import Rung
from mailtui.services.dovecot.repair.order import Mend, Order
from mailtui.services.dovecot.repair.place import LOG
from mailtui.services.dovecot.repair.places import folder_of, quarantine_of, root_of
from mailtui.services.dovecot.repair.preconditions import require
from mailtui.services.dovecot.stores.model import Mailbox
from mailtui.text import clean

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
    "keep",
    "resync",
)
"""In which rungs are taken; ``resync``, which opens the mailbox, comes when everything else is mended."""
_HARMLESS = ("cache", "owner", "mode", "resync")
"""Rungs before which no index of a dbox is copied: they leave it as it is, or ``keep`` has copied it."""
_IN_THE_WAY = ("misplaced", "index.indexid")
"""Damage of which something must go before ``resync``: the folder or link, the log of another index."""


class RepairPlans:
    """Makes plans out of what the checker saw; reads, changes nothing."""

    def __init__(self, doveadm: Doveadm, config: DovecotConfig) -> None:
        self._doveadm = doveadm
        self._config = config

    def choices(self, look: Look) -> tuple[Choice, ...]:
        """For every damage of a mailbox the rung to be taken."""
        return tuple(choose(look, damage, new_names=self._config.new_names) for damage in look.damages)

    def plan(self, *looks: Look) -> Plan:
        """Mend these mailboxes, one after the other, each proven.

        Raises UsageError where none of them is damaged, HostError where nothing but a backup can help.
        """
        damaged = [look for look in looks if look.damages]
        unseen = next((look for look in looks if look.problem), None)
        if unseen is not None:
            raise HostError(f"{clean(unseen.mailbox.name)}: {unseen.problem}", unlock="nothing was touched")
        if not damaged:
            raise UsageError("nothing is wrong with it" if len(looks) == 1 else "nothing is wrong with any of them")
        steps = [step for step in map(self._step, damaged) if step is not None]
        if not steps:
            choices = self.choices(damaged[0])
            worst = min(choices, key=lambda choice: (not _is_fatal(choice), choice.damage.severity == "notice"))
            helps = "" if worst.damage.severity == "notice" else "restore it from a backup: "
            raise HostError(f"{worst.damage.title}: {worst.why_not}", unlock=f"{helps}nothing was touched")
        name = Order.read(steps[0].arguments).label if len(steps) == 1 else f"{len(steps)} mailboxes"
        left = len(damaged) - len(steps)
        return Plan(f"Repair {name}" + (f", not {left} that only a backup helps" if left else ""), tuple(steps))

    def _step(self, look: Look) -> Step | None:
        choices = self.choices(look)
        chosen = [choice for choice in choices if choice.rung is not None]
        if not chosen or any(map(_is_fatal, choices)):
            return None
        rungs = {choice.rung.name: choice.rung for choice in chosen if choice.rung}
        order = Order(look.mailbox, _mends(look, chosen), self._config.get("lock_method") or "fcntl")
        for mend in order.mends:
            require(look.mailbox.store, Path(mend.folder))
        undoable = any(mend.all_files or mend.rung not in ("probe", "resync") for mend in order.mends)
        left = [choice for choice in choices if choice.rung is None]
        return Step(
            NAME,
            order.arguments(),
            f"{order.label}: {'; '.join(rungs[name].title for name in ORDER if name in rungs)}",
            self._commands(order),
            risk=_risk(look, [rungs[name] for name in ORDER if name in rungs], left),
            undo=f"the files come back out of {Path(order.mends[0].quarantine).parent}"
            if undoable
            else "nothing is moved or lost by it",
            reversible=undoable,
            targets=(Target(order.label, {}, order.label),),
        )

    def _commands(self, order: Order) -> tuple[tuple[str, ...], ...]:
        store = order.mailbox.store
        doveadm = self._doveadm.reaching(store)
        commands: list[tuple[str, ...]] = []
        for mend in order.mends:
            paths = [f"{mend.folder}/{name}" for name in mend.names]
            match mend.rung:
                case "probe":
                    pass
                case "resync":
                    commands.append(doveadm.resync_command(store.user, order.mailbox.name))
                case "owner" | "mode":
                    commands += [("chown", f"{store.uid}:{store.gid}", *paths), ("chmod", "u+rw", *paths)]
                case "trim":
                    commands.append(("truncate", "-s", str(mend.trim_to), f"{mend.folder}/{mend.log}"))
                case "keep":
                    files = [f"{mend.folder}/{name}" for name in order.place(mend).index_files]
                    commands.append(("ln", *paths, mend.quarantine) if paths else ("cp", *files, mend.quarantine))
                case "backup":
                    commands += [("ln", *paths, mend.quarantine), ("cp", f"{paths[0]}.backup", paths[0])]
                case "uidlist":
                    commands.append(("cp", *paths, mend.quarantine))
                case _:
                    commands.append(("mv", *paths, mend.quarantine))
        commands.append(doveadm.status_command(store.user, order.mailbox.name))
        return tuple(commands)


def _is_fatal(choice: Choice) -> bool:
    """Whether the next access destroys something that no rung saves: then a repair, which ends in one, must not be."""
    return choice.rung is None and choice.damage.loss == "next access"


def _mends(look: Look, chosen: Sequence[Choice]) -> tuple[Mend, ...]:
    """One for each rung and folder, in the order of ``ORDER``."""
    groups: dict[tuple[str, str], list[Damage]] = {}
    for choice in chosen:
        if choice.rung is not None:
            groups.setdefault((choice.rung.name, choice.damage.place), []).append(choice.damage)
        if choice.damage.kind in _IN_THE_WAY and choice.rung is not None and choice.rung.name == "resync":
            groups.setdefault(("misplaced", choice.damage.place), []).append(choice.damage)
    ordered = sorted(groups.items(), key=lambda item: ORDER.index(item[0][0]))
    mends = [_mend(look, rung_name, place, damages) for (rung_name, place), damages in ordered]
    resynced = [name for mend in mends if mend.rung == "resync" for name in mend.names]
    first = next((at for at, mend in enumerate(mends) if mend.rung == "resync"), len(mends))
    mends[first:first] = _keeps(look.mailbox, resynced) if resynced else ()
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
    return tuple(replace(mend, quarantine=f"{mend.quarantine}/{name}-{number}") for number, mend in enumerate(mends, 1))


def _keeps(mailbox: Mailbox, damaged: Sequence[str]) -> Iterator[Mend]:
    """What is kept before a resync of these files."""
    store = mailbox.store
    for keep in kept_before_resync(mailbox, damaged):
        root = store.alt if store.alt is not None and store.alt in keep.folder.parents else root_of(store, keep.place)
        where, kept = str(keep.folder), str(quarantine_of(store, root))
        yield Mend("keep", where, kept, keep.names, (), keep.log or LOG, all_files=bool(keep.log))


def _mend(look: Look, rung_name: str, place: str, damages: Sequence[Damage]) -> Mend:
    """One of them; the quarantine is the folder of all quarantines there."""
    standing = look.standing.get(place)
    once = look.mailbox.store.format != "maildir"
    prefix = PREFIXES.get(place, "dovecot.index")
    foreign = {"index.indexid": f"{prefix}.log"} if rung_name == "misplaced" else {}
    names = tuple(dict.fromkeys(foreign.get(damage.kind, damage.file) for damage in damages))
    if rung_name in ("index", "backup"):
        # A cache of the index that goes would be one of another index then.
        other = any(damage.kind == "index.indexid" for damage in damages) and rung_name == "index"
        names = (prefix, f"{prefix}.cache") if other else (prefix,)
    elif rung_name in ("indexes", "list"):
        names = (prefix, f"{prefix}.log", f"{prefix}.log.2", f"{prefix}.cache")
    return Mend(
        rung_name,
        str(folder_of(look.mailbox, place)),
        str(quarantine_of(look.mailbox.store, root_of(look.mailbox.store, place))),
        names,
        tuple(dict.fromkeys(damage.kind for damage in damages)),
        f"{prefix}.log",
        standing.trim_to if standing else 0,
        standing.log_size if standing else 0,
        once and place in (INDEX, STORAGE, MAIL) and rung_name not in _HARMLESS,
    )


def _risk(look: Look, rungs: Sequence[Rung], left: Sequence[Choice]) -> str:
    """What the rungs cost this format, and what they cannot mend."""
    mailbox_format = look.mailbox.store.format
    costs = [f"costs {one.costs[mailbox_format]}; sessions {one.sessions}" for one in rungs]
    if len(rungs) > 1:
        costs = [f"{one.title}: {cost}" for one, cost in zip(rungs, costs, strict=True)]
    return "; ".join([*costs, *(f"not mended: {choice.damage.title} ({choice.why_not})" for choice in left)])
