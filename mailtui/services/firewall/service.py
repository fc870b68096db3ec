"""``Firewall``: whether the packet filter of this machine lets those in for whom the mail ports are there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError, PermissionDenied, ToolFailed
from mailtui.host.network import interface_addresses
from mailtui.host.tools import Tools
from mailtui.services.dns.names import is_public
from mailtui.services.firewall import iptables, nft
from mailtui.services.firewall.model import Reach, Ruleset
from mailtui.services.tls.listeners import Listener, Listeners
from mailtui.services.tls.listeners.model import ANYWHERE
from mailtui.text import clean

AREA = "firewall"
_ROLES = ("mx", "submission", "mailbox")
_IPTABLES = {4: "iptables-save", 6: "ip6tables-save"}
_FILTER = frozenset({"filter"})
_ROUTES = Path("/proc/net/route")
_MOST = 400


class Firewall:
    """Reads anew at each call."""

    def __init__(self, tools: Tools, listeners: Listeners) -> None:
        self._tools = tools
        self._listeners = listeners

    def rulesets(self) -> Mapping[int, Ruleset]:
        """What packets go through, by IP version; empty where no program for it is installed.

        Raises PermissionDenied, and what else ``Tools.run`` raises.
        """
        interface = outside()
        if not self._tools.find("nft"):
            found = {version: self._iptables(version, interface) for version in _IPTABLES}
            return {version: one for version, one in found.items() if one is not None}
        tables = nft.read(self._run("nft", "-j", "list", "ruleset"))
        if not tables.of_iptables:
            return {version: nft.ruleset(tables, version, interface) for version in _IPTABLES}
        rulesets = {}
        for version in _IPTABLES:
            old = self._iptables(version, interface)
            rest = nft.ruleset(tables, version, interface, without=_FILTER if old else frozenset())
            rulesets[version] = _both(rest, old) if old else rest
        return rulesets

    def findings(self) -> tuple[Finding, ...]:
        """Whether strangers reach the ports that are there for them."""
        try:
            rulesets = self.rulesets()
        except PermissionDenied as error:
            return (_finding("hidden", "packet filter", why=error.message),)
        except ValueError as error:
            raise MailtuiError(f"nft: {error}") from error
        if not rulesets:
            return ()
        listeners = [one for one in self._listeners.configured() if one.role in _ROLES and not _is_loopback(one)]
        return (*_of_ports(rulesets, listeners), *_of_versions(rulesets))

    def _iptables(self, version: int, interface: str) -> Ruleset | None:
        program = _IPTABLES[version]
        return iptables.ruleset(self._run(program), interface) if self._tools.find(program) else None

    def _run(self, *argv: str) -> str:
        try:
            return self._tools.run(argv, timeout=3.0).text
        except ToolFailed as error:
            if "ermission denied" in str(error) or "not permitted" in str(error):
                raise PermissionDenied(f"{argv[0]}: not permitted", unlock="run this as root") from error
            raise


def outside(routes: Path = _ROUTES) -> str:
    """The interface of the default route, by which strangers come in; ``""`` where that is not known."""
    try:
        lines = [line.split() for line in routes.read_text().splitlines()[1:]]
    except OSError:
        return ""
    found = {fields[0] for fields in lines if len(fields) > 7 and fields[1] == fields[7] == "00000000"}
    return found.pop() if len(found) == 1 else ""


def _of_ports(rulesets: Mapping[int, Ruleset], listeners: list[Listener]) -> Iterator[Finding]:
    ports = {one.port: one for one in listeners}
    open_to_all = []
    for port, listener in sorted(ports.items()):
        versions = [v for v in rulesets if any(_listens(one, v) for one in listeners if one.port == port)]
        reaches = {version: rulesets[version].reach(port) for version in versions}
        if all(reach == "open" for reach, _ in reaches.values()):
            open_to_all.append(str(port))
            continue
        yield from _shut(listener, reaches)
    if open_to_all:
        yield _finding("open", "packet filter", ports=", ".join(open_to_all))


def _shut(listener: Listener, reaches: Mapping[int, tuple[Reach, tuple[str, ...]]]) -> Iterator[Finding]:
    for reach in ("closed", "some"):
        versions = [version for version, (found, _) in reaches.items() if found == reach]
        if versions:
            kind = f"{reach}-mx" if listener.role == "mx" else reach
            rules = tuple(clean(text)[:_MOST] for version in versions for text in reaches[version][1])
            names = ", ".join(f"IPv{version}" for version in versions)
            yield _finding(kind, f"port {listener.port}", *rules, port=listener.port, versions=names)


def _of_versions(rulesets: Mapping[int, Ruleset]) -> Iterator[Finding]:
    has_six = any(":" in ip and is_public(ip) for ip in interface_addresses())
    if has_six and 4 in rulesets and rulesets[4].filters and not (6 in rulesets and rulesets[6].filters):
        yield _finding("half", "packet filter")


def _both(one: Ruleset, other: Ruleset) -> Ruleset:
    return Ruleset({**one.chains, **other.chains}, (*one.bases, *other.bases))


def _listens(listener: Listener, version: int) -> bool:
    return listener.address in ANYWHERE or (":" in listener.address) == (version == 6)


def _is_loopback(listener: Listener) -> bool:
    return listener.address.startswith("127.") or listener.address == "::1"


def _finding(kind: str, subject: str, *evidence: str, **words: object) -> Finding:
    row = _rows()[kind]
    title, advice = row["title"].format_map(words), row["advice"].format_map(words)
    return Finding(f"firewall.{kind}:{subject}", row["severity"], AREA, subject, title, evidence, advice)


@cache
def _rows() -> dict[str, Any]:
    rows: dict[str, Any] = json.loads(files(__package__).joinpath("findings.json").read_text(encoding="utf-8"))
    return rows
