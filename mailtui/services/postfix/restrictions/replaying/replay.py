"""Looks up everything that was tried in a table of one entry, as smtpd(8) would: by Postfix's own postmap(1)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.postfix.addresses.keys import Key
from mailtui.services.postfix.restrictions.judging.access import host_keys, mail_keys, network_keys
from mailtui.services.postfix.restrictions.judging.machine import Machine
from mailtui.services.postfix.restrictions.replaying.model import KINDS, Entry, Replay, Try

_TIMEOUT = 60.0
_NOBODY = "nobody.invalid"
_UNSAFE = frozenset("\0\r\n\t")


def replay(tools: Tools, machine: Machine, entry: Entry, tried: Iterable[Try]) -> Replay:
    """What ``entry`` would have met of ``tried``.

    Raises UsageError for an entry that cannot stand in a table, and what ``Tools.run`` raises.
    """
    if entry.kind not in KINDS or not entry.key.strip() or not entry.action.strip():
        raise UsageError(f"an entry is one of {', '.join(KINDS)}, a key and an action")
    if _UNSAFE & set(entry.key + entry.action) or (entry.type == "texthash" and " " in entry.key):
        raise UsageError("a key is one word, and an action one line")
    every = list(tried)
    keys = {one: _keys(machine, entry, one) for one in dict.fromkeys(_subject(entry, one) for one in every)}
    known = _known(tools, machine, entry, keys.values())
    met = [one for one in every if any(key.text.lower() in known for key in keys[_subject(entry, one)])]
    return Replay(entry, len(every), tuple(sorted(met, key=lambda one: one.time)))


def _subject(entry: Entry, one: Try) -> str:
    return {"client": one.client, "helo": one.helo, "sender": one.sender, "recipient": one.recipient}[entry.kind]


def _keys(machine: Machine, entry: Entry, subject: str) -> tuple[Key, ...]:
    """What smtpd(8) asks the table for; only whole names of a table of patterns."""
    keys = tuple(_every_key(machine, entry, subject))
    return keys if entry.type == "texthash" else tuple(key for key in keys if key.whole)


def _every_key(machine: Machine, entry: Entry, subject: str) -> Iterable[Key]:
    if entry.kind == "client":
        name, _, address = subject.rstrip("]").rpartition("[")
        return (*host_keys(name, parents=machine.parents), *network_keys(address))
    if entry.kind == "helo":
        return host_keys(subject, parents=machine.parents) if subject else ()
    if not subject:
        return (Key(machine.get("smtpd_null_access_lookup_key"), whole=True),) if entry.kind == "sender" else ()
    address = machine.rewriting.standard(subject)
    return mail_keys(address, machine.get("recipient_delimiter"), parents=machine.parents)


def _known(tools: Tools, machine: Machine, entry: Entry, keys: Iterable[tuple[Key, ...]]) -> frozenset[str]:
    """The keys that a table of this entry answers, in lower case."""
    wanted = dict.fromkeys(key.text for each in keys for key in each if key.text and not _UNSAFE & set(key.text))
    # At least one key: without any the table is not even opened, and nobody learns that the entry is none.
    question = "".join(f"{key}\n" for key in (*wanted, _NOBODY)).encode("utf-8", "surrogateescape")
    with tempfile.TemporaryDirectory(prefix="mailtui-") as folder:
        table = Path(folder, "access")
        table.write_text(f"{entry.key} {entry.action}\n", encoding="utf-8", errors="surrogateescape")
        argv = ["postmap", *machine.own.where, "-q", "-", f"{entry.type}:{table}"]
        answer = tools.run(argv, stdin=question, check=False, timeout=_TIMEOUT)
    # Of main.cf, too, there may be warnings: they are not about this entry.
    said = [
        line for line in answer.error_text.splitlines() if "fatal:" in line or ("warning:" in line and folder in line)
    ]
    if said:
        raise UsageError(f"Postfix does not understand this entry: {said[-1]}")
    return frozenset(line.partition("\t")[0].lower() for line in answer.text.split("\n") if "\t" in line)
