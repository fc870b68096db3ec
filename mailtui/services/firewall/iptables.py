"""``iptables-save`` and ``ip6tables-save`` as chains: iptables(8), iptables-extensions(8). ufw, fail2ban use these."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from fnmatch import fnmatchcase

from mailtui.services.firewall.model import Action, Chain, Ports, Rule, Ruleset, Test

_INPUT = "INPUT"
_ACTIONS: dict[str, Action] = {"ACCEPT": "accept", "DROP": "drop", "REJECT": "drop", "RETURN": "return"}
_SILENT = frozenset({"LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "TRACE", "AUDIT", "SECMARK", "CT", "SET", "TCPMSS"})
_PLAIN = frozenset({"tcp", "udp", "multiport", "conntrack", "state", "comment", "limit", "hashlimit"})
"""Modules whose tests are read here, or hold for a first packet."""
_WORDLESS = frozenset({"--syn"})


def ruleset(text: str, interface: str) -> Ruleset:
    """The filter table, for strangers that come in by ``interface`` (``""`` for not known)."""
    rules: dict[str, list[Rule]] = {}
    policies: dict[str, Action] = {}
    table = ""
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
            continue
        words = _split(line)
        if table != "filter" or len(words) < 2:
            continue
        if line.startswith(":"):
            name = words[0][1:]
            rules[name] = []
            policies[name] = "drop" if words[1] == "DROP" else "accept"
        elif words[0] == "-A":
            rules.setdefault(words[1], []).append(_rule(words[2:], interface, line))
    chains = {name: Chain(tuple(found), policies.get(name, "accept")) for name, found in rules.items()}
    return Ruleset(chains, (_INPUT,) if _INPUT in chains else ())


def _rule(words: Sequence[str], interface: str, text: str) -> Rule:
    tests: list[Test] = []
    target, kind, at, negated = "", "jump", 0, False
    while at < len(words):
        word = words[at]
        value = words[at + 1] if at + 1 < len(words) else ""
        if word == "!":
            negated, at = True, at + 1
            continue
        if word in ("-j", "-g"):
            target, kind = value, "goto" if word == "-g" else "jump"
            break
        test = _test(word, value, interface)
        tests.append(_turned(test, negated) if negated else test)
        negated, at = False, at + (1 if word in _WORDLESS or value.startswith("-") else 2)
    if target in _ACTIONS or target in _SILENT or not target:
        return Rule(tuple(tests), _ACTIONS.get(target, "next"), "", text)
    return Rule(tuple(tests), "goto" if kind == "goto" else "jump", target, text)


def _test(word: str, value: str, interface: str) -> Test:
    match word:
        case "-p" | "--protocol":
            return value in ("tcp", "all", "6")
        case "--dport" | "--destination-port" | "--dports" | "--destination-ports" | "--ports":
            return _ports(value)
        case "-i" | "--in-interface":
            if value == "lo":
                return False
            return fnmatchcase(interface, value.replace("+", "*")) if interface else None
        case "--ctstate" | "--state":
            return "NEW" in value.split(",")
        case "-m" | "--match":
            return True if value in _PLAIN else None
        case "--comment" | "--syn" | "--limit" | "--limit-burst":
            return True
    return None


def _ports(value: str) -> Test:
    ranges = []
    for part in value.split(","):
        low, colon, high = part.partition(":")
        if not low.isdigit() or not (high or low).isdigit():
            return None
        ranges.append((int(low), int(high) if colon and high else int(low)))
    return Ports(tuple(ranges))


def _turned(test: Test, negated: bool) -> Test:
    if isinstance(test, Ports):
        return Ports(test.ranges, negated)
    return test if test is None else not test


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()
