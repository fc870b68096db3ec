"""How the world sees this machine's mail in the DNS: what is wrong, and the records to publish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mailtui.changes.plan import Receipt
from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.deliverability.asked import HINT, Asked, objection
from mailtui.screens.deliverability.commands import DELIVERABILITY
from mailtui.screens.deliverability.shown import FINDINGS, PAGES, RECORDS, Shown, key_of, record_lines
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.finding_lines import finding_lines
from mailtui.screens.listing import ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenNote, OpenRecords
from mailtui.screens.widgets import FilterBar, LineTable
from mailtui.screens.words import MUTED, READ_ONLY
from mailtui.services.checks.model import Report
from mailtui.services.dns.publishing.model import Wanted
from mailtui.text import clean

_NO_DOMAIN = "K asks for a domain."


class DeliverabilityScreen(ListScreen):
    """One domain of this machine at a time."""

    CSS_PATH = "../../styles/deliverability.tcss"
    AUTO_FOCUS = "#findings"
    HELP = (
        "MX, PTR, SPF, DKIM, DMARC, MTA-STS, TLS reporting, DANE, CAA, SRV and block lists, for one domain.\n"
        "enter tells evidence and advice; ] turns to the records to publish, each beside what is published.\n"
        "n goes to the next of the machine's domains; K asks for another, with outer addresses (ip A) behind NAT."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = DELIVERABILITY
    BINDINGS: ClassVar[list[BindingType]] = bindings(DELIVERABILITY)

    def __init__(self, target: OpenRecords | None = None) -> None:
        super().__init__()
        self._target = target
        self._domains: tuple[str, ...] = ()
        self._asked: Asked | None = None
        self._shown = Shown()
        self._trouble = ""

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Deliverability"

    def compose_view(self) -> Iterable[Widget]:
        """How it stands, and the list of either page."""
        yield Static(Content.styled("… reading the configuration", MUTED), id="summary")
        yield FilterBar()
        yield LineTable(FINDINGS, id="findings")
        yield LineTable(RECORDS, id="records")

    def on_mount(self) -> None:
        """Begin with the first domain of the machine."""
        self.query_one("#records", LineTable).display = False
        if self._target is not None:
            self._shown.page, self._shown.problems_only = "records", True
            self._turn()
        self._begin()

    @work(group=READING, exclusive=True)
    async def _begin(self) -> None:
        try:
            self._domains = await in_thread(self.console.services.deliverability.domains, "domains")
        except MailtuiError as error:
            self._trouble = clean(error.told)
        if self._target is not None:
            self._look(Asked(self._target.domain))
        elif self._domains:
            self._look(Asked(self._domains[0]))
        else:
            self._show()

    def _look(self, asked: Asked) -> None:
        """Show one domain."""
        if self._asked is None or asked.domain != self._asked.domain:
            self._shown.forget()
        self._asked = asked
        self.look()

    @work(group="look", exclusive=True)
    async def look(self) -> None:
        """Ask anew for what this page shows."""
        asked, service = self._asked, self.console.services.deliverability
        if asked is None:
            return
        self._trouble = ""
        self._say("… asking the DNS")
        ask: Callable[..., Report | tuple[Wanted, ...]] = (
            service.records if self._shown.page == "records" else service.check
        )
        try:
            found = await in_thread(partial(ask, asked.domain, servers=asked.servers, addresses=asked.addresses), "dns")
        except MailtuiError as error:
            self._trouble = clean(error.told)
        else:
            self._shown.keep(found)
        self._show()
        self._stand()

    @work(group="dialog", exclusive=True)
    async def action_ask(self) -> None:
        """Ask for a domain."""
        value = str(self._asked or "")
        words = await self.app.push_screen_wait(PromptDialog("Domain", value=value, hint=HINT, refuse=objection))
        if words is not None:
            self._shown.forget()
            self._look(Asked.read(words))

    def action_next_domain(self, by: int) -> None:
        """Another of the machine's own domains."""
        if self._asked is None or not self._domains:
            return
        here = self._domains.index(self._asked.domain) if self._asked.domain in self._domains else -by
        domain = self._domains[(here + by) % len(self._domains)]
        self._look(Asked(domain, self._asked.addresses, self._asked.resolvers))

    def action_turn(self) -> None:
        """The other page; what it shows is asked for when it is first seen."""
        self._shown.page = "records" if self._shown.page == "findings" else "findings"
        self._turn()
        self._show()
        if self._asked and not self._shown.is_known:
            self.look()

    def _turn(self) -> None:
        for page in PAGES:
            self.query_one(f"#{page}", LineTable).display = page == self._shown.page
        self._table.focus()

    def action_problems(self) -> None:
        """Leave out what is well, or show it."""
        self._shown.problems_only = not self._shown.problems_only
        self._show()

    def why_not(self, action: str) -> str:
        """Without a domain there is nothing to show."""
        if action in ("turn", "problems") and self._asked is None:
            return "Ask for a domain first: K."
        if action == "next_domain" and len(self._domains) < 2:
            return "This machine has no other domain that the world can see."
        if action == "mend" and self.console.services.settings.read_only:
            return READ_ONLY
        if action == "mend" and not (self._finding and self.console.services.mending.can(self._finding.fix)):
            return "No plan mends this by itself; enter says what to do."
        return ""

    def action_mend(self) -> None:
        """Show the plan of the finding, carry it out on a yes."""
        if self._finding is not None:
            self.propose(partial(self.console.services.mending.plan, self._finding.fix))

    def acted(self, receipt: Receipt) -> None:
        """Something was mended: see what is left."""
        self.look()

    @on(LineTable.Opened)
    def open_row(self) -> None:
        """Evidence and advice, or the whole record."""
        finding, record = self._finding, self._shown.record(self._table.cursor_key)
        if finding is not None:
            self.post_message(Open(OpenNote(clean(finding.subject), finding_lines([finding]))))
        elif record is not None:
            self.post_message(Open(OpenNote(f"{clean(record.name)} {record.type}", record_lines(record))))

    @property
    def _table(self) -> LineTable:
        return self.query_one(f"#{self._shown.page}", LineTable)

    @property
    def _finding(self) -> Finding | None:
        return self._shown.finding(self._table.cursor_key)

    def _show(self) -> None:
        for page in PAGES:
            table = self.query_one(f"#{page}", LineTable)
            table.say_when_empty(
                "✔ Nothing is wrong." if self._shown.is_known else "" if self._asked else "K asks for a domain."
            )
            table.update_rows(self._shown.rows(page))
        self._say()
        self.refresh_bindings()

    def _stand(self) -> None:
        """On the record that somebody came for, once."""
        if self._target is not None and self._shown.records:
            name, self._target = self._target.name, None
            key = next((key_of(one) for one in self._shown.records if one.name == name), "")
            self._table.stand_on(key)

    def _say(self, doing: str = "") -> None:
        if self._trouble:
            said = Content.styled(f"✖ {self._trouble}", "$text-error")
        elif self._asked is None:
            said = Content.styled("No domain of this machine is one that the world can see. K asks about any.", MUTED)
        else:
            said = self._shown.summary(self._asked.domain)
        told = Content("   ").join([said, Content.styled(doing, MUTED)]) if doing else said
        self.query_one("#summary", Static).update(told)

    def copyables(self) -> Sequence[Copyable]:
        """The finding or the record under the cursor."""
        return self._shown.copyables(self._table.cursor_key)

    def saveable(self) -> tuple[str, str]:
        """The marked rows of this page, or all that are shown."""
        return self._shown.saveable(self.line_table.saved_keys)
