"""A failure in the words of this machine: the parameter, table and file behind it, from what is really configured.

Evidence is only what was read or asked just now, with the program's own tools; where that is not possible the sentence
says so.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import MailtuiError, ToolFailed
from mailtui.host.tools import Tools
from mailtui.maillog.causes import classify
from mailtui.maillog.model import Recipient, Story, Verdict
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig

_TIMEOUT = 5.0
_NO_RULE = Verdict("unknown", "unknown", "us", "no rule knows this text", "Read the reason and the lines around it.")
_USERDB_FILE = re.compile(r"^userdb\b[^{]*\{[^}]*?(?:args = .*?|passwd_file_path = )(?P<file>/\S+)", re.MULTILINE)
_SOCKET = re.compile(r"\[(?P<path>(?:private|public)/[^\]]+|/[^\]]+)\]")
_DOMAINS = ("mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains")

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one recipient did not get a message, on this machine."""

    verdict: Verdict
    evidence: tuple[str, ...]
    """Sentences, each about something that was read or asked."""
    next_steps: tuple[str, ...]
    commands: tuple[Command, ...]
    """Commands that show the same; none changes anything."""


class _Notes:
    """What is found out about one failure."""

    def __init__(self) -> None:
        self.evidence: list[str] = []
        self.steps: list[str] = []
        self.commands: list[Command] = []


class Explainer:
    """Explains with one Postfix's and one Dovecot's configuration."""

    def __init__(self, postfix: PostfixConfig, dovecot: DovecotConfig, tools: Tools) -> None:
        self._postfix = postfix
        self._dovecot = dovecot
        self._tools = tools
        self._by_rule: dict[str, Callable[[Recipient, _Notes], None]] = {
            "unknown_alias": lambda r, n: self._missed(r, n, "virtual_alias_maps", "virtual_alias_domains"),
            "unknown_vmbox": lambda r, n: self._missed(r, n, "virtual_mailbox_maps", "virtual_mailbox_domains"),
            "unknown_localtab": lambda r, n: self._missed(r, n, "local_recipient_maps", "mydestination"),
            "unknown_relaytab": lambda r, n: self._missed(r, n, "relay_recipient_maps", "relay_domains"),
            "unknown_local": lambda r, n: self._missed(r, n, "local_recipient_maps", "mydestination"),
            "user_unknown": self._unknown_to_dovecot,
            "quota": self._over_quota,
            "relay_denied": self._classes,
            "sock_missing": self._socket,
            "size": lambda r, n: self._parameters(n, "message_size_limit", "mailbox_size_limit"),
            "file_too_large": lambda r, n: self._parameters(n, "mailbox_size_limit", "message_size_limit"),
            "tls_not_offered": lambda r, n: self._parameters(n, "smtp_tls_security_level", "smtp_tls_policy_maps"),
            "tls_refused": lambda r, n: self._parameters(n, "smtp_tls_security_level", "smtp_tls_policy_maps"),
            "tls_verify": lambda r, n: self._parameters(
                n, "smtp_tls_security_level", "smtp_tls_policy_maps", "smtp_tls_CAfile"
            ),
            "sasl_out": lambda r, n: self._parameters(n, "relayhost", "smtp_sasl_password_maps"),
            "hops": lambda r, n: self._parameters(n, "hopcount_limit", "virtual_alias_maps", "relayhost"),
            "loop_self": self._classes,
            "helo": lambda r, n: self._parameters(n, "smtp_helo_name", "myhostname"),
        }

    def cause(self, recipient: Recipient, story: Story) -> Explanation:
        """Why ``recipient`` of ``story`` failed. Never raises: what could not be asked is said in the evidence."""
        verdict = recipient.verdict or classify(recipient.reason, dsn=recipient.dsn) or _NO_RULE
        notes = _Notes()
        look = self._by_rule.get(verdict.rule)
        if look is not None:
            try:
                look(recipient, notes)
            except MailtuiError as error:
                notes.evidence.append(f"This could not be looked up: {error.message}.")
                notes.steps += [error.unlock] if error.unlock else []
        steps = notes.steps or [f"{verdict.action[:1].upper()}{verdict.action[1:]}."]
        return Explanation(verdict, tuple(notes.evidence), tuple(steps), tuple(notes.commands))

    def _missed(self, recipient: Recipient, notes: _Notes, parameter: str, domains: str) -> None:
        """A table that should have had the recipient: say which, and which keys it was asked for."""
        maps = self._postfix.get(parameter)
        domain = recipient.to.rpartition("@")[2]
        notes.evidence.append(f"{domain} is one of {domains}, so {parameter} must know the address.")
        if not maps:
            notes.evidence.append(f"{parameter} is empty.")
        for table in _tables(maps):
            hits = [key for key in self._keys(recipient.to) if self._query(table, key, notes) is not None]
            if hits:
                notes.evidence.append(
                    f"{parameter} = {table} has {hits[0]} now: it was added since, or by another name."
                )
                notes.steps.append("Try the message again; whoever sent it must send it again if it was returned.")
            else:
                keys = ", ".join(self._keys(recipient.to))
                notes.evidence.append(f"{parameter} = {table} has no key {keys}.")
        if not notes.steps:
            notes.steps += list(_mending(_tables(maps), recipient.to))

    def _keys(self, address: str) -> list[str]:
        """The keys Postfix tries for an address, in its order (virtual(5), local_recipient_maps)."""
        local, _, domain = address.rpartition("@")
        delimiter = self._postfix.get("recipient_delimiter")[:1]
        bare = local.partition(delimiter)[0] if delimiter and delimiter in local else ""
        keys = [address, f"{bare}@{domain}" if bare else "", f"@{domain}" if domain else ""]
        return list(dict.fromkeys(key for key in keys if key))

    def _query(self, table: str, key: str, notes: _Notes) -> str | None:
        """What a table answers to one key (postmap -q); None where it has none."""
        if key == "-":  # postmap would read keys from its standard input
            return None
        argv = ("postmap", *self._postfix.where, "-q", key, table)
        result = self._tools.run(argv, timeout=_TIMEOUT, check=False)
        notes.commands.append(argv)
        if result.code not in (0, 1):
            raise ToolFailed(argv, result.code, result.error_text)
        if result.code == 1 and result.stderr.strip():
            raise ToolFailed(argv, result.code, result.error_text)
        return result.text.strip() if result.code == 0 else None

    def _unknown_to_dovecot(self, recipient: Recipient, notes: _Notes) -> None:
        """LMTP said no: Dovecot's userdb has no such user, and an alias may have led there."""
        if not _SOCKET.search(recipient.relay):
            return
        self._alias_chain(recipient, notes)
        argv = ("doveadm", *self._dovecot.where, "user", recipient.to)
        notes.commands.append(argv)
        found = self._tools.run(argv, timeout=_TIMEOUT, check=False)
        files = _USERDB_FILE.findall(self._dovecot.text)
        where = f" ({', '.join(files)})" if files else ""
        if found.code == 0:
            notes.evidence.append(f"Dovecot's userdb{where} knows {recipient.to} now.")
        else:
            notes.evidence.append(f"Dovecot's userdb{where} has no user {recipient.to}.")
        if recipient.orig_to:
            notes.steps.append(
                f"Point the alias {recipient.orig_to} at a mailbox that exists, or add {recipient.to} to it."
            )
        notes.steps.append(f"If the mailbox should exist, add {recipient.to} to Dovecot's userdb{where}.")

    def _alias_chain(self, recipient: Recipient, notes: _Notes) -> None:
        if not recipient.orig_to:
            return
        for table in _tables(self._postfix.get("virtual_alias_maps")):
            for key in self._keys(recipient.orig_to):
                target = self._query(table, key, notes)
                if target is not None:
                    notes.evidence.append(f"virtual_alias_maps = {table} turns {key} into {target}.")
                    return

    def _over_quota(self, recipient: Recipient, notes: _Notes) -> None:
        if not _SOCKET.search(recipient.relay):
            return
        argv = ("doveadm", *self._dovecot.where, "quota", "get", "-u", recipient.to)
        notes.commands.append(argv)
        notes.evidence.append(self._tools.run(argv, timeout=_TIMEOUT).text.strip())

    def _classes(self, recipient: Recipient, notes: _Notes) -> None:
        """Which of the address classes the domain is in (ADDRESS_CLASS_README)."""
        domain = recipient.to.rpartition("@")[2]
        for parameter in _DOMAINS:
            value = self._postfix.get(parameter)
            words = [word.strip() for word in re.split(r"[,\s]+", value) if word.strip()]
            listed = domain.lower() in (word.lower() for word in words)
            for table in _tables(value):
                listed = listed or self._query(table, domain, notes) is not None
            notes.evidence.append(f"{domain} is {'' if listed else 'not '}in {parameter} = {value or '(empty)'}.")

    def _socket(self, recipient: Recipient, notes: _Notes) -> None:
        """Whether the socket of a local service is there."""
        found = _SOCKET.search(recipient.relay) or _SOCKET.search(recipient.reason)
        if found is None:
            return
        path = Path(self._postfix.get("queue_directory")) / found["path"]
        try:
            there = path.stat()
        except FileNotFoundError:
            notes.evidence.append(f"{path} does not exist: the service does not run, or listens elsewhere.")
        except PermissionError:
            notes.evidence.append(f"{path} cannot be seen by this user.")
        else:
            notes.evidence.append(
                f"{path} is there, mode {there.st_mode & 0o777:04o}, owner {there.st_uid}:{there.st_gid}."
            )

    def _parameters(self, notes: _Notes, *names: str) -> None:
        notes.evidence += [f"{name} = {self._postfix.get(name) or '(empty)'}" for name in names]
        notes.commands.append(("postconf", *self._postfix.where, *names))


def _tables(value: str) -> list[str]:
    """The ``type:name`` lookup tables in a parameter's value; a proxy is asked like the table itself."""
    return [word for word in re.split(r"[,\s]+", value) if ":" in word and not word.startswith(("static:", "unix:"))]


def _mending(tables: list[str], address: str) -> Iterator[str]:
    for table in tables[:1]:
        kind, _, name = table.removeprefix("proxy:").partition(":")
        build = f", then: {shlex.join(('postmap', table))}" if kind in ("hash", "btree", "lmdb", "cdb", "dbm") else ""
        yield f"If the address should exist, add {address} to {name}{build}."
    yield "Otherwise the sender has to correct the address."
