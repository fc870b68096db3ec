"""Mailboxes ruined by chance on a real Dovecot: what is lost is told, and a repair never makes it worse than Dovecot."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest

from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.users import MAIL_UID
from mailtui.services.dovecot import health
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.index.damage import MAIL, Look
from mailtui.services.dovecot.repair import action
from mailtui.services.dovecot.repair.proof import Certificate, asked_of_dovecot, compare
from tests.lab.golden import Golden, has_mbox, quiet
from tests.lab.workshop import Workshop
from tests.support.ruin import RUINS, Grounds

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FORMATS = ("maildir", "sdbox", "mdbox", "mbox")
SEEDS = range(4)
OTHER = "Other"
ACCESSES = 3
UNTOLD = {
    ("older", ""),  # it fits to everything else
    ("gone", "maildir"),  # a message that a client expunged
    ("flip", "mbox"),  # flags have no checksum; nor has what stands inside of a message
    ("block", "mbox"),
}
"""What nobody can see, in all formats or in one."""


class Lived:
    """A golden mailbox with another one beside it, and a copy of both from before its last changes."""

    def __init__(self, golden: Golden, older: Path) -> None:
        self.golden = golden
        self.older = older
        user = golden.mailbox.store.user
        self._doveadm(
            ("mailbox", "create", "-u", user, OTHER),
            ("copy", "-u", user, OTHER, "mailbox", "INBOX", "uid", "10:40"),
            ("flags", "add", "-u", user, "Elsewhere", "mailbox", OTHER, "all"),
        )
        quiet(golden.home)
        shutil.copytree(golden.home, older, symlinks=True)
        rewrite = ("-o", "mail_index_rewrite_max_log_bytes=1")
        self._doveadm(
            ("flags", "add", "-u", user, "Newer", "mailbox", "INBOX", "uid", "100:140"),
            (*rewrite, "flags", "add", "-u", user, r"\Flagged", "mailbox", "INBOX", "uid", "120:130"),
            ("copy", "-u", user, "INBOX", "mailbox", OTHER, "uid", "3:6"),
            ("flags", "add", "-u", user, r"\Seen", "mailbox", "INBOX", "uid", "140:160"),
        )
        golden.keep()

    def _doveadm(self, *commands: tuple[str, ...]) -> None:
        for words in commands:
            self.golden.lab.command("doveadm", *words)

    def ruined(self, kind: str, seed: int) -> str:
        """Put the golden copy back and ruin it; what was done, always the same."""
        self.golden.restore()
        chance = Random(f"{self.golden.mailbox.store.format} {kind} {seed}")
        return RUINS[kind](self._grounds(chance), chance)

    def _grounds(self, chance: Random) -> Grounds:
        root = self.golden.mailbox.store.root
        every = sorted(path for path in (root, *root.rglob("*")) if OTHER not in str(path))
        files = [path for path in every if path.is_file()]
        known = [path for path in files if path.name.startswith("dovecot") or path == self.golden.mailbox.mail]
        mails = [path for path in files if path.name.partition(".")[0].isdigit() or path.name[:2] in ("u.", "m.")]
        others: Mapping[Path, Path] = {
            mine: other for mine in known for other in root.rglob(mine.name) if OTHER in str(other)
        }
        if root / "inbox" in known:
            others = {**others, root / "inbox": root / OTHER}
        return Grounds(
            self.golden.home,
            self.older,
            [*known, *chance.sample(mails, min(2, len(mails)))],
            [path for path in every if path.is_dir()],
            others,
            MAIL_UID,
        )

    def seen(self) -> Certificate | None:
        """What Dovecot shows once it has healed what it can; None where it fails."""
        for _ in range(ACCESSES):
            try:
                return asked_of_dovecot(self.golden.doveadm, self.golden.mailbox.store.user, "INBOX")
            except MailtuiError:
                continue
            finally:
                quiet(self.golden.home)
        return None


@pytest.fixture(scope="module")
def lives(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Lived]]:
    """Made when they are first asked for."""
    has_mbox(lab, new_names=DovecotConfig(LocalTools(), lab.dovecot_config).new_names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(action, "AGAIN_AFTER", 0.0)
        yield {}


def told(found: Look) -> bool:
    """Whether somebody who looks is told of anything."""
    store = found.mailbox.store
    return bool(found.damages or found.problem or health.of_mailbox(found.mailbox) or health.of_store(store))


def is_worse(golden: Certificate, alone: Certificate | None, mended: Certificate | None) -> bool:
    """Whether a repair left less of the golden mailbox than Dovecot does by itself."""
    if alone is None or mended is None:
        return mended is None and alone is not None
    left, best = ({row.what: row.after for row in compare(golden, one)} for one in (mended, alone))
    counts = left.keys() - {"UIDVALIDITY", "UIDNEXT"}
    less = any(int(left[what]) < int(best[what]) for what in counts)
    return less or (mended.uidvalidity != golden.uidvalidity == alone.uidvalidity)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", RUINS)
@pytest.mark.parametrize("mailbox_format", FORMATS)
def test_ruin(
    lab: Lab,
    lives: dict[str, Lived],
    tmp_path_factory: pytest.TempPathFactory,
    mailbox_format: str,
    kind: str,
    seed: int,
) -> None:
    if mailbox_format not in lives:
        spare = tmp_path_factory.mktemp("lived")
        lives[mailbox_format] = Lived(Golden(lab, mailbox_format, spare), spare / "older")
    lived = lives[mailbox_format]
    golden = lived.golden.certificate
    done = lived.ruined(kind, seed)
    if not done:
        pytest.skip("this format has nothing like that")
    workshop = Workshop(lived.golden, tmp_path_factory.mktemp("state"))
    found = look(workshop.mailbox)
    if found.damages and not found.problem:
        try:
            receipt = workshop.repair()
        except HostError as refused:
            assert "nothing was touched" in str(refused.unlock), done
        else:
            assert [missed.why for missed in receipt.failed] == [], done
            mended = lived.seen()
            assert not look(workshop.mailbox).damages, done
            if not any(one.place == MAIL for one in found.damages):  # there what is destroyed is proven by the repair
                lived.ruined(kind, seed)
                assert not is_worse(golden, lived.seen(), mended), (done, found.damages)
            return
    seen, noticed = lived.seen(), told(found)
    lost = seen is None or any(row.lost for row in compare(golden, seen))
    assert noticed or not lost or {(kind, ""), (kind, mailbox_format)} & UNTOLD, done
