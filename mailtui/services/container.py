"""All services of one machine, built once and handed to the console or to a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailtui.changes.changes import Changes
from mailtui.changes.operator import operator
from mailtui.host.tools import ShTools, Tools
from mailtui.services.changing import build_changes
from mailtui.services.checks.attention import Attention
from mailtui.services.checks.service import Checks
from mailtui.services.configuration.listing import Listing
from mailtui.services.configuration.plans import ConfigPlans
from mailtui.services.debugging.deadlines import Deadlines
from mailtui.services.debugging.switches import DebugPlans
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.mailboxes import Mailboxes
from mailtui.services.explain import Explainer
from mailtui.services.live.log import LiveLog
from mailtui.services.logs import LogSources, history
from mailtui.services.mending import Mending
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.plans import MapPlans
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.postfix.queue.plans import QueuePlans
from mailtui.services.postfix.queue.service import Queue
from mailtui.services.pulse import Pulse
from mailtui.services.trace import TraceService
from mailtui.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What the console is given."""

    settings: Settings
    tools: Tools
    postfix: PostfixConfig
    dovecot: DovecotConfig
    sources: LogSources
    live: LiveLog
    pulse: Pulse
    trace: TraceService
    explain: Explainer
    queue: Queue
    queue_plans: QueuePlans
    changes: Changes
    maps: Maps
    map_plans: MapPlans
    mailboxes: Mailboxes
    checks: Checks
    config_plans: ConfigPlans
    attention: Attention
    mending: Mending
    debug_plans: DebugPlans
    deadlines: Deadlines
    listing: Listing


def build(settings: Settings, tools: Tools | None = None) -> Services:
    """The services of the Postfix and Dovecot that ``settings`` name; nothing is run yet."""
    tools = tools or ShTools()
    postfix = PostfixConfig(tools, settings.postfix_config)
    dovecot = DovecotConfig(tools, settings.dovecot_config)
    sources = LogSources(tools, settings, postfix, dovecot)
    maps = Maps(tools, postfix)
    live = LiveLog(sources.discover, tools)
    map_plans, mailboxes = MapPlans(maps, postfix), Mailboxes(tools, dovecot)
    config_plans = ConfigPlans(tools, postfix, dovecot)
    changes = build_changes(settings, tools, postfix, dovecot)
    debug_plans = DebugPlans(config_plans, postfix, dovecot)
    deadlines = Deadlines(changes, debug_plans)
    return Services(
        settings,
        tools,
        postfix,
        dovecot,
        sources,
        live,
        Pulse(tools, postfix, dovecot),
        TraceService(tools, lambda: log_files(sources)),
        Explainer(postfix, dovecot, tools),
        Queue(tools, postfix, live.story, lambda since: log_files(sources, since)),
        QueuePlans(tools, postfix, dovecot, settings.state),
        changes,
        maps,
        map_plans,
        mailboxes,
        Checks(tools, postfix, dovecot, sources, changes, deadlines),
        config_plans,
        Attention(settings.state, operator()),
        Mending(map_plans, mailboxes, config_plans),
        debug_plans,
        deadlines,
        Listing(tools, postfix, dovecot),
    )


def log_files(sources: LogSources, since: float = 0.0) -> Sequence[Path]:
    """Every file of every log that can be read and has lines since then, the rotated ones first."""
    files: list[Path] = []
    for source in sources.discover():
        if source.wanted and source.path is not None:
            files += [*(file.path for file in history(source.path) if file.modified >= since), source.path]
    return files
