"""What is asked after a login, so that it is seen that there is more than a password: the mailbox, read only."""

from __future__ import annotations

import re

from mailtui.services.probes.talk import Talk, reply_of
from mailtui.text import clean

_EXISTS = re.compile(r"\* (\d+) EXISTS", re.IGNORECASE)
_STAT = re.compile(r"\+OK (\d+) (\d+)")
_MANY = re.compile(rb"\.\s*$|-ERR")
_SCRIPTS = re.compile(rb"(?:OK|NO|BYE)\b", re.IGNORECASE)
_SCRIPT = re.compile(r'"((?:[^"\\]|\\.)*)"( ACTIVE)?', re.IGNORECASE)


class Failed(Exception):
    """The login was good for nothing: the server's words."""


def run_errand(talk: Talk) -> tuple[str, ...]:
    """What was learnt, a sentence each. Raises Failed, and Stopped."""
    match talk.endpoint.protocol:
        case "imap":
            return _examine(talk)
        case "pop3":
            return _stat(talk)
        case "sieve":
            return _scripts(talk)
    return ()


def _examine(talk: Talk) -> tuple[str, ...]:
    reply = talk.say("m EXAMINE INBOX")
    if not reply[-1].upper().startswith("M OK"):
        raise Failed(reply_of(reply))
    count = next((found[1] for line in reply if (found := _EXISTS.match(line))), "an unknown number of")
    return (f"INBOX opens, with {count} messages",)


def _stat(talk: Talk) -> tuple[str, ...]:
    said = talk.say("STAT")[-1]
    found = _STAT.match(said)
    if not found:
        raise Failed(clean(said))
    facts = [f"the mailbox opens, with {found[1]} messages of {found[2]} bytes"]
    if int(found[1]):
        unique = talk.say("UIDL 1")[-1]
        facts.append("UIDL works" if unique.startswith("+OK") else f"UIDL does not work: {clean(unique)}")
    return tuple(facts)


def _scripts(talk: Talk) -> tuple[str, ...]:
    reply = talk.say("LISTSCRIPTS", _SCRIPTS)
    if not reply[-1].upper().startswith("OK"):
        raise Failed(reply_of(reply))
    scripts = [found for line in reply[:-1] if (found := _SCRIPT.match(line))]
    active = next((clean(found[1]) for found in scripts if found[2]), "")
    return (f"{len(scripts)} Sieve scripts, " + (f"{active} is active" if active else "none is active"),)
