"""auth, auth-worker: who was refused and why, and databases that do not answer.

Texts from auth/auth-request.c and auth/passdb*.c.
"""

from __future__ import annotations

from mailtui.maillog.grammar.rules import Row

_ASKED = r"(?:conn [^:\s]+(?::\S+)? \([^)]*\): [\w-]+(?:<\d+>|\([^)]*\)): |[\w-]+<\d+>: |request \[\d+\]: )*"
_WHO = r"(?P<user>[^,()]*)(?:,(?P<rip>[^,()<]*))?(?:,sasl:(?P<method>[^,()]*))?(?:,?<(?P<session>[^>]*)>)?,?"
_REFUSED = (
    r"(?:unknown user|[Uu]ser (?:not found|unknown|disabled|is disabled|doesn't)|[Pp]assword (?:mismatch|expired)"
    r"|[Ii]nvalid (?:credentials|username|password|base64|data)|[Uu]sername |[Aa]uthentication fail|allow_nets"
    r"|pam_(?:authenticate|acct_mgmt)\(\) failed|[Ll]ogin (?:failed|denied)|No password|[Dd]isabled|[Mm]issing "
    r"|[Ee]mpty |SCRAM |[Cc]lient |CRAM|bind failed|Credentials|user is)"
)
_DATABASE = r"(?P<database>[a-z][a-z0-9_-]*)"
_KNOWN = (
    r"(?P<database>passwd-file|sql|ldap|pam|passwd|static|oauth2|mysql|pgsql|sqlite|cassandra|dict|lua|bsdauth|"
    r"checkpassword|shadow|vpopmail)"
)
"""What is a database whoever speaks: other services write ``imapc(HOST): `` and ``dsync(HOST): `` alike."""

EVENTS: tuple[Row, ...] = (
    ("*", "auth-failure", rf"{_ASKED}{_DATABASE}\({_WHO}\): (?P<reason>{_REFUSED}.*)"),
    ("*", "auth-failure", rf"{_ASKED}{_DATABASE}: (?P<reason>{_REFUSED}.*)"),
    ("*", "auth-failure", rf"{_ASKED}(?P<reason>{_REFUSED}.*)"),
    ("policy", "auth-policy", r"policy\((?P<user>[^,)]*)(?:,(?P<rip>[^,)]*))?[^)]*\): (?P<reason>.*)"),
    ("*", "auth-note", rf"{_ASKED}{_DATABASE}\({_WHO}\): (?P<reason>.*)"),
    ("*", "auth-note",
     rf"{_ASKED}(?P<database>passwd-file|sql|ldap|pam|passwd|static|login|imap|oauth2|mysql|pgsql|sqlite|dict|"
     r"lua|bsdauth|checkpassword|shadow|policy|conn \S+|master|userdb|cache|request): (?P<reason>.*)"),
)  # fmt: skip

TROUBLE: tuple[Row, ...] = (
    ("auth", "auth-unavailable", r"(?P<reason>auth (?:worker|client|workers?|process|server).*)"),
    ("*", "auth-database",
     rf"{_ASKED}(?P<database>mysql|pgsql|sqlite|cassandra)\((?P<server>[^)]*)\): (?P<reason>.*)"),
    ("*", "auth-database", rf"{_ASKED}{_KNOWN}\({_WHO}\): (?P<reason>.*)"),
    ("*", "auth-database",
     rf"{_ASKED}(?P<database>passwd-file|sql|ldap|pam|passwd|static|imap(?!\()|oauth2|mysql|pgsql|sqlite|dict|lua|"
     r"bsdauth|checkpassword|shadow|redis|Mysql)(?: (?P<path>/\S+?))?(?:\([^)]*\))?: (?P<reason>.*)"),
    ("LDAP", "auth-database", r"LDAP:? (?P<reason>.*)"),
    ("Authenticated", "auth-unavailable", r"(?P<reason>Authenticated user not found.*)"),
    ("Internal", "auth-unavailable", r"(?P<reason>Internal auth failure.*)"),
    ("Auth auth-client auth-master", "auth-unavailable", r"(?P<reason>.*)"),
    ("user User", "auth-unavailable", r"(?P<reason>[Uu]ser .*: (?:Auth|auth) .*)"),
)  # fmt: skip
OWN: tuple[Row, ...] = (
    ("*", "auth-database", rf"{_ASKED}{_DATABASE}\((?!\)){_WHO}\): (?P<reason>.*)"),
)  # fmt: skip
"""What only auth itself says: of any mechanism or database, ``plain(USER,IP): ``."""
