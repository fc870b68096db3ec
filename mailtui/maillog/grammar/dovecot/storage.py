"""Mail storage: index files, permissions, locks, quota, crashes. Texts from lib-index, lib-storage, lib/failures.c."""

from __future__ import annotations

from mailtui.maillog.grammar.rules import Row

_PATH = r"(?P<path>/[^:\s]*(?: [^:\s]+)*?)"

TROUBLE: tuple[Row, ...] = (
    ("Corrupted Broken", "index-error", rf"(?=[^/]*{_PATH}(?=:|\s|$)|)(?P<reason>.*)"),
    ("Log", "index-error", rf"(?=Log (?:synchroni[sz]ation|file)[^/]*{_PATH}(?=:|\s|$))(?P<reason>.*)"),
    ("Transaction Log Index Cache", "index-error",
     rf"(?P<what>(?:Transaction log|Log|Index|Cache)(?: file)?) {_PATH}:? (?P<reason>.*)"),
    ("Fixed Fixing Recreated Rebuilding Resyncing Recreating", "index-repaired", r"(?P<reason>.*)"),
    ("fscking", "index-error", rf"fscking index file {_PATH}(?P<reason>.*)"),
    ("mdbox dbox sdbox", "index-error", r"(?P<reason>(?:[a-z]*dbox) .*)"),
    ("Cached", "index-error", r"(?P<reason>Cached message .*)"),
    ("read", "index-error", r"(?P<reason>read\(.*\) failed: Cached .*)"),
    ("Synchronization UIDVALIDITY Expunged Message Duplicate", "index-error", r"(?P<reason>.*)"),
    ("Mailbox", "mailbox-error", r"Mailbox (?P<mailbox>.*?): (?P<reason>.*)"),
    ("Maildir", "mailbox-error", rf"Maildir(?: filename has)?:? ?(?:{_PATH}: )?(?P<reason>.*)"),
    ("Panic", "panic", r"Panic: (?P<reason>.*)"),
    ("file", "panic",
     r"file (?P<file>[\w.-]+): line (?P<number>\d+) \((?P<function>[^)]*)\): (?P<reason>.*)"),
    ("Raw", "backtrace", r"Raw backtrace: (?P<backtrace>.*)"),
    ("mkdir", "file-error", rf"(?P<call>mkdir)\({_PATH}\)(?: in directory \S+)? failed: (?P<reason>.*)"),
    ("Time", "time-moved",
     r"Time (?:just )?moved (?P<direction>backwards|forward) by (?P<seconds>[\d.]+) seconds(?P<reason>.*)"),
    ("Locking", "lock-slow", rf"Locking {_PATH} took (?P<seconds>[\d.]+) sec(?:ond)?s(?P<reason>.*)"),
    ("Timeout", "lock-timeout", r"(?P<reason>Timeout .*)"),
    ("Our", "lock-timeout", r"(?P<reason>Our (?:dotlock|lock) .*)"),
    ("Quota quota", "quota", r"(?i:quota)(?: \S+)?:? ?(?P<reason>.*)"),
    ("Namespace namespace", "config-error", r"(?i:namespace) (?P<reason>.*)"),
    ("Initialization Failed Invalid", "session-refused",
     r"(?P<reason>(?:Initialization failed|Failed to initialize|Invalid user).*)"),
    ("User", "session-refused", r"(?P<reason>User (?:initialization failed|doesn't|is missing|has no).*)"),
    ("user", "session-refused", r"user (?P<user>\S+?): (?P<reason>.*)"),
    ("net_connect_unix connect", "service-unavailable",
     rf"(?:net_)?connect(?:_unix)?\({_PATH}\) failed: (?P<reason>.*)"),
    ("net_connect_unix(/var", "service-unavailable", rf"net_connect_unix\({_PATH}\) failed: (?P<reason>.*)"),
    ("sieve", "sieve-error", r"sieve: (?P<reason>.*)"),
    ("fts fts_solr fts-solr fts_flatcurve fts-flatcurve fts_xapian indexer", "index-search",
     r"(?P<reason>.*)"),
    ("setsid fd", "resource-limit", r"(?P<reason>.*)"),
    ("*", "file-error",
     rf"(?P<call>[a-z_0-9]+)\({_PATH}(?:, [^)]*)?\)(?: in \S+| with \S+)? failed: (?P<reason>.*)"),
    ("*", "file-error", r"(?P<call>[a-z_0-9]+)\([^()]*\) failed(?: for \S+)?: (?P<reason>.*)"),
    ("*", "save-failed",
     r"(?:[\w+/.:=-]{8,64}: )?(?:sieve: )?msgid=(?P<msgid>.*?): (?:save failed to|failed to store into mailbox)"
     r" '?(?P<mailbox>.*?)'?: (?P<reason>.*)"),
    ("*", "index-error", rf"{_PATH}: (?P<reason>.*(?:index|Index|cache|transaction log|modseq|corrupt).*)"),
)  # fmt: skip
