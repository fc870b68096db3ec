"""Mailboxes with a fixed story to tell: anna's Sent has a damaged index, bob's name is hostile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailtui.changes.plan import Plan, Step
from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.services.dovecot.findings import findings
from mailtui.services.dovecot.index.damage import INDEX, Look, damage
from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.inspecting import Row, Section
from mailtui.services.dovecot.mailboxes import Care, UserMail
from mailtui.services.dovecot.repair.choosing import choose
from mailtui.services.dovecot.repair.telling import ladder_lines
from mailtui.services.dovecot.stores.model import Mailbox, Store

ANNA, EVIL = "anna@shop.example", "[red]bob\x1b[31m\u202e@shop.example"
_ROOT = Path("/var/vmail/shop.example/anna/sdbox")
STORE = Store(ANNA, 5000, 5000, _ROOT.parent, "sdbox", _ROOT, layout="fs", separator="/")
MODSEQ = Flaw("index.modseq", "modseq log_offset 42956 > log_file_head_offset 41956", 160)


def look_at(name: str, *flaws: Flaw) -> Look:
    folder = _ROOT / "mailboxes" / name / "dbox-Mails"
    mailbox = Mailbox(STORE, name, folder, folder, folder)
    damages = tuple(damage(flaw, "dovecot.index", INDEX, STORE.format) for flaw in flaws)
    return Look(mailbox, damages, 1795228100, 151, 149, 12)


@dataclass
class FakeMailboxes:
    looks: tuple[Look, ...] = (
        look_at("INBOX"),
        look_at("Sent", Flaw("index.version", "major version 0, not 7"), MODSEQ),
    )
    error: MailtuiError | None = None
    checked: list[tuple[str, ...]] = field(default_factory=list)
    repaired: list[tuple[str, ...]] = field(default_factory=list)

    def users(self) -> Sequence[str]:
        if self.error:
            raise self.error
        return (ANNA, EVIL, "carol@shop.example")

    def of_user(self, user: str) -> UserMail:
        return UserMail(user, "sdbox", self.looks)

    def check(
        self, users: Sequence[str], progress: Callable[[int, int], None], stop: Callable[[], bool]
    ) -> Sequence[UserMail]:
        self.checked.append(tuple(users))
        progress(1, len(users))
        found = {ANNA: UserMail(ANNA, "sdbox", self.looks), EVIL: UserMail(EVIL, problem="no mail \x1b[1myet")}
        return [found.get(user, UserMail(user, "maildir", self.looks[:1])) for user in users]

    def inspect(self, mailbox: Mailbox) -> tuple[Look, Sequence[Section]]:
        header = (
            Row("major_version", "0", "of the format; 7 since Dovecot 1.0", 0),
            Row("uid_validity", "4711", "", 24),
        )
        look = next(one for one in self.looks if one.mailbox.name == mailbox.name)
        return look, (Section("dovecot.index: header", header), Section("Messages", (), "There are none."))

    def findings(self, look: Look) -> Sequence[Finding]:
        return tuple(findings(look))

    def ladder(self, look: Look) -> Sequence[str]:
        return tuple(ladder_lines(look.mailbox.store.format, [choose(look, one) for one in look.damages]))

    def cares(self, look: Look) -> Sequence[Care]:
        return (Care("kick", "end her sessions"), Care("recalc", "count the quota"))

    def care(self, name: str, look: Look) -> Plan:
        self.repaired.append((name, look.mailbox.name))
        return Plan(name, (Step("mailbox-care", {}, "as asked", (("doveadm", name),)),))

    def repair(self, looks: Sequence[Look]) -> Plan:
        self.repaired.append(tuple(look.mailbox.name for look in looks))
        return Plan("Repair", (Step("mailbox-repair", {}, "as asked", (("mv", "dovecot.index", "quarantine"),)),))
