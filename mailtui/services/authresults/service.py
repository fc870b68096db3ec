"""Where a message's headers are read from, and under which names this machine writes results."""

from __future__ import annotations

import os
import re
import shlex
import socket
from collections.abc import Iterator, Sequence
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from mailtui.host.errors import HostError, MailtuiError, UsageError
from mailtui.host.files import opened
from mailtui.host.network import interface_addresses
from mailtui.host.tools import Tools
from mailtui.services.authresults.model import Reading
from mailtui.services.authresults.reading import Aligned, read
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm, literal
from mailtui.services.dovecot.strangers import refuse_strangers
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.ids import is_queue_id
from mailtui.services.postfix.queue.service import Queue
from mailtui.text import clean

LONGEST = 2**20
"""Bytes of a message that are read for its headers."""
FILTERS = (Path("/etc/opendkim.conf"), Path("/etc/opendmarc.conf"))
_AUTHSERV_ID = re.compile(r"^\s*AuthservID\s+(\S+)", re.MULTILINE | re.IGNORECASE)
_HOSTNAME = "HOSTNAME"


class AuthResults:
    """Reads the results of messages. Raises what ``Queue.show`` raises."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        dovecot: DovecotConfig,
        queue: Queue,
        filters: Sequence[Path] = FILTERS,
    ) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._queue = queue
        self._filters = filters

    def of(self, message: str, names: Sequence[str] = (), aligned: Aligned | None = None) -> Reading:
        """Of a message by its queue ID or its file. Raises UsageError for what is neither, HostError."""
        path = Path(message).expanduser()
        if path.is_file():
            with opened(path, os.O_RDONLY) as descriptor:
                return self.of_bytes(os.read(descriptor, LONGEST), names, aligned)
        if not is_queue_id(message):
            raise UsageError(
                f"{clean(message)!r} is no file and no queue ID", unlock="mailtui queue lists those of what waits"
            )
        return self.of_queue(message, names, aligned)

    def of_queue(self, queue_id: str, names: Sequence[str] = (), aligned: Aligned | None = None) -> Reading:
        """Of a message in the queue; ``names`` are more that are to be trusted."""
        return self._read(self._queue.show(queue_id, "headers").headers, names, aligned)

    def of_mailbox(
        self, user: str, mailbox: str, uid: str, names: Sequence[str] = (), aligned: Aligned | None = None
    ) -> Reading:
        """Of a message in a mailbox, which Dovecot opens for it. Raises UsageError where there is none."""
        if not uid.isdecimal():
            raise UsageError(f"{clean(uid)!r} is no UID", unlock="mailtui mailbox show lists them")
        words = ("hdr", "mailbox", literal(mailbox), "uid", uid)
        refuse_strangers(self._dovecot, user)
        result = self._tools.run(Doveadm(self._tools, self._dovecot).command(("fetch",), user, words), check=False)
        _, _, found = result.text.partition("\n")  # after the column's name; doveadm escapes no header
        if not found.strip():
            lines = result.error_text.strip().splitlines() or ["no such message"]
            raise HostError(
                f"{clean(user)}, {clean(mailbox)}, UID {uid}: {clean(lines[0])}",
                unlock=shlex.join(("mailtui", "mailbox", "show", "--", clean(user), clean(mailbox)))
                + " lists what is there",
            )
        return self.of_bytes(found.encode("utf-8", "surrogateescape"), names, aligned)

    def of_bytes(self, data: bytes, names: Sequence[str] = (), aligned: Aligned | None = None) -> Reading:
        """Of a message as it stands in a file."""
        return self._read(headers_of(data), names, aligned)

    def _read(self, headers: Sequence[tuple[str, str]], names: Sequence[str], aligned: Aligned | None) -> Reading:
        return read(headers, (*self.own_names(), *names), aligned, interface_addresses())

    def own_names(self) -> tuple[str, ...]:
        """Names that Postfix, Dovecot and the filters of this machine go by."""
        return tuple(dict.fromkeys(name.lower() for name in self._names() if name))

    def _names(self) -> Iterator[str]:
        host = socket.gethostname()
        yield host  # which Dovecot goes by where it is told no other
        try:
            yield self._postfix.get("myhostname")
            yield f"{host.partition('.')[0]}.{self._postfix.get('mydomain')}"
            yield self._dovecot.get("hostname")
        except MailtuiError:
            pass  # what could not be asked is no name of ours
        for path in self._filters:
            try:
                found = _AUTHSERV_ID.search(path.read_text(errors="replace"))
            except OSError:
                continue
            if found and found[1] != _HOSTNAME:
                yield found[1].strip('"')


def headers_of(data: bytes) -> tuple[tuple[str, str], ...]:
    """A message's header fields in their order, folded lines joined; bytes that are no ASCII as surrogates."""
    lines = data[:LONGEST].lstrip(b"\r\n")
    message = BytesHeaderParser(policy=policy.compat32).parsebytes(lines)
    return tuple((name, re.sub(r"[\r\n]+", "", value)) for name, value in message.raw_items())
