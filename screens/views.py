"""The views there are, and which of them shows what a row or a number leads to.

What is not needed for the first paint is imported when it is first opened, or by ``warm`` in the meantime: the console
must open in a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from textual.screen import Screen

from mailtui.screens.dialogs import NoteDialog
from mailtui.screens.incident import IncidentScreen
from mailtui.screens.incidents import IncidentsScreen
from mailtui.screens.message import MessageScreen
from mailtui.screens.overview import OverviewScreen
from mailtui.screens.targets import (
    OpenAddress,
    OpenCertificate,
    OpenChanges,
    OpenFindings,
    OpenHowto,
    OpenIncident,
    OpenIncidents,
    OpenLog,
    OpenMailbox,
    OpenNote,
    OpenQueue,
    OpenQueued,
    OpenRecords,
    OpenResult,
    OpenRules,
    OpenShape,
    OpenStory,
    OpenTable,
    OpenTableText,
    OpenUser,
)

if TYPE_CHECKING:
    from mailtui.screens.ports import ConsoleServices

_LATER = (
    "addresses",
    "certificates",
    "changes",
    "configuration",
    "deliverability",
    "findings",
    "listeners",
    "log",
    "mailboxes",
    "maps",
    "probes",
    "queue",
)


def _made(place: str, *arguments: object, **named: object) -> Screen[Any]:
    """The screen ``module:Class`` below mailtui.screens, with its arguments."""
    module, _, name = place.partition(":")
    return cast("Screen[Any]", getattr(import_module(f"mailtui.screens.{module}"), name)(*arguments, **named))


def warm() -> None:
    """Import what has not been opened yet."""
    for module in _LATER:
        import_module(f"mailtui.screens.{module}")


VIEWS: Mapping[str, Callable[[ConsoleServices], Screen[Any]]] = {
    "overview": lambda _: OverviewScreen(),
    "incidents": lambda _: IncidentsScreen(),
    "log": lambda services: _made("log:LogScreen", services),
    "queue": lambda _: _made("queue:QueueScreen"),
    "changes": lambda _: _made("changes:ChangesScreen"),
    "maps": lambda _: _made("maps:MapsScreen"),
    "mailboxes": lambda _: _made("mailboxes:MailboxesScreen"),
    "certificates": lambda _: _made("certificates:CertificatesScreen"),
    "ports": lambda _: _made("listeners:ListenersScreen"),
    "addresses": lambda _: _made("addresses:AddressesScreen"),
    "findings": lambda _: _made("findings:FindingsScreen"),
    "probes": lambda _: _made("probes:ProbesScreen"),
    "configuration": lambda _: _made("configuration:ConfigurationScreen"),
    "deliverability": lambda _: _made("deliverability:DeliverabilityScreen"),
}
"""The first page of each view, by the name that its key is bound to (``app.view``)."""

TARGETS: Mapping[type, Callable[[Any, ConsoleServices], Screen[Any]]] = {
    OpenIncidents: lambda to, _: IncidentsScreen(to),
    OpenIncident: lambda to, services: IncidentScreen(to.incident_id, services.live.incident_events),
    OpenStory: lambda to, services: MessageScreen(to.name, services, to.story),
    OpenLog: lambda to, services: _made("log:LogScreen", services, to),
    OpenChanges: lambda _to, _: _made("changes:ChangesScreen"),
    OpenFindings: lambda to, _: _made("findings:FindingsScreen", to.finding_id),
    OpenRecords: lambda to, _: _made("deliverability:DeliverabilityScreen", to),
    OpenQueue: lambda to, _: _made("queue:QueueScreen", to),
    OpenShape: lambda to, _: _made("queue:ShapeScreen", to),
    OpenQueued: lambda to, services: _made("queue:QueuedScreen", to.entry, services),
    OpenTable: lambda to, _: _made("maps:EntriesScreen", to.table, to.where),
    OpenHowto: lambda _to, _: _made("configuration:HowtoScreen"),
    OpenTableText: lambda to, _: _made("maps:TextScreen", to.table, outside=to.outside),
    OpenAddress: lambda to, _: _made("addresses:AddressesScreen", to),
    OpenRules: lambda to, _: _made("addresses:RulesScreen", to.session),
    OpenUser: lambda to, _: _made("mailboxes:UserScreen", to.user, to.mailbox),
    OpenCertificate: lambda to, _: _made("certificates:CertificateScreen", to),
    OpenMailbox: lambda to, _: _made("mailboxes:FilesScreen", to.look),
    OpenResult: lambda to, _: _made("probes:ResultScreen", to.result),
    OpenNote: lambda to, _: NoteDialog(to.title, to.lines),
}
"""What shows each kind of target."""
