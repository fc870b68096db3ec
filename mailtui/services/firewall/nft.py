"""``nft -j list ruleset`` as chains: libnftables-json(5). What only iptables can show (``xt``) is not understood."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from mailtui.services.firewall.model import Action, Chain, Ports, Rule, Ruleset, Test

_FAMILIES = {4: ("ip", "inet"), 6: ("ip6", "inet")}
_NAMES = {4: "ipv4", 6: "ipv6"}
_VERDICTS: dict[str, Action] = {
    "accept": "accept",
    "drop": "drop",
    "reject": "drop",
    "return": "return",
    "queue": "drop",
}
_SILENT = frozenset({"counter", "log", "limit", "mangle", "notrack", "quota", "set", "flow", "ct helper"})
_OTHERS = frozenset({"udp", "udplite", "icmp", "icmpv6", "igmp", "esp", "ah", "sctp", "dccp", "gre"})


@dataclass(frozen=True, slots=True)
class Tables:
    """What nft told."""

    items: tuple[Mapping[str, Any], ...] = ()
    sets: Mapping[tuple[str, str, str], Any] = field(default_factory=dict)
    """Elements of named sets, by family, table and name."""

    @property
    def of_iptables(self) -> bool:
        """Whether some of it was made by iptables, and is told by that alone."""
        return any("xt" in part for item in self.items for part in item.get("rule", {}).get("expr", ()))


def read(text: str) -> Tables:
    """Raises ValueError for what is no ruleset."""
    told = json.loads(text)
    if not isinstance(told, dict) or not isinstance(told.get("nftables"), list):
        raise ValueError("not what nft tells")
    items = tuple(item for item in told["nftables"] if isinstance(item, dict))
    sets = {_place(one, "name"): one.get("elem", []) for item in items if (one := item.get("set"))}
    return Tables(items, sets)


def ruleset(tables: Tables, version: int, interface: str, *, without: frozenset[str] = frozenset()) -> Ruleset:
    """The chains for one IP version and strangers that come in by ``interface`` (``""`` for not known).

    ``without``: tables that are read elsewhere.
    """
    rules: dict[str, list[Rule]] = {}
    bases: list[tuple[int, str]] = []
    policies: dict[str, Action] = {}
    for item in tables.items:
        one = item.get("chain") or item.get("rule")
        if not one or one["family"] not in _FAMILIES[version] or (one["family"] != "inet" and one["table"] in without):
            continue
        if "chain" in item:
            name = _key(one, "name")
            rules.setdefault(name, [])
            if one.get("hook") == "input":
                bases.append((one.get("prio", 0), name))
                policies[name] = "drop" if one.get("policy") == "drop" else "accept"
        else:
            reader = _Reader(tables, one, version, interface)
            rules.setdefault(_key(one, "chain"), []).extend(reader.rules())
    chains = {name: Chain(tuple(found), policies.get(name, "accept")) for name, found in rules.items()}
    return Ruleset(chains, tuple(name for _, name in sorted(bases)))


class _Reader:
    """One rule."""

    def __init__(self, tables: Tables, rule: Mapping[str, Any], version: int, interface: str) -> None:
        self._tables = tables
        self._rule = rule
        self._version = version
        self._interface = interface

    def rules(self) -> Iterator[Rule]:
        """It, or one for each way a verdict map takes."""
        tests: list[Test] = []
        text = str(self._rule.get("comment") or json.dumps(self._rule["expr"]))
        for part in self._rule["expr"]:
            for kind, value in part.items():
                if kind == "match":
                    tests.append(self._test(value))
                elif kind == "vmap":
                    for more, verdict in self._ways(value):
                        yield self._ended((*tests, more), verdict, text)
                elif kind in _VERDICTS or kind in ("jump", "goto"):
                    yield self._ended(tuple(tests), {kind: value}, text)
                elif kind not in _SILENT and not (kind == "xt" and value.get("type") == "target"):
                    tests.append(None)

    def _ended(self, tests: tuple[Test, ...], verdict: Mapping[str, Any], text: str) -> Rule:
        kind, value = next(iter(verdict.items()))
        if kind == "jump" or kind == "goto":
            target = _key({**self._rule, "target": value["target"]}, "target")
            return Rule(tests, "jump" if kind == "jump" else "goto", target, text)
        return Rule(tests, _VERDICTS.get(kind, "next"), "", text)

    def _ways(self, value: Mapping[str, Any]) -> Iterator[tuple[Test, Mapping[str, Any]]]:
        data = value["data"]
        for key, verdict in data["set"] if isinstance(data, dict) else ():
            if verdict is not None:
                yield self._test({"op": "==", "left": value["key"], "right": key}), verdict

    def _test(self, match: Mapping[str, Any]) -> Test:
        left, right, negated = match["left"], match["right"], match["op"] == "!="
        if "payload" in left:
            return self._payload(left["payload"], right, negated)
        if "meta" in left:
            return _turned(self._meta(left["meta"]["key"], _values(right)), negated)
        if "ct" in left:
            key = left["ct"]["key"]
            known = "new" in _values(right) if key == "state" else False if _values(right) == {"dnat"} else None
            return _turned(known, negated)
        return None

    def _payload(self, payload: Mapping[str, Any], right: Any, negated: bool) -> Test:
        protocol, name = payload.get("protocol"), payload.get("field")
        if protocol in ("tcp", "th") and name == "dport":
            ranges = self._ranges(right)
            return None if ranges is None else Ports(ranges, negated)
        other = {4: "ip6", 6: "ip"}[self._version]
        return False if protocol in _OTHERS or protocol == other else None

    def _meta(self, key: str, values: set[str]) -> bool | None:
        if key in ("iif", "iifname"):
            if values == {"lo"}:
                return False
            return any(fnmatchcase(self._interface, one) for one in values) if self._interface else None
        if key == "l4proto":
            return "tcp" in values or "6" in values
        if key == "nfproto":
            return _NAMES[self._version] in values
        return None

    def _ranges(self, right: Any) -> tuple[tuple[int, int], ...] | None:
        if isinstance(right, str) and right.startswith("@"):
            place = (self._rule["family"], self._rule["table"], right[1:])
            return self._ranges({"set": self._tables.sets.get(place, [None])})
        parts = right["set"] if isinstance(right, dict) and "set" in right else [right]
        found = [_range(part) for part in parts]
        return None if None in found else tuple(one for one in found if one)


def _range(part: Any) -> tuple[int, int] | None:
    if isinstance(part, dict) and "elem" in part:
        part = part["elem"].get("val")
    if isinstance(part, int):
        return part, part
    return (part["range"][0], part["range"][1]) if isinstance(part, dict) and "range" in part else None


def _values(right: Any) -> set[str]:
    """The words of one side of a comparison."""
    if isinstance(right, dict):
        right = right.get("set", [])
    return {str(one) for one in right} if isinstance(right, list) else {str(right)}


def _turned(known: bool | None, negated: bool) -> bool | None:
    return known if known is None else known != negated


def _place(one: Mapping[str, Any], name: str) -> tuple[str, str, str]:
    return one["family"], one["table"], one[name]


def _key(one: Mapping[str, Any], name: str) -> str:
    return " ".join(_place(one, name))
