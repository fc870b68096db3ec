"""From a failed recipient to its cause on this machine: which readers look at which rule of ``causes.json``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailtui.host.tools import Tools
from mailtui.maillog.causes import classify
from mailtui.maillog.incident_subject import DEAD_ALIAS
from mailtui.maillog.model import Recipient, Story, Verdict
from mailtui.services.explain import destination, limits, passage, userdb
from mailtui.services.explain import recipients as local
from mailtui.services.explain.case import Case
from mailtui.services.explain.findings import Explanation, Findings
from mailtui.services.explain.lookups import Lookups
from mailtui.services.explain.ports import DovecotSettings, PostfixSettings

Reader = Callable[[Case], None]

_NO_RULE = Verdict("unknown", "unknown", "us", "no rule knows this text", "Read the reason and the lines around it.")

_BY_RULE: Mapping[str, Reader] = {
    "unknown_alias": local.unknown_in_table,
    "unknown_vmbox": local.unknown_in_table,
    "unknown_localtab": local.unknown_in_table,
    "unknown_relaytab": local.unknown_in_table,
    "unknown_local": local.unknown_in_table,
    "user_unknown": userdb.unknown_user,
    "relay_denied": destination.relay_denied,
    "loop_self": destination.loops_back,
    "sock_missing": passage.socket,
    "conn_refused": passage.server,
    "conn_timeout": passage.server,
    "lookup_host": passage.server,
    "dns_nx": passage.server,
    "sasl_out": passage.login,
    "auth_required": passage.login,
    "size": limits.size,
    "size_peer": limits.size,
    "file_too_large": limits.size,
    "disk": limits.disk,
    "quota": limits.quota,
}
_BY_CAUSE: Mapping[str, Reader] = {
    "tls": passage.tls,
    "greylist": limits.retries,
    "rate": limits.retries,
    "network": limits.retries,
    "dns-ptr": passage.identity,
    "reputation": passage.identity,
    "auth-spf": passage.identity,
}


class Explainer:
    """Explains failures by what Postfix's and Dovecot's configuration and tables say now."""

    def __init__(self, postfix: PostfixSettings, dovecot: DovecotSettings, tools: Tools) -> None:
        self._postfix = postfix
        self._dovecot = dovecot
        self._tools = tools

    def cause(self, recipient: Recipient, story: Story) -> Explanation:
        """Why ``recipient`` did not get the message; what cannot be read is said, not raised."""
        verdict = meaning = recipient.verdict or _verdict(recipient)
        found = Findings()
        lookups = Lookups(self._postfix, self._tools)
        case = Case(recipient, story, verdict, self._postfix, self._dovecot, self._tools, lookups, found)
        with found.unless_unreadable("The aliases"):
            if local.alias_chain(case) and verdict.cause == "recipient" and (case.spoken_by_us or case.through_socket):
                meaning = DEAD_ALIAS
        reader = _reader(case)
        if reader is not None:
            with found.unless_unreadable("The configuration"):
                reader(case)
        return found.explanation(meaning)


def _verdict(recipient: Recipient) -> Verdict:
    where = "I" if recipient.status == "rejected" else ""
    return classify(recipient.reason, dsn=recipient.dsn, where=where, relay=recipient.relay) or _NO_RULE


def _reader(case: Case) -> Reader | None:
    """Who looks at it; what another server says of its own recipients is not in our tables."""
    if case.verdict.cause == "recipient" and not (case.spoken_by_us or case.through_socket):
        return None
    return _BY_RULE.get(case.verdict.rule) or _BY_CAUSE.get(case.verdict.cause)
