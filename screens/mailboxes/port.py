"""What the screens of mailboxes ask of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailtui.changes.plan import Plan
    from mailtui.findings import Finding
    from mailtui.services.dovecot.index.damage import Look
    from mailtui.services.dovecot.index.inspecting import Section
    from mailtui.services.dovecot.mailboxes import Care, UserMail
    from mailtui.services.dovecot.stores.model import Mailbox


class MailboxesPort(Protocol):
    """Dovecot's mailboxes, looked at without Dovecot."""

    def users(self) -> Sequence[str]:
        """Every user that Dovecot can list."""

    def of_user(self, user: str) -> UserMail:
        """Look at all mailboxes of one user."""

    def check(
        self, users: Sequence[str], progress: Callable[[int, int], None], stop: Callable[[], bool]
    ) -> Sequence[UserMail]:
        """Look at all mailboxes of these users."""

    def inspect(self, mailbox: Mailbox) -> tuple[Look, Sequence[Section]]:
        """A look at one, and what stands in its files."""

    def findings(self, look: Look) -> Sequence[Finding]:
        """What is wrong with it."""

    def repair(self, looks: Sequence[Look]) -> Plan:
        """Mend these."""

    def ladder(self, look: Look) -> Sequence[str]:
        """What would be done about each damage, and what else could be."""

    def cares(self, look: Look) -> Sequence[Care]:
        """What can be done for one that is not broken."""

    def care(self, name: str, look: Look) -> Plan:
        """Do that."""
