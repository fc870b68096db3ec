"""A lab's Postfix under one configuration after another, and what it does with an address: reply and deliveries."""

from __future__ import annotations

import os
import re
import smtplib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.listing import read_queue
from tests.lab.address_cases import TRANSPORTS, Case
from tests.support.waiting import until

_DISCARDING = "{0} unix - - n - - discard\n    -o syslog_name=postfix/{0}\n"
_DELIVERED = re.compile(
    r"postfix/(?P<service>[\w/]+)\[\d+\]: (?P<queue_id>\w+): to=<(?P<to>.*?)>,(?: orig_to=<.*?>,)? relay=.*?, "
    r".*? status=(?P<status>\w+) \((?P<text>.*)\)$",
    re.MULTILINE,
)
_REMOVED = re.compile(
    r"postfix/(?:qmgr\[\d+\]: (?=\w+: removed$)|cleanup\[\d+\]: (?=.* \(too many hops\)$))(\w+)", re.MULTILINE
)
_RECIPIENTS = re.compile(r"postfix/qmgr\[\d+\]: (\w+): from=<.*>, size=\d+, nrcpt=(\d+)")
_FORWARDED = re.compile(r"forwarded as (\w+)$")
_QUEUED = re.compile(r"queued as (\w+)")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One line of the log in which a delivery agent says what it did."""

    to: str
    service: str
    """Agent, or the transport where that has a name of its own in the log: ``local``, ``ta``."""
    status: str
    text: str


@dataclass(slots=True)
class Did:
    """What Postfix did with one address."""

    reply: str
    queue_id: str = ""
    deliveries: list[Delivery] = field(default_factory=list)


class AddressMachine:
    """One lab that is configured anew for every case."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._main = lab.postfix_config / "main.cf"
        self._master = lab.postfix_config / "master.cf"
        self._base = dict(_parameters(self._main.read_text()))
        self._services = self._master.read_text() + "".join(map(_DISCARDING.format, TRANSPORTS))
        self.folder = lab.folder / "cases"
        self.folder.mkdir()
        (self.folder / "spool").mkdir()
        (self.folder / "spool").chmod(0o1777)
        boxes = self.folder / "boxes"
        boxes.mkdir()
        boxes.chmod(0o777)
        lab.folder.chmod(0o755)
        (self.folder / "archive").touch()
        (self.folder / "archive").chmod(0o666)

    def configure(self, case: Case) -> None:
        """Make a case what this Postfix is told, and wait until no process is left that was told otherwise."""
        for name, (kind, text) in case.tables.items():
            path = case.folder / name
            path.write_text(text)
            if kind not in ("", "texthash", "regexp"):
                self.lab.command("postalias" if name == "aliases" else "postmap", f"{kind}:{path}")
        own = {
            "virtual_mailbox_base": str(self.folder / "boxes"),
            "virtual_uid_maps": "static:5000",
            "virtual_gid_maps": "static:5000",
            "smtpd_sender_restrictions": "",
            "smtpd_hard_error_limit": "1000",
            "smtpd_soft_error_limit": "1000",
            "maximal_backoff_time": "1h",
            "minimal_backoff_time": "1h",
            "queue_run_delay": "1h",
        }
        self._write(
            self._main, "".join(f"{name} = {value}\n" for name, value in (self._base | own | case.main).items())
        )
        overrides = "".join(f"    -o {name}={value.replace(' ', ',')}\n" for name, value in case.smtpd.items())
        first, _, rest = self._services.partition(" smtpd\n")
        self._write(self._master, f"{first} smtpd\n{overrides}{rest}")
        self._reload()

    def tries(self, case: Case) -> dict[str, Did]:
        """Hand in a message for each address of a case, and see what becomes of it."""
        start = self.lab.log.stat().st_size
        with smtplib.SMTP("127.0.0.1", self.lab.ports["smtp"], timeout=30) as session:
            session.ehlo("client.invalid")
            found = {address: hand_in(session, case.sender, address) for address in case.addresses}
        for did in found.values():
            if did.queue_id:
                self._follow(did, start)
        self.lab.command("postsuper", "-d", "ALL")
        return found

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        old = time.time() - 60  # Postfix waits until a file that was changed just now has come to rest.
        os.utime(path, (old, old))

    def _reload(self) -> None:
        master = psutil.Process(int((self.lab.queue / "pid/master.pid").read_text()))
        old = [child for child in master.children() if child.name() not in ("postlogd",)]
        self.lab.command("postfix", "reload")
        assert until(lambda: not any(map(_lives, old))), [child.name() for child in old if _lives(child)]

    def _follow(self, did: Did, start: int) -> None:
        """Collect what agents logged of a message and of those it was forwarded as."""
        assert until(lambda: self._has_ended(did, start), 30), (did, self._log(start))

    def _has_ended(self, did: Did, start: int) -> bool:
        text = self._log(start)
        removed = set(_REMOVED.findall(text))
        did.deliveries, ids = _deliveries(did.queue_id, text)
        told = Counter(match["queue_id"] for match in _DELIVERED.finditer(text))
        # Agents are processes of their own: the last line of one may come after the queue manager's.
        whole = all(told[match[1]] >= int(match[2]) for match in _RECIPIENTS.finditer(text) if match[1] in removed)
        return whole and ids <= removed | self._waiting(ids - removed)

    def _waiting(self, ids: set[str]) -> set[str]:
        if not ids:
            return set()
        postfix = PostfixConfig(LocalTools(), self.lab.postfix_config)
        entries = read_queue(LocalTools(), postfix).entries
        return {entry.queue_id for entry in entries if entry.queue_id in ids and entry.queue_name == "deferred"}

    def _log(self, start: int) -> str:
        with self.lab.log.open("rb") as file:
            file.seek(start)
            return file.read().decode("utf-8", "surrogateescape")


def hand_in(session: smtplib.SMTP, sender: str, address: str) -> Did:
    """One message; the reply is that to RCPT TO, or that to the message where it is refused only then."""
    session.command_encoding = "utf-8"
    option = "" if address.isascii() else " SMTPUTF8"
    _done(session, f"MAIL FROM:<{sender}>{option}")
    did = Did(_done(session, f"RCPT TO:<{address}>"))
    if did.reply.startswith("250"):
        _done(session, "DATA")
        session.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
        reply = _reply(session)
        queued = _QUEUED.search(reply)
        did.queue_id = queued[1] if queued else ""
        did.reply = did.reply if queued else reply
    _done(session, "RSET")
    return did


def _done(session: smtplib.SMTP, command: str) -> str:
    session.putcmd(command)
    return _reply(session)


def _reply(session: smtplib.SMTP) -> str:
    code, text = session.getreply()
    return f"{code} {text.decode('utf-8', 'surrogateescape')}"


def _deliveries(queue_id: str, text: str) -> tuple[list[Delivery], set[str]]:
    """What agents did with a message and with those it was forwarded as, and the queue IDs of all of these."""
    lines = list(_DELIVERED.finditer(text))
    ids, before = {queue_id}, set[str]()
    while ids != before:  # new mail may be on its way before it is said what it was made for
        before = set(ids)
        for line in lines:
            if line["queue_id"] in ids:
                ids.update(_FORWARDED.findall(line["text"]))
    mine = [line for line in lines if line["queue_id"] in ids]
    return [Delivery(line["to"], line["service"], line["status"], line["text"]) for line in mine], ids


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            yield name.strip(), value.strip()
