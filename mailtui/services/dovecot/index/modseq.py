"""A mailbox's highest modification sequence (RFC 7162), counted from its log.

The log's header has what it was when the log was begun; which records increase it is ``mail_transaction_update_modseq``
of Dovecot's src/lib-index/mail-transaction-log-file.c.
"""

from __future__ import annotations

import struct

from mailtui.services.dovecot.index import log_layout
from mailtui.services.dovecot.index.log_file import LogFile
from mailtui.services.dovecot.index.log_layout import LogRecord

_INTRO, _SET, _ATTRIBUTE = 0x40, 0x8000, 0x100000
_ALWAYS = frozenset((log_layout.APPEND, log_layout.KEYWORDS, log_layout.KEYWORDS_RESET, _ATTRIBUTE))
_EXPUNGES = frozenset((log_layout.EXPUNGE, log_layout.EXPUNGE_GUID))
_FLAGS = struct.Struct("<IIBBBB")
_MODSEQ = struct.Struct("<III")
_SEEN_BY_CLIENTS = 0x1F
"""Flags that IMAP knows; others are Dovecot's own, which count only before version 1.3 of the log."""
_HIDES_OWN = 3


def highest(log: LogFile) -> int | None:
    """None where the log is not whole, or where this mailbox counts no modifications."""
    if log.header is None or log.flaws or len(log.data) < log.size:
        return None
    modseq = log.header.initial_modseq
    for record in log.records():
        body = log.body(record)
        if modseq == 0:
            modseq = int(record.type == _INTRO and body.endswith(b"modseq\0\0"))
        elif record.type == _SET:
            whole = body[: len(body) - len(body) % _MODSEQ.size]
            modseq = max([modseq, *(low | high << 32 for _, low, high in _MODSEQ.iter_unpack(whole))])
        else:
            modseq += _increases(record, body, log.header.minor_version)
    return modseq or None


def _increases(record: LogRecord, body: bytes, version: int) -> bool:
    if record.type in _EXPUNGES:
        return record.external
    if record.type == log_layout.FLAGS and version >= _HIDES_OWN:
        whole = body[: len(body) - len(body) % _FLAGS.size]
        return any(
            (add | remove) & _SEEN_BY_CLIENTS or shown for _, _, add, remove, shown, _ in _FLAGS.iter_unpack(whole)
        )
    return record.type in _ALWAYS or record.type == log_layout.FLAGS
