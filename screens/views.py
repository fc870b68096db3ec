"""The views there are, and which of them shows what a row or a number leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.screen import Screen

from mailtui.screens.addresses import AddressesScreen, RulesScreen
from mailtui.screens.certificates import CertificateScreen, CertificatesScreen
from mailtui.screens.changes import ChangesScreen
from mailtui.screens.configuration import ConfigurationScreen, HowtoScreen
from mailtui.screens.deliverability import DeliverabilityScreen
from mailtui.screens.dialogs import NoteDialog
from mailtui.screens.findings import FindingsScreen
from mailtui.screens.incident import IncidentScreen
from mailtui.screens.incidents import IncidentsScreen
from mailtui.screens.listeners import ListenersScreen
from mailtui.screens.log import LogScreen
from mailtui.screens.mailboxes import FilesScreen, MailboxesScreen, UserScreen
from mailtui.screens.maps import EntriesScreen, MapsScreen, TextScreen
from mailtui.screens.message import MessageScreen
from mailtui.screens.overview import OverviewScreen
from mailtui.screens.ports import ConsoleServices
from mailtui.screens.probes import ProbesScreen, ResultScreen
from mailtui.screens.queue import QueuedScreen, QueueScreen, ShapeScreen
from mailtui.screens.targets import (
    OpenAddress,
    OpenCertificate,
    OpenChanges,
    OpenHowto,
    OpenIncident,
    OpenIncidents,
    OpenLog,
    OpenMailbox,
    OpenNote,
    OpenQueue,
    OpenQueued,
    OpenResult,
    OpenRules,
    OpenShape,
    OpenStory,
    OpenTable,
    OpenTableText,
    OpenUser,
)

VIEWS: Mapping[str, Callable[[ConsoleServices], Screen[Any]]] = {
    "overview": lambda _: OverviewScreen(),
    "incidents": lambda _: IncidentsScreen(),
    "log": lambda services: LogScreen(services),
    "queue": lambda _: QueueScreen(),
    "changes": lambda _: ChangesScreen(),
    "maps": lambda _: MapsScreen(),
    "mailboxes": lambda _: MailboxesScreen(),
    "certificates": lambda _: CertificatesScreen(),
    "ports": lambda _: ListenersScreen(),
    "addresses": lambda _: AddressesScreen(),
    "findings": lambda _: FindingsScreen(),
    "probes": lambda _: ProbesScreen(),
    "configuration": lambda _: ConfigurationScreen(),
    "deliverability": lambda _: DeliverabilityScreen(),
}
"""The first page of each view, by the name that its key is bound to (``app.view``)."""

TARGETS: Mapping[type, Callable[[Any, ConsoleServices], Screen[Any]]] = {
    OpenIncidents: lambda to, _: IncidentsScreen(to),
    OpenIncident: lambda to, services: IncidentScreen(to.incident_id, services.live.incident_events),
    OpenStory: lambda to, services: MessageScreen(to.name, services, to.story),
    OpenLog: lambda to, services: LogScreen(services, to),
    OpenChanges: lambda _to, _: ChangesScreen(),
    OpenQueue: lambda to, _: QueueScreen(to),
    OpenShape: lambda to, _: ShapeScreen(to),
    OpenQueued: lambda to, services: QueuedScreen(to.entry, services),
    OpenTable: lambda to, _: EntriesScreen(to.table, to.where),
    OpenHowto: lambda _to, _: HowtoScreen(),
    OpenTableText: lambda to, _: TextScreen(to.table, outside=to.outside),
    OpenAddress: lambda to, _: AddressesScreen(to),
    OpenRules: lambda to, _: RulesScreen(to.session),
    OpenUser: lambda to, _: UserScreen(to.user, to.mailbox),
    OpenCertificate: lambda to, _: CertificateScreen(to),
    OpenMailbox: lambda to, _: FilesScreen(to.look),
    OpenResult: lambda to, _: ResultScreen(to.result),
    OpenNote: lambda to, _: NoteDialog(to.title, to.lines),
}
"""What shows each kind of target."""
