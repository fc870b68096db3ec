"""What daemons with ``-v`` in master.cf write by the thousand: protocol dialogues and function traces."""

from __future__ import annotations

import re

_TRACE = re.compile(
    r"[<>] \S+\[[^\]]*\](?::\d+)?: |[a-z]+(?:_[a-z0-9]+)+(?:\[\d+\])?(?:: |\(|$)"
    r"|(?:send|recv|private|public|rewrite|master|smtpd|smtp|qmgr|cleanup|input|auto_clnt|mail|dict|maps|watchdog|trigger|"
    r"report|xsasl|vstream|event|deliver|been_here|connection|domain|path|name|attr|report|local|generic|canonify|"
    r"initializing|match|>>>|<<<|###|---|\+\+\+)\b.*[:=>]|>>>|<<<|=|\++ |\d+: "
)


def is_trace(text: str) -> bool:
    """Whether a text no rule knows is the verbose logging of a daemon."""
    return _TRACE.match(text) is not None
