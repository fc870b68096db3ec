"""Which mailbox a delivery agent writes to, or why it cannot: virtual(8), lmtp(8) to Dovecot, pipe(8), error(8).

Which agent a transport is, its entry in master.cf says (master(5)).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from mailtui.services.postfix.addresses.aliases import LocalDelivery
from mailtui.services.postfix.addresses.local_state import Outcome
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.addresses.model import Final
from mailtui.services.postfix.addresses.people import People
from mailtui.services.postfix.addresses.routing import Route, Router
from mailtui.services.postfix.config import MasterService, PostfixConfig

_NOT_DELIVERED = {"error": "bounced", "retry": "tried again later"}


class Delivery:
    """The delivery agents of one Postfix. A table that cannot be asked raises TableError."""

    def __init__(self, postfix: PostfixConfig, lookups: Lookups, router: Router, people: People) -> None:
        self._postfix = postfix
        self._lookups = lookups
        self._router = router
        self._people = people

    def deliver(self, route: Route, came_by: Iterable[str] = ()) -> Iterator[Outcome]:
        """What becomes of an address with this route; ``came_by``: whom it was delivered to on its way here."""
        if not route.valid:
            yield Final(route.address, route.transport, route.nexthop, problem="bad address syntax")
        elif route.refusal:
            status, text = route.refusal
            yield Final(route.address, route.transport, route.nexthop, problem=f"{status} {text}")
        else:
            yield from self._by(route.transport, route.nexthop, route.address, came_by)

    def _by(self, transport: str, nexthop: str, address: str, came_by: Iterable[str]) -> Iterator[Outcome]:
        """What a transport makes of an address."""
        agent = self._agents.get(transport)
        final = Final(address, transport, nexthop)
        if agent is None:
            yield replace(final, problem=f"master.cf has no service {transport}: mail waits")
            return
        match program := agent.command.split()[0]:
            case "local":
                for outcome in self._local(agent).deliver(address, transport, nexthop, came_by):
                    yield from self._passed_on(outcome, transport, came_by)
            case "virtual":
                yield self._virtual(agent, final)
            case "error" | "retry":
                yield replace(final, problem=f"{_NOT_DELIVERED[program]}: {nexthop}")
            case "discard":
                yield replace(final, problem="discarded: nobody gets it, nobody is told")
            case "pipe":
                yield self._people.of_command(final, agent.command)
            case "lmtp":
                yield self._people.of_socket(final, nexthop)
            case _:
                yield final

    @cached_property
    def _agents(self) -> Mapping[str, MasterService]:
        return {one.name: one for one in self._postfix.services if one.type == "unix"}

    def _passed_on(self, outcome: Outcome, transport: str, came_by: Iterable[str]) -> Iterator[Outcome]:
        """What local(8) hands to another transport is that one's to deliver."""
        if isinstance(outcome, Final) and outcome.transport != transport:
            yield from self._by(outcome.transport, outcome.nexthop, outcome.address, came_by)
        else:
            yield outcome

    def _local(self, agent: MasterService) -> LocalDelivery:
        settings = self._postfix.of_service(agent)
        return LocalDelivery(settings, self._lookups.within(settings), self._router)

    def _virtual(self, agent: MasterService, final: Final) -> Final:
        """The mailbox of virtual(8): ``virtual_mailbox_base`` and what virtual_mailbox_maps says."""
        settings = self._postfix.of_service(agent)
        lookups = self._lookups.within(settings, folding=False)
        keys = self._router.keys(final.address.lower())
        hit = lookups.find("virtual_mailbox_maps", keys)
        if hit is None:
            return replace(final, problem=f'unknown user: "{final.address.lower()}"')
        mailbox = f"{settings.get('virtual_mailbox_base')}/{hit.value}"
        missing = [name for name in ("virtual_uid_maps", "virtual_gid_maps") if lookups.find(name, keys) is None]
        problem = f"{' and '.join(missing)} have no entry: mail waits" if missing else ""
        if "/../" in mailbox:
            problem = "the mailbox's path goes upwards: mail waits"
        return replace(final, mailbox=mailbox, problem=problem)
