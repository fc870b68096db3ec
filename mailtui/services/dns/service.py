"""``Deliverability``: what is wrong with this machine's place in the DNS. Looks only; every check ends in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from mailtui.findings import Finding
from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.checks.model import Check, Report
from mailtui.services.checks.running import run_checks
from mailtui.services.dns import clients
from mailtui.services.dns.dkim import check as dkim
from mailtui.services.dns.dmarc import check as dmarc
from mailtui.services.dns.dnsbl import check as dnsbl
from mailtui.services.dns.dnsbl import configured
from mailtui.services.dns.hosts import mx, own
from mailtui.services.dns.hosts.mx import Exchangers, exchangers
from mailtui.services.dns.machine import Machine
from mailtui.services.dns.names import domain_of, is_host
from mailtui.services.dns.policy import caa, dane, mtasts, outbound, tlsrpt
from mailtui.services.dns.policy.https import fetch
from mailtui.services.dns.policy.serving import Shown
from mailtui.services.dns.publishing.model import Wanted
from mailtui.services.dns.publishing.records import records
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.said import say
from mailtui.services.dns.sender import Sender, is_published
from mailtui.services.dns.spf import check as spf
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.logs import LogSources
from mailtui.services.postfix.config import PostfixConfig

AREA = "dns"
_LIMIT = 25.0
"""Seconds for one check; its questions have given up by then."""
_QUICK = 12.0
"""The same among all checks of the machine, so that what is known by then is told."""
_MOST_DOMAINS = 20
"""Of a machine, that are looked at in one run of every check."""

Server = tuple[str, int]


class Deliverability:
    """The checks of the DNS for one machine. The configuration is read anew at each call."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        dovecot: DovecotConfig,
        sources: LogSources,
        resolver: Callable[[Sequence[Server]], Resolver] = Resolver,
    ) -> None:
        self._tools = tools
        self._resolver = resolver
        self._postfix = postfix
        self._dovecot = dovecot
        self._sources = sources

    def domains(self) -> tuple[str, ...]:
        """The domains whose mail ends here. Raises what reading Postfix's configuration raises."""
        return self._machine().sender.domains

    def check(
        self,
        domain: str,
        *,
        servers: Sequence[Server] = (),
        addresses: Sequence[str] = (),
        progress: Callable[[str], None] = lambda _name: None,
    ) -> Report:
        """All about ``domain``, asked of ``servers``; ``addresses`` instead of those this machine seems to send from.

        Raises UsageError for what is no domain, HostError where no name server is known, and what reading Postfix's
        configuration raises.
        """
        name, machine, resolver = domain_of(domain), self._machine(), self._resolver(servers)
        sender = machine.sender.with_addresses(addresses)
        if is_dead(resolver, name):
            return Report((_dead(resolver),))
        checks = (*_of_machine(machine, sender, resolver, name), *_of_domain(machine, sender, resolver, name))
        return run_checks(checks, progress)

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with this machine and its own domains.

        Nothing where the world can see neither; nor where no resolver answers, which is said elsewhere.
        """
        machine, resolver = self._machine(), self._resolver(())
        sender = machine.sender
        domains = sender.domains[:_MOST_DOMAINS]
        if not domains and not is_published(sender.hostname):
            return ()
        if is_dead(resolver, sender.hostname):
            return ()
        checks = [one for domain in domains for one in _of_domain(machine, sender, resolver, domain)]
        every = [*_of_machine(machine, sender, resolver, ""), *checks]
        report = run_checks([replace(one, limit=_QUICK) for one in every])
        left_out = len(sender.domains) - len(domains)
        wrong = tuple(one for one in report.findings if one.severity != "ok")
        return wrong + ((say("any", "more", "domains", count=left_out),) if left_out else ())

    def records(
        self, domain: str, *, servers: Sequence[Server] = (), addresses: Sequence[str] = ()
    ) -> tuple[Wanted, ...]:
        """What to publish for ``domain``, and whether it is. Raises as ``check``, and HostError without a host name."""
        machine = self._machine()
        sender = machine.sender.with_addresses(addresses)
        if not is_host(sender.hostname):
            raise HostError(
                f"records must name this machine, and {sender.hostname!r} is no full host name",
                unlock="set it first: mailtui config set postfix myhostname=mail.example.org",
            )
        return records(self._resolver(servers), machine, sender, domain_of(domain))

    def _machine(self) -> Machine:
        return Machine(self._tools, self._postfix.again(), self._dovecot.again(), self._sources)


def is_dead(resolver: Resolver, name: str) -> bool:
    """Whether no name server answers anything."""
    return all(answer.unknown for answer in resolver.ask_all([(name, "SOA"), (".", "NS")]))


def _dead(resolver: Resolver) -> Finding:
    servers = ", ".join(host for host, _ in resolver.servers)
    answer = resolver.ask(".", "NS")
    return say("any", "dead", servers, answer.evidence())


def _of_machine(machine: Machine, sender: Sender, resolver: Resolver, domain: str) -> Iterator[Check]:
    """What is the same for every domain; ``domain`` for the lists of domains."""
    hostname = sender.hostname.lower()
    yield _check("names and addresses", partial(own.check, resolver, sender))
    yield _check("block lists", partial(dnsbl.check, resolver, sender.addresses, domain))
    yield _check("lists Postfix asks", lambda: _asked(machine, resolver))
    yield _check("DANE when sending", partial(outbound.check, resolver, machine.postfix))
    if is_published(hostname):
        yield _check("CAA", lambda: caa.check(resolver, hostname, machine.look(hostname)))


def _of_domain(machine: Machine, sender: Sender, resolver: Resolver, domain: str) -> Iterator[Check]:
    def found() -> Exchangers:
        return exchangers(resolver, domain)

    def shown() -> tuple[Shown, ...]:
        return tuple(machine.look(one.host) for one in found().ours(sender))

    yield _check("MX", partial(mx.check, resolver, domain, sender), domain)
    if resolver.ask(domain, "MX").state == "nxdomain":
        return
    yield _check("SPF", partial(spf.check, resolver, domain, sender.addresses, sender.helo), domain)
    yield _check("DKIM", lambda: dkim.check(resolver, domain, machine.signers), domain)
    yield _check("DMARC", partial(dmarc.check, resolver, domain), domain)
    yield _check("MTA-STS", lambda: mtasts.check(resolver, domain, found(), fetch, shown), domain)
    yield _check("TLS reporting", lambda: tlsrpt.check(resolver, domain, needed=_promises(resolver, domain)), domain)
    yield _check("DANE", lambda: dane.check(resolver, found(), sender, machine.look), domain)
    yield _check("mail programs", lambda: clients.check(resolver, domain, sender, machine.ports), domain)


def _check(what: str, run: Callable[[], tuple[Finding, ...]], domain: str = "") -> Check:
    return Check(AREA, f"{what} of {domain}" if domain else what, run, _LIMIT)


def _asked(machine: Machine, resolver: Resolver) -> tuple[Finding, ...]:
    lists = configured.configured(machine.postfix)
    return configured.check(resolver, lists, machine.rejects, machine.written) if lists else ()


def _promises(resolver: Resolver, domain: str) -> bool:
    """Whether senders may refuse to deliver, by MTA-STS or DANE."""
    hosts = (dane.name_of(one.host) for one in exchangers(resolver, domain).hosts)
    answers = resolver.ask_all([(f"_mta-sts.{domain}", "TXT"), *((host, "TLSA") for host in hosts)])
    return any(answer.state == "found" for answer in answers)
