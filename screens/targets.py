"""Where a number or a row leads when the operator opens it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtui.filters.tree import quote

if TYPE_CHECKING:
    from mailtui.maillog.model import LineRef, Story
    from mailtui.services.authresults.model import Reading
    from mailtui.services.dovecot.index.damage import Look
    from mailtui.services.people.model import Report
    from mailtui.services.postfix.maps.used import Table
    from mailtui.services.postfix.queue.model import QueueEntry
    from mailtui.services.postfix.restrictions.judging.session import Session
    from mailtui.services.probes.model import Probe
    from mailtui.services.tls.inventory import Held
    from mailtui.services.tls.serving import Survey

MOST_NAMED = 50
"""Queue IDs that a filter names."""


@dataclass(frozen=True, slots=True)
class OpenLog:
    """The log, filtered to what was counted or standing at one line."""

    where: str = ""
    """An expression of the filter language."""
    at: LineRef | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class OpenIncidents:
    """The list of incidents, filtered."""

    where: str = ""
    problems_only: bool = True


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """One incident."""

    incident_id: str


@dataclass(frozen=True, slots=True)
class OpenStory:
    """One message, by queue ID, message-id or address; or as it has been found already."""

    name: str
    story: Story | None = None


@dataclass(frozen=True, slots=True)
class OpenNote:
    """A few lines that say what is known and what to do next."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQueue:
    """The list of the queue, filtered."""

    where: str = ""
    tab: str = "all"
    """One of Postfix's queues, or ``all``."""

    @classmethod
    def of(cls, queue_ids: Sequence[str]) -> OpenQueue:
        """The list, only these messages; at most so many of them as a filter can be read with."""
        return cls(" or ".join(f"queue_id={quote(queue_id)}" for queue_id in queue_ids[:MOST_NAMED]))


@dataclass(frozen=True, slots=True)
class OpenShape:
    """The counts of what such a list shows."""

    where: str = ""
    tab: str = "all"


@dataclass(frozen=True, slots=True)
class OpenQueued:
    """One message in the queue."""

    entry: QueueEntry


@dataclass(frozen=True, slots=True)
class OpenTable:
    """The entries of a lookup table, filtered."""

    table: Table
    where: str = ""


@dataclass(frozen=True, slots=True)
class OpenAddress:
    """Where mail for an address goes."""

    address: str
    sender: str = ""
    client: str = ""
    """IP address; ``""`` judges only what holds for every client."""


@dataclass(frozen=True, slots=True)
class OpenRules:
    """What smtpd lets in."""

    session: Session | None = None
    """A client to be tried on it."""


@dataclass(frozen=True, slots=True)
class OpenHowto:
    """A page that takes a how-to."""


@dataclass(frozen=True, slots=True)
class OpenTableText:
    """The text of a lookup table, to edit."""

    table: Table
    outside: bool = False
    """In the operator's own editor first."""


@dataclass(frozen=True, slots=True)
class OpenUser:
    """The mailboxes of one of Dovecot's users."""

    user: str
    mailbox: str = ""
    """The one to stand on."""


@dataclass(frozen=True, slots=True)
class OpenMailbox:
    """The files of one mailbox."""

    look: Look


@dataclass(frozen=True, slots=True)
class OpenCertificate:
    """One certificate in use, as of a look at files and ports."""

    held: Held
    survey: Survey


@dataclass(frozen=True, slots=True)
class OpenResult:
    """What came of a probe, of a look at a user, or at the checks of a message."""

    result: Probe | Report | Reading


@dataclass(frozen=True, slots=True)
class OpenFindings:
    """Everything that is wrong."""

    finding_id: str = ""
    """The one to stand on."""


@dataclass(frozen=True, slots=True)
class OpenRecords:
    """The DNS records that a domain should have and has not."""

    domain: str
    name: str = ""
    """The one to stand on."""


@dataclass(frozen=True, slots=True)
class OpenChanges:
    """What was changed."""


Target = (
    OpenLog
    | OpenChanges
    | OpenFindings
    | OpenRecords
    | OpenIncidents
    | OpenIncident
    | OpenStory
    | OpenNote
    | OpenQueue
    | OpenShape
    | OpenQueued
    | OpenTable
    | OpenHowto
    | OpenTableText
    | OpenAddress
    | OpenRules
    | OpenUser
    | OpenMailbox
    | OpenResult
    | OpenCertificate
)
