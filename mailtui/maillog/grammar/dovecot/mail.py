"""imap, pop3, lmtp, lda, submission, managesieve, doveadm, indexer-worker: sessions and mail.

Texts from imap/imap-client.c, pop3/pop3-client.c, lmtp/lmtp-client.c, lib-lda/mail-deliver.c (deliver_log_format),
Pigeonhole's sieve-storage and actions, plugins/mail-log.
"""

from __future__ import annotations

import re

from mailtui.maillog.grammar.rules import Fields, Reader, Row, Typed, groups

_COUNTERS = re.compile(r"(?:^|\s|, )(?P<name>in|out|[a-z]+_(?:count|bytes)|deleted|expunged|trashed|top|retr|del|size|appended|"
                       r"autoexpunged)=(?P<count>[\d/]+)")  # fmt: skip
_DELIVERY = re.compile(
    r"(?:(?P<session>[\w+/.:=-]{8,64}): )?(?P<sieve>sieve: )?(?:[^:]*?\b)?msgid=(?P<msgid>.*?)"
    r"(?:, [\w-]+=[^:]*?)?(?: \([^)]*\))?: (?P<what>(?:saved mail to|save failed to|stored mail into|forwarded to|forwarded|"
    r"sent vacation|discarded|marked message|rejected|rejecting|failed|left|send|not sending|could not|couldn't|fileinto|"
    r"notify|sent notification|execution|delivery|removed|stored|msgid|quota|[A-Z]).*)\Z",
    re.DOTALL,
)
_MAILBOX = re.compile(r"(?:saved mail to|save failed to(?: open mailbox)?|stored mail into mailbox) '?(?P<mailbox>.*)\Z", re.DOTALL)
_ADDRESSED = re.compile(r"(?P<action>.*?)(?: (?:to|from) <(?P<address>[^>]*)>.*)?\Z", re.DOTALL)


def read_end(text: str) -> Typed | None:
    """The end of a session, with what was done in it."""
    fields = {found["name"]: found["count"] for found in _COUNTERS.finditer(text)}
    cut = next(_COUNTERS.finditer(text), None)
    reason = text[: cut.start()] if cut else text
    fields["reason"] = reason.removeprefix("Disconnected: ").strip()
    return ("logout" if fields["reason"].startswith("Logged out") else "disconnect"), fields


def read_delivery(text: str) -> Typed | None:
    """``msgid=<m>: saved mail to INBOX`` and Sieve's ``sieve: msgid=<m>: stored mail into mailbox 'X'``."""
    found = _DELIVERY.match(text)
    if found is None:
        return None
    fields = groups(found)
    what = fields.pop("what")
    by_sieve = fields.pop("sieve", None) is not None
    mailbox = _MAILBOX.match(what)
    if mailbox is None:
        fields |= _addressed(what)
        return ("sieve" if by_sieve else "delivery-note"), fields
    if what.startswith("save failed"):
        name, _, reason = mailbox["mailbox"].partition(": ")
        fields |= {"mailbox": name.strip("'"), "reason": reason}
        return "save-failed", fields
    fields["mailbox"] = mailbox["mailbox"].rstrip("'")
    if by_sieve:
        fields["by"] = "sieve"
    return "saved", fields


def _addressed(what: str) -> Fields:
    """What Sieve did, and to or from whom."""
    found = _ADDRESSED.match(what)
    fields = groups(found) if found else {}
    return {**fields, "reason": what}


READERS: dict[str, Reader] = {
    "Disconnected Logged Connection Server Client Inactivity Too Remote Timeout IDLE": read_end,
    "msgid sieve": read_delivery,
}

EVENTS: tuple[Row, ...] = (
    ("Connect", "connect", r"Connect from (?P<rip>\S+)"),
    ("Disconnect", "disconnect", r"Disconnect from (?P<rip>[^\s:]+(?::[0-9a-f:]+)?): (?P<reason>.*)"),
    ("expunge delete undelete copy save flag_change mailbox_create mailbox_delete mailbox_rename append autoexpunge move"
     " purge",
     "mailbox-action", r"(?P<action>[a-z_]+)(?: from (?P<from>[^:]*))?: (?:box=(?P<mailbox>.*?), )?(?P<what>.*)"),
    ("Mailbox", "mailbox-action", r"Mailbox (?P<action>[a-z]+): (?P<what>.*)"),
    ("Indexed", "indexed", r"Indexed (?P<count>\d+) messages in (?P<mailbox>.*?)(?: \(UIDs.*)?\Z"),
    ("ID", "client-id", r"ID sent: (?P<id>.*)"),
    ("sieve", "sieve", r"sieve: (?P<reason>.*)"),
    ("duplicate", "sieve", r"(?P<reason>duplicate .*)"),
    ("Effective", "debug", r".*"),
    ("quota Quota", "quota", r"(?i:quota): ?(?P<reason>.*)"),
    ("Quota", "quota", r"(?P<reason>Quota exceeded.*)"),
    ("dsync Synced dsync-local", "dsync", r"(?P<reason>.*)"),
    ("spam antispam", "antispam", r"(?P<reason>.*)"),
    ("Successful Graceful", "disconnect", r"(?P<reason>.*)"),
    ("Import", "dsync", r"(?P<reason>.*)"),
    ("*", "trained", r"(?P<reason>(?:imapsieve|imap_sieve|learn|zlib|virtual|acl|fts|fts[-_]\w+|old_stats|stats|lazy_expunge)\b.*)"),
    ("*", "saved", r"[\w+/.:=-]{8,64}: sieve: msgid=(?P<msgid>.*?): stored mail into mailbox '(?P<mailbox>.*?)'?\Z"),
)  # fmt: skip
