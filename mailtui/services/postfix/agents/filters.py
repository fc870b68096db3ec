"""A content filter that gets its own mail back: FILTER_README "Advanced content filter example".

The smtpd(8) to which a filter hands mail back must not filter. Such a service is known by what that README gives it:
it leaves out what was done before the filter (``receive_override_options``).
"""

from __future__ import annotations

from mailtui.findings import Finding
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.postfix.tables import words
from mailtui.text import clean

_DONE_BEFORE = "no_unknown_recipient_checks"


def filter_loops(postfix: PostfixConfig) -> tuple[Finding, ...]:
    """A finding for each smtpd that sends mail to the filter it has just come from. Raises as ``Tools.run``."""
    entrances = [one for one in postfix.services if one.command.split()[0] in ("smtpd", "pickup")]
    filters = {_filter(postfix, one) for one in entrances if not _takes_back(one)} - {""}
    return tuple(
        _finding(one, _filter(postfix, one))
        for one in entrances
        if _takes_back(one) and _filter(postfix, one) in filters
    )


def _filter(postfix: PostfixConfig, service: MasterService) -> str:
    return dict(service.overrides).get("content_filter", postfix.get("content_filter"))


def _takes_back(service: MasterService) -> bool:
    return _DONE_BEFORE in words(dict(service.overrides).get("receive_override_options", ""))


def _finding(service: MasterService, content_filter: str) -> Finding:
    name = f"{service.name}/{service.type}"
    own = "content_filter" in dict(service.overrides)
    return Finding(
        f"delivery.filterloop:{clean(name)}",
        "error",
        "configuration",
        clean(name),
        "mail comes back from the content filter here, and is sent to it again",
        (f"{name}: content_filter = {clean(content_filter)}" + ("" if own else ", as main.cf says for all"),),
        "Let it filter nothing: such mail goes round until it has too many Received headers, and bounces.",
        ("mailtui", "config", "set", "postfix", f"{name}/content_filter="),
    )
