"""imap, pop3, lmtp, lda, submission, managesieve, doveadm, indexer-worker: sessions and mail.

Texts from imap/imap-client.c, pop3/pop3-client.c, lmtp/lmtp-client.c, lib-lda/mail-deliver.c
(deliver_log_format), Pigeonhole's sieve-storage and actions, plugins/mail-log.
"""

from __future__ import annotations

import re

from mailtui.maillog.grammar.rules import Fields, Row, Typed

_COUNTER = re.compile(
    r"(?:^|[\s,]) ?(?P<name>in|out|bytes|[a-z]{1,20}_(?:count|bytes)|deleted|expunged|trashed|appended|autoexpunged|top"
    r"|retr|del|size)=(?P<count>[\d/]+)"
)
_DELIVERY = re.compile(
    r"(?:(?P<session>[\w+/.:=-]{8,64}): )?(?P<sieve>sieve: )?msgid=(?=(?P<msgid><[^>]*>|[^\s:]*))(?:<[^>]*>)?[^:]*: "
    r"(?:\w+ action: )?(?P<what>.*)\Z",
    re.DOTALL,
)
_SAVED = re.compile(r"(?:saved mail to|stored mail into mailbox) '?(?P<mailbox>.*?)'?\Z", re.DOTALL)
_FAILED = re.compile(
    r"(?:save failed to(?: open mailbox)?|failed to store into mailbox) '?(?P<mailbox>.*?)'?: (?P<reason>.*)\Z",
    re.DOTALL,
)
_ADDRESS = re.compile(r" (?:to|from) <(?P<address>[^>]*)>")


def read_end(text: str) -> Typed | None:
    """The end of a session, with what was done in it."""
    fields: Fields = {}
    end = len(text)
    for found in _COUNTER.finditer(text):
        end = min(end, found.start())
        fields[found["name"]] = found["count"]
    fields["reason"] = text[:end].removeprefix("Disconnected: ").strip()
    return ("logout" if fields["reason"].startswith("Logged out") else "disconnect"), fields


def read_delivery(text: str) -> Typed | None:
    """``msgid=<m>: saved mail to INBOX`` and Sieve's ``sieve: msgid=<m>: stored mail into mailbox 'X'``."""
    found = _DELIVERY.match(text)
    if found is None:
        return None
    what = found["what"]
    fields = {"msgid": found["msgid"]}
    if found["session"]:
        fields["session"] = found["session"]
    if saved := _SAVED.match(what):
        if found["sieve"]:
            fields["by"] = "sieve"
        return "saved", fields | saved.groupdict()
    if failed := _FAILED.match(what):
        return "save-failed", fields | failed.groupdict()
    if address := _ADDRESS.search(what):
        fields["address"] = address["address"]
    return ("sieve" if found["sieve"] else "delivery-note"), {**fields, "reason": what}


_ENDED = "Disconnected Logged Connection Server Client Inactivity Too Remote Timeout IDLE"

EVENTS: tuple[Row, ...] = (
    (_ENDED, "logout disconnect", read_end),
    ("msgid sieve *", "saved save-failed sieve delivery-note", read_delivery),
    ("Connect", "connect", r"Connect from (?P<rip>\S+)"),
    ("Disconnect", "disconnect", r"Disconnect from (?P<rip>[^\s:]+(?::[0-9a-f:]+)?): (?P<reason>.*)"),
    ("from size subject envelope_sender", "saved",
     r"(?:[a-z_]+=.*?[,;] )?msgid=(?P<msgid><[^>]*>|[^,\s]*).*[:,] saved mail to (?P<mailbox>.*)"),
    ("expunge delete undelete copy save flag_change mailbox_create mailbox_delete mailbox_rename append autoexpunge"
     " move purge", "mailbox-action",
     r"(?P<action>[a-z_]+)(?: from (?P<from>[^:]*))?: (?:box=(?P<mailbox>.*?), )?(?P<what>.*)"),
    ("Mailbox", "mailbox-action", r"Mailbox (?P<action>[a-z]+): (?P<what>.*)"),
    ("Indexed", "indexed", r"Indexed (?P<count>\d+) messages in (?P<mailbox>.*?)(?: \(UIDs.*)?\Z"),
    ("ID", "client-id", r"ID sent: (?P<id>.*)"),
    ("sieve", "sieve", r"sieve: (?P<reason>.*)"),
    ("duplicate", "sieve", r"(?P<reason>duplicate .*)"),
    ("Effective", "debug", r".*"),
    ("quota Quota", "quota", r"(?i:quota):? ?(?P<reason>.*)"),
    ("dsync Synced dsync-local Import", "dsync", r"(?P<reason>.*)"),
    ("Successful Graceful", "disconnect", r"(?P<reason>.*)"),
    ("*", "plugin-note",
     r"(?P<reason>(?:antispam|spam|imapsieve|learn|zlib|virtual|acl|fts|old_stats|stats|lazy_expunge)\b.*)"),
)  # fmt: skip
