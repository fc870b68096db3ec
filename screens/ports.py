"""What the screens ask of the services: as little as they call, so that a test can play it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mailtui.changes.history import Change
    from mailtui.changes.plan import Plan, Receipt
    from mailtui.changes.running import Progress, Stop
    from mailtui.host.tools import Tools
    from mailtui.maillog.model import Event, Incident, Recipient, Story
    from mailtui.screens.addresses.port import ResolverPort, RestrictionsPort
    from mailtui.screens.certificates.port import AuditPort, DeployPort, ListenersPort, RenewalPort, ServingPort
    from mailtui.screens.configuration.port import ConfigurationPort
    from mailtui.screens.deliverability.port import DeliverabilityPort
    from mailtui.screens.findings.port import AttentionPort, ChecksPort, MendingPort
    from mailtui.screens.identity import Identity
    from mailtui.screens.listeners.port import VisitorsPort
    from mailtui.screens.mailboxes.port import MailboxesPort
    from mailtui.screens.maps.port import MapPlansPort, MapsPort
    from mailtui.screens.probes.port import AuthResultsPort, PeoplePort, ProbesPort
    from mailtui.screens.queue.port import QueuePlansPort, QueuePort
    from mailtui.services.checks.model import Report
    from mailtui.services.debugging.deadlines import Temporary
    from mailtui.services.explain import Explanation
    from mailtui.services.live.model import LiveSnapshot
    from mailtui.services.logs.source import LogSource
    from mailtui.services.postfix.queue.model import QueueListing
    from mailtui.services.pulse_model import PulseSnapshot


class LivePort(Protocol):
    """The log as it is being written."""

    def start(self) -> None:
        """Begin to read; returns at once."""

    def stop(self) -> None:
        """End reading."""

    def stand_aside(self) -> None:
        """Let the screen answer a key before more is read."""

    def snapshot(self) -> LiveSnapshot:
        """What is known now."""

    def story(self, name: str) -> Story | None:
        """The message with this story key or queue ID, as far as it is in memory."""

    def incident_events(self, incident_id: str) -> Sequence[Event]:
        """The latest lines of one incident, oldest first."""


class PulsePort(Protocol):
    """Services, queue, disk, load, certificates, resolver."""

    def read(self) -> PulseSnapshot:
        """Look at the machine; may take seconds."""


class SourcesPort(Protocol):
    """The logs of the machine."""

    def discover(self) -> Sequence[LogSource]:
        """All that are known of, those included that cannot be read; may run tools."""


class TracePort(Protocol):
    """Messages out of the whole log."""

    def trace(self, query: str, files: Sequence[Path] | None = None) -> list[Story]:
        """The messages of a queue ID, message-id or address, oldest first."""


class ExplainPort(Protocol):
    """A failure in the words of this machine's configuration."""

    def cause(self, recipient: Recipient, story: Story) -> Explanation:
        """The cause, naming the table or parameter; may run tools."""


class ChangesPort(Protocol):
    """What is changed, and was; all of it may wait for the disk or run tools."""

    @property
    def why_not(self) -> str:
        """Why nothing may be changed; ``""`` when it may."""

    def apply(self, plan: Plan, *, progress: Progress | None = None, stop: Stop | None = None) -> Receipt:
        """Carry a plan out."""

    def undo(self, change_id: str, *, progress: Progress | None = None, stop: Stop | None = None) -> Receipt:
        """Undo what stands of a change."""

    def undo_plan(self, change_id: str) -> Plan:
        """What undoing it would do."""

    def recover(self, change_id: str, *, progress: Progress | None = None) -> Receipt:
        """End an interrupted change."""

    def latest(self, most: int) -> Sequence[Change]:
        """The newest so many."""

    def change(self, change_id: str) -> Change:
        """One, with all that is known of it."""


class ToolsPort(Protocol):
    """Programs of the machine."""

    def run(self, argv: Sequence[str], *, stdin: bytes = b"") -> object:
        """Run one, or raise of the error family."""


class SettingsPort(Protocol):
    """The settings that concern the console."""

    @property
    def check(self) -> bool:
        """Whether to look for everything that is wrong unasked."""

    @property
    def read_only(self) -> bool:
        """Whether actions that change anything are switched off."""

    @property
    def keymap(self) -> Mapping[str, str]:
        """Keys by command id, where the operator wants others."""

    @property
    def theme(self) -> str:
        """Name of a theme; ``""`` chooses by terminal."""


class DeadlinesPort(Protocol):
    """Changes for a time only."""

    def look(self) -> Temporary:
        """Put back what is over, and say what still stands."""


class EvidencePort(Protocol):
    """What is known of a failure, for a ticket."""

    def of(self, stories: Sequence[Story], incident: Incident | None = None) -> str:
        """All of it as one text without names of people; may run tools, for seconds."""


class ConsoleServices(Protocol):
    """Everything the console needs from outside."""

    @property
    def settings(self) -> SettingsPort:
        """The operator's settings."""

    @property
    def tools(self) -> Tools:
        """Programs of the machine."""

    @property
    def sources(self) -> SourcesPort:
        """Where logs are."""

    @property
    def live(self) -> LivePort:
        """The log."""

    @property
    def pulse(self) -> PulsePort:
        """The machine."""

    @property
    def trace(self) -> TracePort:
        """The history."""

    @property
    def explain(self) -> ExplainPort:
        """The causes."""

    @property
    def queue(self) -> QueuePort:
        """The queue."""

    @property
    def changes(self) -> ChangesPort:
        """What is changed, and was."""

    @property
    def queue_plans(self) -> QueuePlansPort:
        """What can be done to it."""

    @property
    def maps(self) -> MapsPort:
        """The lookup tables."""

    @property
    def map_plans(self) -> MapPlansPort:
        """What can be done to them."""

    @property
    def mailboxes(self) -> MailboxesPort:
        """Dovecot's mailboxes."""

    @property
    def serving(self) -> ServingPort:
        """Certificates on disk beside what ports show."""

    @property
    def renewal(self) -> RenewalPort:
        """Certificates that renew themselves."""

    @property
    def deploy(self) -> DeployPort:
        """Giving a certificate to the servers."""

    @property
    def listeners(self) -> ListenersPort:
        """The ports."""

    @property
    def visitors(self) -> VisitorsPort:
        """Who came by which port."""

    @property
    def tls_audit(self) -> AuditPort:
        """Whether TLS is set as it should be."""

    @property
    def resolver(self) -> ResolverPort:
        """Where mail for an address goes."""

    @property
    def restrictions(self) -> RestrictionsPort:
        """What smtpd lets in."""

    @property
    def checks_apart(self) -> ChecksPort:
        """Every check there is, in a process of their own."""

    @property
    def attention(self) -> AttentionPort:
        """Findings that the operator has taken note of."""

    @property
    def configuration(self) -> ConfigurationPort:
        """Parameters of Postfix and Dovecot."""

    @property
    def deliverability(self) -> DeliverabilityPort:
        """How the world sees it in the DNS."""

    @property
    def deadlines(self) -> DeadlinesPort:
        """What is changed for a time only."""

    @property
    def evidence(self) -> EvidencePort:
        """What is known of a failure, for a ticket."""

    @property
    def probes(self) -> ProbesPort:
        """Live tests."""

    @property
    def auth_results(self) -> AuthResultsPort:
        """What the checks of messages said."""

    @property
    def people(self) -> PeoplePort:
        """Users, in every place where they should be."""

    @property
    def mending(self) -> MendingPort:
        """From a finding to its plan."""


class ConsoleState(Protocol):
    """What the App knows and every view may show; the reactives among it can be watched."""

    identity: Identity
    live: LiveSnapshot | None
    pulse: PulseSnapshot | None
    pulse_error: str
    queue: QueueListing | None
    queue_error: str
    queue_thorough: bool
    """Whether a view asks the queue for what only the log's files know."""
    history: Sequence[Change] | None
    """Every change, newest first, as of the last look."""
    history_error: str
    report: Report | None
    """What the last run of all checks found."""
    temporary: tuple[Change, ...]
    """Changes that stand for a time only, the one that ends first before the others."""
    paused: bool
    live_age: int
    """Seconds since the log was last read; 0 while that is done as often as it should."""

    @property
    def services(self) -> ConsoleServices:
        """What to ask for more."""

    def look_at_queue(self) -> None:
        """Read the queue now."""

    async def check(self) -> Report:
        """Run every check, or wait for the run that is under way."""

    def check_unasked(self) -> object:
        """Run them in the background, for whom it may concern."""

    async def carry_out(self, make: Callable[[], Plan]) -> Receipt | None:
        """Make a plan, show it and do it if the operator agrees; None if nothing was done."""

    async def undo_change(self, change: Change) -> Receipt | None:
        """Show what undoing a change would do or, where it was interrupted, ending it; do it on a yes."""
