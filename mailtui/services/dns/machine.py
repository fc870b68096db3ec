"""What of this machine the checks of the DNS need: its signers, what its mail port serves, its ports, its rejects."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from threading import Lock

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser
from mailtui.services.configuration.model import PROGRAMS
from mailtui.services.configuration.postfix_text import written
from mailtui.services.dns.dkim import opendkim, others, rspamd
from mailtui.services.dns.dkim.signers import Signers, together
from mailtui.services.dns.policy.serving import Shown
from mailtui.services.dns.sender import Sender, read_sender
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.logs import LogSources
from mailtui.services.logs.journal import journal_entries
from mailtui.services.logs.tail import BLOCK, tail_blocks
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.listeners import Listener, Listeners
from mailtui.services.tls.probe import Ask, Served, served

_MX_PORT = 25
_BUDGET = 8 * 2**20
"""Bytes of each log file that are read."""
_SPAN = 6 * 3600.0
"""Seconds of the journal that are read."""
_REJECTED = re.compile(rb"blocked using ([^\s;]+)")
_SIGNED = b"DKIM-Signature"
_MARKS = (_SIGNED, b"blocked using")


class Machine:
    """One Postfix and Dovecot, looked at once; what cannot be read is left out. Safe to use from many threads."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig, sources: LogSources) -> None:
        self._tools = tools
        self.postfix = postfix
        self._dovecot = dovecot
        self._sources = sources
        self._shown: dict[str, Shown] = {}
        self._looking = Lock()

    @cached_property
    def sender(self) -> Sender:
        """Its name, addresses and domains. Raises what reading Postfix's configuration raises."""
        return read_sender(self.postfix, Lookups(self.postfix, self._tools))

    @cached_property
    def signers(self) -> Signers:
        """Who signs."""
        parser = Parser("log")
        events: Iterator[Event] = (parser.parse(line, 0) for line in self._lines if _SIGNED in line)
        return together([opendkim.signers(), rspamd.signers(self._tools), others.amavis(), others.logged(events)])

    @cached_property
    def listeners(self) -> tuple[Listener, ...]:
        """The ports that are set; none where that cannot be read."""
        try:
            return Listeners(self._tools, self.postfix, self._dovecot).configured()
        except MailtuiError:
            return ()

    def written(self, parameter: str) -> str | None:
        """What is written for a parameter, ``$name`` and all."""
        return written(self._tools, self.postfix.where, parameter)

    @property
    def ports(self) -> frozenset[int]:
        """Every port that is set; none where one of the two programs cannot be read, so that some are not known."""
        programs = {one.program for one in self.listeners}
        return frozenset(one.port for one in self.listeners) if programs == set(PROGRAMS) else frozenset()

    @property
    def rejects(self) -> dict[str, int]:
        """How often the end of the log says that a block list was the reason, by zone."""
        found = Counter(
            match[1].decode("ascii", "replace").lower() for match in map(_REJECTED.search, self._lines) if match
        )
        return dict(found)

    def look(self, host: str) -> Shown:
        """What the mail port serves to one who wants ``host``; each asked once."""
        with self._looking:
            if host not in self._shown:
                self._shown[host] = Shown(host, self._serve(host))
            return self._shown[host]

    def _serve(self, host: str) -> Served:
        ports = [one for one in self.listeners if one.role == "mx" and one.starttls == "smtp"]
        ports.sort(key=lambda one: one.port != _MX_PORT)
        ask = ports[0].ask(host) if ports else Ask("127.0.0.1", _MX_PORT, "smtp", host)
        return served(ask.host, ask.port, starttls=ask.starttls, sni=ask.sni, source=ask.source, timeout=5.0)

    @cached_property
    def _lines(self) -> tuple[bytes, ...]:
        """The lines at the end of each log that are of use here."""
        found: list[bytes] = []
        try:
            for source in self._sources.discover():
                if source.wanted:
                    blocks = (
                        _ends(source.path) if source.path else journal_entries(self._tools, since=time.time() - _SPAN)
                    )
                    found += [line for block in blocks for line in block.split(b"\n") if any(m in line for m in _MARKS)]
        except MailtuiError:
            pass  # what was read so far is worth having: the log only adds to the configuration
        return tuple(found)


def _ends(path: Path) -> Iterator[bytes]:
    """The last blocks of a file."""
    for number, block in enumerate(tail_blocks(path)):
        yield block.data
        if (number + 1) * BLOCK >= _BUDGET:
            return
