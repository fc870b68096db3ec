"""One mend of an order: done as the mail user, put back, and known again by what it left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mailtui.host.as_user import as_user
from mailtui.host.errors import PermissionDenied
from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.index import messages
from mailtui.services.dovecot.index.uidlist_mended import mended
from mailtui.services.dovecot.repair import restoring, rungs, since
from mailtui.services.dovecot.repair.order import Mend, Order
from mailtui.services.dovecot.repair.owner import Rights, carry, give_back, rights_of, take_again
from mailtui.services.dovecot.repair.place import UIDLIST
from mailtui.services.dovecot.repair.since import Fingerprints

Done = dict[str, Any]
"""What was done, in JSON values: ``moved``, names in quarantine; ``carried``, those of folders that root had to move;
``inodes`` of all these; ``linked``, names that the quarantine has too; ``rights``, user, group and mode before."""


class Mending:
    """Does and undoes mends. Every method raises PermissionDenied or HostError."""

    def do(self, order: Order, mend: Mend, doveadm: Doveadm) -> Done:
        """Mend; on return it is done."""
        place, why = order.place(mend), order.why(mend)
        if mend.all_files:
            _as_user(order, partial(rungs.copied, place, why))
        match mend.rung:
            case "probe":
                return {}
            case "keep":
                return {"linked": _as_user(order, partial(rungs.linked, place, mend.names)) if mend.names else []}
            case "resync":
                doveadm.force_resync(order.mailbox.store.user, order.mailbox.name)
                return {}
            case "owner" | "mode":
                return {"rights": give_back(order.mailbox.store, Path(mend.folder), mend.names)}
            case "misplaced":
                return self._clear(order, mend)
            case "backup":
                return self._replace(order, mend)
            case "trim":
                work = partial(rungs.trim, place, mend.trim_to, mend.expected_size, why)
            case "uidlist":
                work = partial(rungs.rewrite_uidlist, place, partial(_mended, order.mailbox.mail), why)
            case _:
                work = partial(rungs.aside, place, mend.names, why)
        return _done(_as_user(order, work))

    def _clear(self, order: Order, mend: Mend) -> Done:
        """Move away what bears the names of files; a folder of root's only root can move."""
        moved: list[Mapping[str, Any]] = []
        carried: dict[str, int] = {}
        place = order.place(mend)
        for name in mend.names:
            try:
                moved += _as_user(order, partial(rungs.aside, place, (name,), order.why(mend)))
            except PermissionDenied:
                carried[name] = carry(order.mailbox.store, name, place.folder, place.quarantine)
        return _done(moved, carried)

    def _replace(self, order: Order, mend: Mend) -> Done:
        """Put the index before this one in its place, be that a folder of root's."""
        place = order.place(mend)
        work = partial(rungs.from_backup, place, order.why(mend))
        try:
            return _done(_as_user(order, work))
        except PermissionDenied:
            carried = {place.index: carry(order.mailbox.store, place.index, place.folder, place.quarantine)}
            return _done(_as_user(order, work), carried)

    def put_back(self, order: Order, mend: Mend, done: Mapping[str, Any], inodes: Mapping[str, int]) -> bool:
        """Undo a mend; whether there was anything to be undone.

        ``inodes`` are those that the moved files of its folder had before all mends.
        """
        place, names = order.place(mend), list(done.get("moved", ()))
        back: list[str] = []
        if names or mend.all_files:
            back = _as_user(order, partial(restoring.restore, place, names, inodes, all_files=mend.all_files))
        if done.get("linked"):
            back += _as_user(order, partial(restoring.linked_back, place, done["linked"]))
        there = _as_user(order, partial(restoring.in_quarantine, place.quarantine)) if done.get("carried") else ()
        for name in done.get("carried", ()):
            if name in there:  # else one that was killed has carried it back
                _as_user(order, partial(restoring.make_way, place, name))
                carry(order.mailbox.store, name, place.quarantine, place.folder)
            back.append(name)
        if done.get("rights"):
            take_again(order.mailbox.store, Path(mend.folder), done["rights"])
        return bool(back or done.get("rights"))

    def rights(self, order: Order, mend: Mend) -> dict[str, Rights]:
        """Who may do what with the files whose rights are to be mended; nothing for any other mend."""
        if mend.rung not in ("owner", "mode"):
            return {}
        return rights_of(order.mailbox.store, Path(mend.folder), mend.names)

    def found(self, order: Order, mend: Mend, before: Mapping[str, Sequence[int]] | None = None) -> Done:
        """After a crash: what lies in quarantine was moved, or will be missed by nobody when it is put back.

        ``before`` are the ``rights`` noted; those that are others now were mended.
        """
        if before:
            now = self.rights(order, mend)
            return {"moved": [], "rights": {name: was for name, was in before.items() if now.get(name) != (*was,)}}
        if mend.rung == "keep":
            there = _as_user(order, partial(restoring.in_quarantine, Path(mend.quarantine)))
            return {"moved": [], "linked": [name for name in there if name in mend.names]}
        moved = _as_user(order, partial(restoring.moved, order.place(mend)))
        mine = {name: inode for name, inode in moved.items() if name in (*mend.names, mend.log, UIDLIST)}
        return {"moved": list(mine), "inodes": mine}

    def fingerprints(self, order: Order, mend: Mend) -> Fingerprints:
        """Those of the files that must not have been written to since when the mend is undone."""
        names = _undone_as_a_whole(order, mend)
        return dict(_as_user(order, partial(since.fingerprints, order.place(mend), names))) if names else {}

    def fingerprints_since(self, order: Order, mend: Mend) -> Fingerprints | None:
        """The same after a crash; None where the files may have been written to since."""
        if mend.rung == "uidlist" or (
            mend.all_files and not _as_user(order, partial(since.is_as_before, order.place(mend)))
        ):
            return None
        return self.fingerprints(order, mend)

    def is_as_left(self, order: Order, mend: Mend, left: Fingerprints | None, inodes: Mapping[str, int]) -> bool:
        """Whether nobody but a killed undoing has written to those files; ``inodes`` as in ``put_back``."""
        names = _undone_as_a_whole(order, mend)
        places = [order.place(one) for one in order.mends if one.folder == mend.folder]
        work = partial(since.is_as_left, places, names, left or {}, inodes)
        return left is not None and (not names or bool(_as_user(order, work)))


def _undone_as_a_whole(order: Order, mend: Mend) -> tuple[str, ...]:
    """Files that are put back only where nobody wrote to any of them."""
    if mend.all_files:
        return order.place(mend).index_files
    return mend.names if mend.rung == "uidlist" else ()


def _done(kept: Sequence[Mapping[str, Any]], carried: Mapping[str, int] | None = None) -> Done:
    """What a rung tells of, and the folders that root moved, by their inodes."""
    moved = {one["name"]: one["inode"] for one in kept}
    return {"moved": list(moved), "carried": list(carried or ()), "inodes": {**moved, **(carried or {})}}


def _mended(mail: Path, uidlist: bytes) -> bytes:
    """The uidlist mended by the files there are now."""
    with opened_folder(mail) as folder:
        return mended(uidlist, messages.maildir(folder))


def _as_user(order: Order, work: Any) -> Any:
    return as_user(order.mailbox.store.uid, order.mailbox.store.gid, work)
