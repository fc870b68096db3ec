"""All services of one machine, each made when it is first asked for: a command pays only for what it uses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.tools import LocalTools

if TYPE_CHECKING:
    from mailtui.changes.changes import Changes
    from mailtui.host.tools import Tools
    from mailtui.services.authresults.service import AuthResults
    from mailtui.services.checks.apart import ChecksApart
    from mailtui.services.checks.attention import Attention
    from mailtui.services.checks.service import Checks
    from mailtui.services.configuration.listing import Listing
    from mailtui.services.configuration.plans import ConfigPlans
    from mailtui.services.configuration.service import Configuration
    from mailtui.services.control.service import Control
    from mailtui.services.debugging.deadlines import Deadlines
    from mailtui.services.debugging.switches import DebugPlans
    from mailtui.services.dns.service import Deliverability
    from mailtui.services.dovecot.config import DovecotConfig
    from mailtui.services.dovecot.mailboxes import Mailboxes
    from mailtui.services.evidence.service import Evidence
    from mailtui.services.explain import Explainer
    from mailtui.services.live.log import LiveLog
    from mailtui.services.logs import LogSources
    from mailtui.services.mending import Mending
    from mailtui.services.people.service import People
    from mailtui.services.postfix.addresses.resolver import Resolver
    from mailtui.services.postfix.config import PostfixConfig
    from mailtui.services.postfix.maps.converting import Conversion
    from mailtui.services.postfix.maps.plans import MapPlans
    from mailtui.services.postfix.maps.service import Maps
    from mailtui.services.postfix.queue.plans import QueuePlans
    from mailtui.services.postfix.queue.service import Queue
    from mailtui.services.postfix.restrictions.service import Restrictions
    from mailtui.services.probes.service import Probes
    from mailtui.services.pulse import Pulse
    from mailtui.services.tls.audit import Audit
    from mailtui.services.tls.deploy.service import Deploy
    from mailtui.services.tls.listeners import Listeners
    from mailtui.services.tls.renewal.service import Renewal
    from mailtui.services.tls.serving import Serving
    from mailtui.services.tls.visitors import Visitors
    from mailtui.services.trace import TraceService
    from mailtui.settings import Settings


class Services:
    """The services of the Postfix and Dovecot that ``settings`` name; making one runs nothing yet."""

    def __init__(self, settings: Settings, tools: Tools | None = None) -> None:
        self.settings = settings
        self.tools: Tools = tools or LocalTools()

    @cached_property
    def postfix(self) -> PostfixConfig:
        """Postfix's configuration."""
        from mailtui.services.postfix.config import PostfixConfig

        return PostfixConfig(self.tools, self.settings.postfix_config)

    @cached_property
    def dovecot(self) -> DovecotConfig:
        """Dovecot's configuration."""
        from mailtui.services.dovecot.config import DovecotConfig

        return DovecotConfig(self.tools, self.settings.dovecot_config)

    @cached_property
    def sources(self) -> LogSources:
        """Where the logs are."""
        from mailtui.services.logs import LogSources

        return LogSources(self.tools, self.settings, self.postfix, self.dovecot)

    @cached_property
    def live(self) -> LiveLog:
        """The log as it is being written."""
        from mailtui.services.live.log import LiveLog

        return LiveLog(self.sources.discover, self.tools)

    @cached_property
    def pulse(self) -> Pulse:
        """The machine."""
        from mailtui.services.pulse import Pulse

        return Pulse(self.tools, self.postfix, self.dovecot)

    @cached_property
    def trace(self) -> TraceService:
        """The history of messages."""
        from mailtui.services.trace import TraceService

        return TraceService(self.tools, lambda: log_files(self.sources))

    @cached_property
    def explain(self) -> Explainer:
        """Why a recipient did not get a message."""
        from mailtui.services.explain import Explainer

        return Explainer(self.postfix, self.dovecot, self.tools)

    @cached_property
    def queue(self) -> Queue:
        """The queue."""
        from mailtui.services.postfix.queue.service import Queue

        return Queue(self.tools, self.postfix, self.live.story, lambda since: log_files(self.sources, since))

    @cached_property
    def queue_plans(self) -> QueuePlans:
        """What can be done to it."""
        from mailtui.services.postfix.queue.plans import QueuePlans

        return QueuePlans(self.tools, self.postfix, self.dovecot, self.settings.state)

    @cached_property
    def changes(self) -> Changes:
        """What is changed, and was."""
        from mailtui.services.changing import build_changes

        return build_changes(self.settings, self.tools, self.postfix, self.dovecot)

    @cached_property
    def maps(self) -> Maps:
        """The lookup tables."""
        from mailtui.services.postfix.maps.service import Maps

        return Maps(self.tools, self.postfix)

    @cached_property
    def map_plans(self) -> MapPlans:
        """What can be done to them."""
        from mailtui.services.postfix.maps.plans import MapPlans

        return MapPlans(self.maps, self.postfix)

    @cached_property
    def conversion(self) -> Conversion:
        """Other types for tables."""
        from mailtui.services.postfix.maps.converting import Conversion

        return Conversion(self.tools, self.postfix, self.map_plans, self.config_plans)

    @cached_property
    def restrictions(self) -> Restrictions:
        """What smtpd lets in."""
        from mailtui.services.postfix.restrictions.service import Restrictions

        return Restrictions(self.tools, self.postfix, self.sources)

    @cached_property
    def resolver(self) -> Resolver:
        """Where mail for an address goes."""
        from mailtui.services.postfix.addresses.resolver import Resolver

        return Resolver(self.tools, self.postfix, self.dovecot)

    @cached_property
    def probes(self) -> Probes:
        """Live tests."""
        from mailtui.services.probes.service import Probes

        return Probes(self.tools, self.postfix, self.dovecot, self.sources, self.settings.state)

    @cached_property
    def auth_results(self) -> AuthResults:
        """What the checks of messages said."""
        from mailtui.services.authresults.service import AuthResults

        return AuthResults(self.tools, self.postfix, self.dovecot, self.queue)

    @cached_property
    def people(self) -> People:
        """Users, in every place where they should be."""
        from mailtui.services.people.service import People

        return People(self.tools, self.postfix, self.dovecot)

    @cached_property
    def mailboxes(self) -> Mailboxes:
        """Dovecot's users and mailboxes."""
        from mailtui.services.dovecot.mailboxes import Mailboxes

        return Mailboxes(self.tools, self.dovecot, self.settings.state)

    @cached_property
    def checks(self) -> Checks:
        """Every check there is."""
        from mailtui.services.checks.service import Checks

        return Checks(
            self.tools,
            self.postfix,
            self.dovecot,
            self.sources,
            self.changes,
            self.deadlines,
            self.settings.state,
        )

    @cached_property
    def checks_apart(self) -> ChecksApart:
        """The same, in a process of their own."""
        from mailtui.services.checks.apart import ChecksApart

        return ChecksApart(self.settings, self.tools)

    @cached_property
    def attention(self) -> Attention:
        """Findings that somebody has taken note of."""
        from mailtui.changes.operator import operator
        from mailtui.services.checks.attention import Attention

        return Attention(self.settings.state, operator())

    @cached_property
    def listeners(self) -> Listeners:
        """Ports, as they are set and as they are."""
        from mailtui.services.tls.listeners import Listeners

        return Listeners(self.tools, self.postfix, self.dovecot)

    @cached_property
    def serving(self) -> Serving:
        """What every port shows, beside what its files hold."""
        from mailtui.services.tls.serving import Serving

        return Serving(self.tools, self.postfix, self.dovecot)

    @cached_property
    def visitors(self) -> Visitors:
        """Who came by which port."""
        from mailtui.services.tls.visitors import Visitors

        return Visitors(self.postfix, lambda since: log_files(self.sources, since))

    @cached_property
    def tls_audit(self) -> Audit:
        """Whether TLS is as it should be."""
        from mailtui.services.tls.audit import Audit

        return Audit(self.tools, self.postfix, self.dovecot)

    @cached_property
    def renewal(self) -> Renewal:
        """Certificates that renew themselves."""
        from mailtui.services.tls.renewal.service import Renewal

        return Renewal(self.tools, self.postfix, self.dovecot)

    @cached_property
    def deploy(self) -> Deploy:
        """Giving a certificate to the servers."""
        from mailtui.services.tls.deploy.service import Deploy

        return Deploy(self.tools, self.postfix, self.dovecot)

    @cached_property
    def mending(self) -> Mending:
        """From a finding to its plan."""
        from mailtui.services.mending import Mending

        return Mending(self)

    @cached_property
    def config_plans(self) -> ConfigPlans:
        """Setting parameters."""
        from mailtui.services.configuration.plans import ConfigPlans

        return ConfigPlans(self.tools, self.postfix, self.dovecot)

    @cached_property
    def listing(self) -> Listing:
        """Parameters, and what they are for."""
        from mailtui.services.configuration.listing import Listing

        return Listing(self.tools, self.postfix, self.dovecot)

    @cached_property
    def configuration(self) -> Configuration:
        """Parameters as a whole, for the console."""
        from mailtui.services.configuration.service import Configuration

        return Configuration(self.tools, self.postfix, self.dovecot, self.config_plans, self.control)

    @cached_property
    def control(self) -> Control:
        """Starting and restarting services."""
        from mailtui.services.control.service import Control

        return Control(self.tools, self.postfix, self.dovecot)

    @cached_property
    def debug_plans(self) -> DebugPlans:
        """Making the programs log more."""
        from mailtui.services.debugging.switches import DebugPlans

        return DebugPlans(self.config_plans, self.postfix, self.dovecot)

    @cached_property
    def deadlines(self) -> Deadlines:
        """What is changed for a time only."""
        from mailtui.services.debugging.deadlines import Deadlines

        return Deadlines(self.changes, self.debug_plans)

    @cached_property
    def deliverability(self) -> Deliverability:
        """How the world sees it in the DNS."""
        from mailtui.services.dns.service import Deliverability

        return Deliverability(self.tools, self.postfix, self.dovecot, self.sources)

    @cached_property
    def evidence(self) -> Evidence:
        """What is known of a failure, for a ticket."""
        from mailtui.services.evidence.service import Evidence

        return Evidence(self.explain, self.queue, self.resolver, self.changes, lambda: self.checks.run().findings)


def log_files(sources: LogSources, since: float = 0.0) -> Sequence[Path]:
    """Every file of every log that can be read and has lines since then, the rotated ones first."""
    from mailtui.services.logs import history

    files: list[Path] = []
    for source in sources.discover():
        if source.wanted and source.path is not None:
            files += [*(file.path for file in history(source.path) if file.modified >= since), source.path]
    return files
