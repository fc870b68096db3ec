"""Configurations of Postfix and addresses to try on them, made up at random from what main.cf offers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

USERS = ("daemon", "games", "man")
"""Users that every Debian has; their mail goes to the lab's own spool."""
TRANSPORTS = ("ta", "tb", "tc")
"""Transports of discard(8), which logs the next hop that it was given."""
LOCAL, ALIAS, VIRTUAL, RELAY, FAR = ("loc.test", "va.test", "vm.test", "rl.test", "far.test")
_NAMES = ("anna", "ben", "anna+x", "anna-x", "list", "nobody-there", "Ben")
_DOMAINS = (LOCAL, ALIAS, VIRTUAL, RELAY, FAR, f"sub.{RELAY}", f"sub.{VIRTUAL}", "mx.lab.example")
_ODD = (
    "anna",
    "daemon",
    "anna@",
    "@vm.test",
    "anna@host",
    "ANNA@VM.TEST",
    "anna@vm.test.",
    "anna@vm..test",
    "-anna@vm.test",
    "anna%far.test@loc.test",
    "anna%far.test",
    "far.test!anna",
    "anna@far.test@loc.test",
    "@loc.test:anna@vm.test",
    "anna@[127.0.0.1]",
    "anna@[192.0.2.9]",
    "anna@192.0.2.9",
    "anna@[IPv6:::1]",
    "postmaster",
    "postmaster@loc.test",
    "postmaster@vm.test",
    "owner-list@loc.test",
    "list-request@loc.test",
    '"anna b"@vm.test',
    '"anna b"@loc.test',
    '"anna@x"@vm.test',
    '"anna"@vm.test',
    "anna..b@vm.test",
    "änna@vm.test",
    "anna@bücher.test",
    "anna@xn--bcher-kva.test",
    "daemon+x@loc.test",
    "daemon-x@loc.test",
    "Daemon@loc.test",
    "games@loc.test",
    "man@localhost",
    "+x@loc.test",
    "a/b@vm.test",
    "anna@" + "x" * 64 + ".test",
    "a" * 70 + "@vm.test",
)

_SELDOM = (
    ("reset_owner_alias", "yes"),
    ("expand_owner_alias", "yes"),
    ("require_home_directory", "yes"),
    ("allow_mail_to_commands", "", "alias, forward, include"),
    ("allow_mail_to_files", "", "alias, forward, include"),
    ("mailbox_transport_maps", "inline:{daemon=tb:box, anna=tc}"),
    ("mailbox_command_maps", "inline:{games=/bin/true}"),
    ("fallback_transport_maps", "inline:{ben=tb:, list=tc:far}"),
    ("hopcount_limit", "2"),
)
"""Parameters of local(8) and cleanup(8), each with values to choose from."""


@dataclass(slots=True)
class Case:
    """One configuration."""

    number: int
    folder: Path
    main: dict[str, str] = field(default_factory=dict)
    """Parameters on top of the lab's own."""
    smtpd: dict[str, str] = field(default_factory=dict)
    """Overrides of the smtpd(8) that mail comes in by."""
    tables: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Type and text of each table, by its file's name."""
    addresses: tuple[str, ...] = ()
    sender: str = ""


class Maker:
    """Makes cases: the same ones for the same seed."""

    def __init__(self, seed: int, folder: Path, compiled: str) -> None:
        self._seed = seed
        self._random = random.Random(seed)
        self._folder = folder
        self._compiled = compiled

    def case(self, number: int, addresses: int) -> Case:
        """One configuration and the addresses to try on it."""
        case = Case(number, self._folder)
        for part in (self._classes, self._rewriting, self._recipients, self._aliases, self._routes, self._local):
            part(case)
        self._entrance(case)
        self._seldom(case)
        plain = [f"{name}@{domain}" for name in _NAMES for domain in _DOMAINS]
        case.addresses = (
            *self._random.sample(plain, addresses - addresses // 3),
            *self._random.sample(_ODD, addresses // 3),
        )
        return case

    def _maybe(self, share: float = 0.5) -> bool:
        return self._random.random() < share

    def _one(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _some(self, make: Callable[[], tuple[str, str]], most: int) -> list[tuple[str, str]]:
        return list(dict(make() for _ in range(self._random.randint(1, most))).items())

    def _address(self, *domains: str) -> str:
        return f"{self._random.choice(_NAMES)}@{self._random.choice(domains or _DOMAINS)}"

    def _table(self, case: Case, name: str, entries: Sequence[tuple[str, str]], *, patterns: bool = False) -> str:
        """Write a table of a type that fits; its ``type:name``."""
        kind = self._one("texthash", self._compiled, "texthash", *(("regexp",) if patterns else ()))
        if kind == "regexp":
            lines = (f"/^{key.replace('.', '[.]').replace('+', '[+]')}$/ {value}" for key, value in entries)
        else:
            lines = (f"{key} {value}" for key, value in entries)
        case.tables[name] = (kind, "".join(f"{line}\n" for line in lines))
        return f"{kind}:{case.folder / name}"

    def _domains(self, case: Case, name: str, *domains: str) -> str:
        """A list of domains: themselves, in a file, or in a table."""
        how = self._one("plain", "plain", "file", "table")
        if how == "plain":
            return ", ".join(domains)
        if how == "file":
            case.tables[name] = ("", "".join(f"{domain}\n" for domain in domains))
            return str(case.folder / name)
        return self._table(case, name, [(domain, "x") for domain in domains])

    def _classes(self, case: Case) -> None:
        main = case.main
        main["mydestination"] = self._domains(case, "local_domains", LOCAL, "localhost", "mx.lab.example")
        main["virtual_alias_domains"] = self._domains(case, "alias_domains", ALIAS)
        main["virtual_mailbox_domains"] = self._domains(case, "mailbox_domains", VIRTUAL)
        main["relay_domains"] = self._domains(case, "relays", self._one(RELAY, RELAY, f".{RELAY}"))
        if self._maybe(0.2):
            main["relay_domains"] = f"!sub.{RELAY}, {main['relay_domains']}"
        if self._maybe(0.2):
            main["parent_domain_matches_subdomains"] = self._one("", "transport_maps", "relay_domains,transport_maps")
        if self._maybe(0.1):
            main["mydestination"] += f", {VIRTUAL}"

    def _rewriting(self, case: Case) -> None:
        main = case.main
        main["recipient_delimiter"] = self._one("", "+", "+", "-", "+-")
        main["myorigin"] = self._one(LOCAL, VIRTUAL, "lab.example", FAR)
        main["mydomain"] = "test"
        for name in ("append_dot_mydomain", "swap_bangpath", "allow_percent_hack", "resolve_numeric_domain"):
            if self._maybe(0.3):
                main[name] = self._one("yes", "no")
        if self._maybe(0.2):
            main["resolve_dequoted_address"] = "no"
        if self._maybe(0.15):
            main["allow_min_user"] = "yes"
        if self._maybe(0.3):
            entries = self._some(lambda: (self._canonical_key(), self._target()), 4)
            main[self._one("canonical_maps", "recipient_canonical_maps")] = self._table(case, "canonical", entries)
        if self._maybe(0.1):
            main["recipient_canonical_classes"] = "header_recipient"
        if self._maybe(0.3):
            main["propagate_unmatched_extensions"] = self._one("", "canonical", "virtual", "canonical, virtual, alias")

    def _canonical_key(self) -> str:
        return self._one(self._address(), self._random.choice(_NAMES), f"@{self._random.choice(_DOMAINS)}")

    def _target(self) -> str:
        return self._one(self._address(), self._address(), f"@{self._random.choice(_DOMAINS)}", "anna", "daemon")

    def _recipients(self, case: Case) -> None:
        main = case.main
        users = self._some(lambda: (self._address(VIRTUAL), f"{self._one('anna', 'ben')}{self._one('/', '.mbox')}"), 6)
        if self._maybe(0.2):
            users.append((f"@{VIRTUAL}", "all/"))
        main["virtual_mailbox_maps"] = self._table(case, "mailboxes", users)
        if self._maybe(0.4):
            keys = self._some(lambda: (self._one(self._address(RELAY), f"@sub.{RELAY}"), "x"), 5)
            main["relay_recipient_maps"] = self._table(case, "relay_users", keys, patterns=True)
        main["local_recipient_maps"] = self._one(
            "", "proxy:unix:passwd.byname $alias_maps", "unix:passwd.byname $alias_maps", "$alias_maps"
        )
        if self._maybe(0.15):
            main["smtpd_reject_unlisted_recipient"] = "no"
        if self._maybe(0.2):
            main["show_user_unknown_table_name"] = "no"
        for name in ("local", "virtual_alias", "virtual_mailbox", "relay"):
            if self._maybe(0.15):
                kind = f"{name}_recipient" if name in ("local", "relay") else name
                main[f"unknown_{kind}_reject_code"] = self._one("450", "551")
        if self._maybe(0.2):
            entries = self._some(lambda: (self._canonical_key(), "new place@x.test"), 2)
            main["relocated_maps"] = self._table(case, "relocated", entries)

    def _aliases(self, case: Case) -> None:
        main = case.main
        entries = self._some(lambda: (self._canonical_key(), self._targets()), 8)
        main["virtual_alias_maps"] = self._table(case, "virtual", entries)
        if self._maybe(0.2):
            more = self._some(lambda: (self._address(), self._address()), 3)
            main["virtual_alias_maps"] += " " + self._table(case, "virtual_more", more, patterns=True)
        if self._maybe(0.04):
            main["virtual_alias_maps"] += " fail:broken"
        if self._maybe(0.2):
            main["virtual_alias_recursion_limit"] = self._one("2", "4")
        if self._maybe(0.1):
            main["virtual_alias_expansion_limit"] = "3"
        if self._maybe(0.1):
            bcc = self._some(lambda: (self._canonical_key(), self._address()), 3)
            main["recipient_bcc_maps"] = self._table(case, "bcc", bcc)

    def _targets(self) -> str:
        return self._one(", ", " ").join(self._target() for _ in range(self._random.choice((1, 1, 2, 3))))

    def _routes(self, case: Case) -> None:
        main = case.main
        main["relayhost"] = self._one("", "[hub.test]", "hub.test:2525")
        main["default_transport"] = self._one("ta", "ta:elsewhere")
        main["relay_transport"] = self._one("tb", "tb:backend", "relay_nobody")
        main["virtual_transport"] = self._one("virtual", "virtual", "tc", "lmtp:unix:private/dovecot-lmtp")
        main["local_transport"] = self._one("local:$myhostname", "local:$myhostname", "local", "tc:local")
        if self._maybe(0.6):
            entries = self._some(lambda: (self._transport_key(), self._way()), 5)
            main["transport_maps"] = self._table(case, "transport", entries)
        else:
            main["transport_maps"] = ""
        if self._maybe(0.3):
            case.sender = self._one("boss@vm.test", "boss+x@far.test")
            by_sender = [(self._one(case.sender, "@far.test"), self._one("[other.test]", "DUNNO", "other.test:26"))]
            main["sender_dependent_relayhost_maps"] = self._table(case, "by_sender", by_sender)
            ways = [(self._one(case.sender, "@vm.test"), self._one("tc:", "tb:way", "DUNNO", "tc"))]
            main["sender_dependent_default_transport_maps"] = self._table(case, "ways", ways)

    def _transport_key(self) -> str:
        domain = self._random.choice(_DOMAINS)
        return self._one(self._address(), domain, domain, f".{domain}", f".{RELAY}", "*", "anna@")

    def _way(self) -> str:
        return self._one(
            "ta:",
            "tb:hop.test",
            ":",
            ":next.test",
            "error:no such thing",
            "error:5.7.1 closed",
            "retry:",
            "tc",
            "local:",
        )

    def _local(self, case: Case) -> None:
        main, spool = case.main, case.folder / "spool"
        main["mail_spool_directory"] = f"{spool}/"
        entries = [(f"{key}:", self._alias_value(case)) for key, _ in self._some(lambda: (self._alias_key(), ""), 6)]
        kind = self._compiled
        case.tables["aliases"] = (kind, "".join(f"{key} {value}\n" for key, value in entries))
        case.tables["members"] = ("", f"# a comment\n{self._target_of_alias()}\n{self._target_of_alias()}\n")
        main["alias_maps"] = f"{kind}:{case.folder / 'aliases'}"
        if self._maybe(0.15):
            main["luser_relay"] = self._one("$user@far.test", "daemon", "anna+$local@vm.test")
        if self._maybe(0.15):
            main[self._one("mailbox_transport", "fallback_transport")] = self._one("tb:box", "tc")
        if self._maybe(0.15):
            main["mailbox_command"] = "/bin/cat >/dev/null"
        if self._maybe(0.3):
            first = f"{case.folder}/fw.$user${{recipient_delimiter}}$extension"
            main["forward_path"] = f"{first}, {case.folder}/forward.$user"
            case.tables["forward.daemon"] = ("", f"{self._target_of_alias()}\n")
            case.tables["fw.games+x"] = ("", "\\games, anna@vm.test\n")
        if self._maybe(0.1):
            main["owner_request_special"] = "no"

    def _alias_key(self) -> str:
        return self._one(
            "anna", "ben", "list", "owner-list", "list-request", "anna+x", "games", '"anna b"', "postmaster", "daemon"
        )

    def _alias_value(self, case: Case) -> str:
        special = (f"{case.folder}/archive", '"|/bin/cat >/dev/null"', f":include:{case.folder}/members")
        entries = (self._one(self._target_of_alias(), self._target_of_alias(), *special) for _ in range(2))
        return ", ".join(dict.fromkeys(entries))

    def _target_of_alias(self) -> str:
        return self._one("daemon", "games", "anna", "ben", "list", "\\man", self._address(), self._address(LOCAL))

    def _entrance(self, case: Case) -> None:
        if self._maybe(0.3):
            case.main["mynetworks"] = "192.0.2.0/24"
        if self._maybe(0.1):
            case.smtpd["receive_override_options"] = self._one("no_address_mappings", "no_unknown_recipient_checks")
        if self._maybe(0.1):
            case.smtpd["recipient_delimiter"] = "+"

    def _seldom(self, case: Case) -> None:
        """What few set, by a chance of its own: all else of a seed's cases stays what it was."""
        chance = random.Random(f"{self._seed}/{case.number}")
        for name, *values in _SELDOM:
            if chance.random() < 0.12:
                case.main[name] = chance.choice(values)
