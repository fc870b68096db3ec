"""``check_host``: what receivers make of a sender's address, with every limit they keep. RFC 7208, 4 and 5."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from mailtui.services.dns.answers import Answer
from mailtui.services.dns.names import is_domain, reverse_name
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.spf.macros import Subject, expand
from mailtui.services.dns.spf.record import Mechanism, Record, SpfSyntax, is_spf, parse
from mailtui.text import clean

MOST_LOOKUPS = 10
MOST_VOID = 2
_MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receiver concludes."""

    result: str
    """``none neutral pass fail softfail temperror permerror``."""
    why: str
    """The term that matched, or what went wrong, for people."""
    domain: str = ""
    """Whose record that is."""


class _Error(Exception):
    """The evaluation ends with an error."""

    def __init__(self, result: str, why: str) -> None:
        super().__init__(why)
        self.result = result
        self.why = why


@dataclass(slots=True)
class _Used:
    """What one evaluation has cost, includes and all."""

    lookups: int = 0
    void: int = 0


def check_host(resolver: Resolver, ip: str, domain: str, *, sender: str = "", helo: str = "") -> Verdict:
    """Evaluate the policy of ``domain`` for mail from ``ip``; ``sender`` is MAIL FROM, empty for HELO's own check."""
    sender = sender or f"postmaster@{domain}"
    sender = f"postmaster{sender}" if sender.startswith("@") else sender
    address = ip_address(ip)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    evaluation = _Evaluation(resolver, Subject(address, sender, helo or domain))
    try:
        return evaluation.of(domain)
    except _Error as error:
        return Verdict(error.result, error.why, domain)


class _Evaluation:
    def __init__(self, resolver: Resolver, subject: Subject) -> None:
        self._resolver = resolver
        self._subject = subject
        self._used = _Used()

    def of(self, domain: str) -> Verdict:
        if not is_domain(domain):
            return Verdict("none", f"{clean(domain)} is no domain name", domain)
        record = self._record(domain)
        if record is None:
            return Verdict("none", f"{clean(domain)} has no SPF record", domain)
        for mechanism in record.mechanisms:
            if self._matches(mechanism, domain):
                return Verdict(mechanism.result, clean(mechanism.text), domain)
        if not record.redirect or record.all:
            return Verdict("neutral", "no term matches", domain)
        self._count(f"redirect={record.redirect}")
        verdict = self.of(self._expand(record.redirect, domain))
        if verdict.result == "none":
            raise _Error("permerror", f"redirect: {verdict.why}")
        return verdict

    def _record(self, domain: str) -> Record | None:
        answer = self._resolver.ask(domain, "TXT")
        if answer.unknown:
            raise _Error("temperror", answer.told())
        found = [text for text in answer.texts if is_spf(text)]
        if len(found) > 1:
            raise _Error("permerror", f"{clean(domain)} has {len(found)} SPF records")
        try:
            return parse(found[0]) if found else None
        except SpfSyntax as error:
            raise _Error("permerror", f"{clean(domain)}: {error}") from error

    def _matches(self, mechanism: Mechanism, domain: str) -> bool:
        if mechanism.name == "all":
            return True
        if mechanism.network is not None:
            return self._subject.ip in mechanism.network
        self._count(mechanism.text)
        target = self._expand(mechanism.domain, domain) if mechanism.domain else domain
        match mechanism.name:
            case "include":
                return self._include(target)
            case "a":
                return self._within(self._addresses(target), mechanism)
            case "mx":
                return self._mx(target, mechanism)
            case "exists":
                return self._ask(target, "A").state == "found"
        return self._ptr(target)

    def _include(self, target: str) -> bool:
        verdict = self.of(target)
        if verdict.result == "none":
            raise _Error("permerror", f"include: {verdict.why}")
        return verdict.result == "pass"

    def _mx(self, target: str, mechanism: Mechanism) -> bool:
        hosts = [record.split()[-1].rstrip(".") for record in self._ask(target, "MX").records]
        if len(hosts) > _MOST_NAMES:
            raise _Error("permerror", f"{clean(target)} has more than {_MOST_NAMES} MX records")
        return any(self._within(self._addresses(host), mechanism) for host in hosts if host)

    def _ptr(self, target: str) -> bool:
        wanted = target.lower().rstrip(".")
        return any(name == wanted or name.endswith("." + wanted) for name in self._validated())

    def _validated(self) -> list[str]:
        """The names of the client that lead back to its address (5.5); an error is no name."""
        answer = self._resolver.ask(reverse_name(self._subject.ip), "PTR")
        self._count_void(answer)
        found = []
        for record in answer.records[:_MOST_NAMES]:
            name = record.rstrip(".").lower()
            if str(self._subject.ip) in {_plain(text) for text in self._resolver.ask(name, self._family).records}:
                found.append(name)
        return found

    def _name_of_client(self, domain: str) -> str:
        names = self._validated()
        same = [name for name in names if name == domain.lower()]
        under = [name for name in names if name.endswith("." + domain.lower())]
        return next(iter([*same, *under, *names]), "unknown")

    def _within(self, addresses: tuple[str, ...], mechanism: Mechanism) -> bool:
        length = mechanism.cidr4 if self._subject.ip.version == 4 else mechanism.cidr6
        return any(self._subject.ip in ip_network(f"{text}/{length}", strict=False) for text in addresses)

    def _addresses(self, host: str) -> tuple[str, ...]:
        return self._ask(host, self._family).records

    @property
    def _family(self) -> str:
        return "A" if isinstance(self._subject.ip, IPv4Address) else "AAAA"

    def _ask(self, name: str, record: str) -> Answer:
        """A question of a mechanism: what has no answer ends the evaluation."""
        if not is_domain(name, single=True):
            return Answer(name, record, "nxdomain")
        answer = self._resolver.ask(name, record)
        if answer.unknown:
            raise _Error("temperror", answer.told())
        self._count_void(answer)
        return answer

    def _expand(self, text: str, domain: str) -> str:
        return expand(text, domain, self._subject, lambda: self._name_of_client(domain))

    def _count(self, term: str) -> None:
        self._used.lookups += 1
        if self._used.lookups > MOST_LOOKUPS:
            raise _Error(
                "permerror", f"more than {MOST_LOOKUPS} terms that need the DNS, {clean(term)} is one too many"
            )

    def _count_void(self, answer: Answer) -> None:
        self._used.void += answer.absent
        if self._used.void > MOST_VOID:
            raise _Error("permerror", f"more than {MOST_VOID} lookups without an answer; the last: {answer.told()}")


def _plain(text: str) -> str:
    return str(ip_address(text))
