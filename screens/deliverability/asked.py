"""What the operator asks: a domain, what others see of this machine, and which name server to believe."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from mailtui.host.errors import UsageError
from mailtui.services.dns.names import domain_of
from mailtui.services.dns.resolver import server_of

HINT = "A domain; then, if it matters: ip ADDRESS (as others see it) resolver IP[:PORT]"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question."""

    domain: str
    addresses: tuple[str, ...] = ()
    resolvers: tuple[str, ...] = ()

    @property
    def servers(self) -> tuple[tuple[str, int], ...]:
        """The name servers to ask; none for those of the machine."""
        return tuple(server_of(text) for text in self.resolvers)

    @classmethod
    def read(cls, text: str) -> Asked:
        """The question in an operator's words; raises ValueError with a sentence."""
        domain, *rest = text.split() or [""]
        if len(rest) % 2 or not set(rest[::2]) <= {"ip", "resolver"}:
            raise ValueError(HINT)
        pairs = list(zip(rest[::2], rest[1::2], strict=True))
        addresses = tuple(value for word, value in pairs if word == "ip")
        resolvers = tuple(value for word, value in pairs if word == "resolver")
        try:
            for address in addresses:
                ip_address(address)
            for resolver in resolvers:
                server_of(resolver)
            return cls(domain_of(domain), addresses, resolvers)
        except UsageError as error:
            raise ValueError(error.told) from None

    def __str__(self) -> str:
        told = (("ip", self.addresses), ("resolver", self.resolvers))
        return " ".join((self.domain, *(f"{word} {value}" for word, values in told for value in values)))


def objection(text: str) -> str:
    """What is wrong with a question; ``""`` where nothing is."""
    try:
        Asked.read(text)
    except ValueError as error:
        return str(error)
    return ""
