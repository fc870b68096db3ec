"""A mailbox of a lab that is damaged, repaired through the services, and compared with its golden copy."""

from __future__ import annotations

from pathlib import Path

from mailtui.changes.backups import Backups
from mailtui.changes.changes import Changes
from mailtui.changes.plan import Plan, Receipt
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.repair import action
from mailtui.services.dovecot.repair.plans import RepairPlans
from mailtui.services.dovecot.repair.proof import asked_of_dovecot, compare
from tests.lab.golden import Golden
from tests.support.damage import HARMS, Harm


class Goldens:
    """The golden mailboxes of one lab, made when they are first asked for."""

    def __init__(self, lab: Lab, spare: Path) -> None:
        self.lab = lab
        self._spare = spare
        self._made: dict[tuple[str, bool], Golden] = {}

    def restored(self, mailbox_format: str, *, aged: bool = False) -> Golden:
        key = mailbox_format, aged
        if key not in self._made:
            self._made[key] = Golden(self.lab, mailbox_format, self._spare, aged=aged)
        self._made[key].restore()
        return self._made[key]


class Workshop:
    """Damages, repairs and compares one mailbox."""

    def __init__(self, golden: Golden, state: Path, config_file: Path | None = None) -> None:
        self.golden = golden
        self.mailbox = golden.mailbox
        config = DovecotConfig(LocalTools(), config_file or golden.lab.dovecot_config)
        doveadm = Doveadm(LocalTools(), config)
        self.new = config.new_names
        self.plans = RepairPlans(doveadm, config)
        self.changes = Changes(state, {action.NAME: action.Repair(doveadm, Backups(state))})

    def path(self, harm: Harm) -> Path:
        folders = {
            "index": self.mailbox.index,
            "control": self.mailbox.control,
            "list": self.mailbox.store.root,
            "storage": self.mailbox.store.root / "storage",
            "mail": self.mailbox.mail,
        }
        return folders[harm.place] / harm.file

    def damage(self, name: str) -> None:
        harm = self._harm(name)
        harm.do(self.path(harm))

    def _harm(self, name: str) -> Harm:
        return next(one for one in HARMS if one.name == name and self.mailbox.store.format in one.formats)

    def plan(self) -> Plan:
        return self.plans.plan(look(self.mailbox))

    def repair(self) -> Receipt:
        return self.changes.apply(self.plan())

    def lost(self) -> set[str]:
        """What Dovecot shows less of than before the damage."""
        now = asked_of_dovecot(self.golden.doveadm, self.mailbox.store.user, self.mailbox.name)
        return {row.what for row in compare(self.golden.certificate, now) if row.lost}

    def of_dovecot(self, name: str) -> dict[str, object]:
        """Content and rights of the index of a dbox; of a Maildir, where Dovecot may write, of the damaged file.

        Of a file whose rights were wrong the rights alone: Dovecot may write it as soon as it can, and does where its
        log is older than five minutes.
        """
        harm = self._harm(name)
        path = self.path(harm)
        whole = ("dovecot.index", "dovecot.index.log", "dovecot.index.log.2", "dovecot.index.backup")
        names = {path.name, *(whole if self.mailbox.store.format != "maildir" else ())}
        there = [path.parent / one for one in sorted(names) if (path.parent / one).exists()]
        shown = (lambda _path: "") if harm.kind in ("owner", "mode") else _content
        return {one.name: (shown(one), one.lstat().st_uid, one.lstat().st_mode) for one in there}

    def tree(self) -> dict[str, bytes | str]:
        """Every file of the mail, by its path."""
        root = self.mailbox.store.root
        return {str(path.relative_to(root)): _content(path) for path in sorted(root.rglob("*"))}


def _content(path: Path) -> bytes | str:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else f"{path.lstat().st_mode:o}"
