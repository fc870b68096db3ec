"""What daemons with ``-v`` in master.cf write by the thousand: protocol dialogues and function traces."""

from __future__ import annotations

import re

_TRACE = re.compile(
    r"[<>] \S*\[[^\]]*\](?::\d+)?: "
    r"|[a-z]+(?:_[a-z0-9]+)+(?:\[\d+\])?(?::| =|\(|$| \S+:? )"
    r"|(?:connect to subsystem|connection (?:established|closed)|connecting to|master disconnect|\w+ stream disconnect"
    r"|(?:start|end|begin) (?:sorted|move|\S+ address)|(?:done|start) \w+ queue scan|request(?: ignored|:)|wakeup"
    r"|recipient limit|process generation|mynetworks|host name lookup|(?:after|before) input_|initial envelope"
    r"|extracted envelope|open (?:incoming|active|deferred|hold|maildrop)/|fsspace|pref +\d+ host|Compiled against"
    r"|Run-time linked|auto_clnt|private/|public/|rewrite|lookup|name_mask|input attribute|send attr|match|been_here"
    r"|domain|watchdog|trigger|event|dict|maps|flush|cleanup|smtpd?|qmgr|vstream|report|>>>|<<<|===|---|\+\+\+)"
)


def is_trace(text: str) -> bool:
    """Whether a text no rule knows is the verbose logging of a daemon."""
    return _TRACE.match(text) is not None
