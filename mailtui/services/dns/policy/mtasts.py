"""MTA-STS: the record, the policy behind it, and whether this domain's mail servers keep it. RFC 8461."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

from mailtui.findings import Finding
from mailtui.services.dns.hosts.mx import Exchangers
from mailtui.services.dns.policy.https import Fetched
from mailtui.services.dns.policy.serving import Shown, sts_findings
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.said import say, unknown
from mailtui.services.dns.tags import read_tags
from mailtui.text import clean, human_duration

PATH = "/.well-known/mta-sts.txt"
LONGEST = 31557600
"""Seconds a policy may be kept at most (RFC 8461, 3.2)."""
_SHORT = 86400
_VERSION = re.compile(r"v=STSv1[ \t]*;")
_ID = re.compile(r"[A-Za-z0-9]{1,32}\Z")
_MX = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\Z", re.IGNORECASE)
MODES = ("enforce", "testing", "none")

Fetch = Callable[[str, str, tuple[str, ...]], Fetched]
"""Of a host, a path, and the host's addresses."""


@dataclass(frozen=True, slots=True)
class StsPolicy:
    """What ``mta-sts.txt`` says."""

    mode: str
    max_age: int
    mx: tuple[str, ...]
    flaws: tuple[str, ...] = ()
    """What makes it invalid, for people."""

    def allows(self, host: str) -> bool:
        """Whether a host of an MX record fits; ``*.`` stands for exactly one label."""
        name = host.lower().rstrip(".")
        above = name.partition(".")[2]
        return any(pattern == name or (pattern.startswith("*.") and pattern[2:] == above) for pattern in self.mx)


def parse(text: str) -> StsPolicy:
    """A policy file, whatever stands in it."""
    fields: dict[str, str] = {}
    mx: list[str] = []
    flaws: list[str] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            flaws.append(f"{clean(line)!r} is no name: value")
        elif name == "mx":
            mx.append(value.lower().rstrip("."))
        else:
            fields.setdefault(name, value)
    flaws += [f"mx: {clean(host)!r} is no host name" for host in mx if not _MX.match(host)]
    if fields.get("version") != "STSv1":
        flaws.append("version: STSv1 is missing")
    mode, age = fields.get("mode", ""), fields.get("max_age", "")
    if mode not in MODES:
        flaws.append(f"mode: {clean(mode)!r}; it may be enforce, testing or none")
    if not (age.isascii() and age.isdigit() and len(age) < 11 and int(age) <= LONGEST):
        flaws.append(f"max_age: {clean(age)!r}; it may be up to {LONGEST} seconds")
        age = "0"
    if not mx and mode != "none":
        flaws.append("no mx: line")
    return StsPolicy(mode, int(age), tuple(mx), tuple(flaws))


def check(
    resolver: Resolver, domain: str, found: Exchangers, fetch: Fetch, shown: Callable[[], Iterable[Shown]]
) -> tuple[Finding, ...]:
    """What a sender that keeps to MTA-STS meets; ``shown`` looks at those of the mail servers that are this machine."""
    return tuple(_check(resolver, domain, found, fetch, shown))


def _check(
    resolver: Resolver, domain: str, found: Exchangers, fetch: Fetch, shown: Callable[[], Iterable[Shown]]
) -> Iterator[Finding]:
    answer = resolver.ask(f"_mta-sts.{domain}", "TXT")
    texts = [text for text in answer.texts if _VERSION.match(text)]
    if answer.unknown:
        yield unknown("mtasts", answer, domain)
        return
    if not texts:
        damaged = [text for text in answer.texts if "sts" in text.lower()]
        yield say("mtasts", "damaged" if damaged else "none", domain, damaged)
        return
    if len(texts) > 1:
        yield say("mtasts", "several", domain, texts, count=len(texts))
        return
    if not _ID.match(read_tags(texts[0]).get("id")):
        yield say("mtasts", "id", domain, texts)
        return
    policy = yield from _fetched(resolver, domain, fetch)
    if policy is not None:
        yield from _policy(domain, policy, found)
        for one in shown() if policy.mode != "none" and not policy.flaws else ():
            yield from sts_findings(domain, policy.mode, one)


def _fetched(resolver: Resolver, domain: str, fetch: Fetch) -> Generator[Finding, None, StsPolicy | None]:
    """What stands in the way of the policy, and the policy."""
    host = f"mta-sts.{domain}"
    answers = resolver.ask_all([(host, "A"), (host, "AAAA")])
    addresses = tuple(ip for answer in answers for ip in answer.records)
    if not addresses:
        lost = [answer for answer in answers if answer.unknown]
        yield (
            unknown("mtasts", lost[0], domain)
            if lost
            else say("mtasts", "no-host", domain, answers[0].evidence(), host=host)
        )
        return None
    got = fetch(host, PATH, addresses)
    if got.trouble:
        yield say("mtasts", f"fetch-{got.trouble}", domain, (f"{got.url}: {got.why}",), url=got.url, why=got.why)
    return parse(got.body) if got.trouble in ("", "type") else None


def _policy(domain: str, policy: StsPolicy, found: Exchangers) -> Iterator[Finding]:
    if policy.flaws:
        yield say("mtasts", "flaws", domain, policy.flaws)
        return
    if policy.mode == "none":
        yield say("mtasts", "off", domain)
        return
    for host in dict.fromkeys(one.host for one in found.hosts):
        if not policy.allows(host):
            yield say("mtasts", f"mx-missing-{policy.mode}", domain, policy.mx, of=host, host=host)
    for pattern in policy.mx:
        if found.hosts and not any(StsPolicy("", 0, (pattern,)).allows(one.host) for one in found.hosts):
            yield say("mtasts", "mx-unused", domain, of=pattern, pattern=pattern)
    if policy.max_age < _SHORT:
        yield say("mtasts", "short", domain, age=human_duration(policy.max_age))
    yield say("mtasts", policy.mode, domain, (f"max_age: {policy.max_age}", *(f"mx: {host}" for host in policy.mx)))
