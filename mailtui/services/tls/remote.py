"""What a server sends, as if it stood in a file: ``mail.example.org:993``.

Ports and how TLS begins there: RFC 8314, 7.3; RFC 3207; RFC 5804.
"""

from __future__ import annotations

import re

from cryptography import x509

from mailtui.host.errors import HostError
from mailtui.services.tls.pile import Item
from mailtui.services.tls.probe import StartTls, served

_PLACE = re.compile(r"(?:\[(?P<bracketed>[0-9a-fA-F:.]+)\]|(?P<host>[^/\s:\[\]]+)):(?P<port>[0-9]{1,5})")
STARTTLS: dict[int, StartTls] = {
    24: "lmtp",
    25: "smtp",
    587: "smtp",
    2525: "smtp",
    110: "pop3",
    143: "imap",
    4190: "sieve",
}
"""What is spoken before TLS at the usual ports; at others TLS comes first."""


def place(text: str) -> tuple[str, int] | None:
    """Host and port; None for what is no such place."""
    match = _PLACE.fullmatch(text)
    if match is None or not 0 < int(match["port"]) < 65536:
        return None
    return match["bracketed"] or match["host"], int(match["port"])


def remote_pile(host: str, port: int) -> tuple[Item, ...]:
    """The certificates in the order they are sent. Raises HostError with the reason where there is no TLS."""
    answer = served(host, port, starttls=STARTTLS.get(port, ""), sni=None if is_address(host) else host)
    source = f"{host}:{port}"
    if answer.problem in ("unreachable", "silent"):
        raise HostError(
            f"{source} cannot be reached: {answer.detail}", unlock=f"mailtui tls probe {host} {port} tells more"
        )
    if not answer.tls:
        raise HostError(
            f"{source} serves no TLS: {answer.detail}", unlock=f"mailtui tls probe {host} {port} tells more"
        )
    chain = enumerate(answer.chain_der, 1)
    return tuple(Item("certificate", x509.load_der_x509_certificate(der), source, number) for number, der in chain)


def is_address(host: str) -> bool:
    """Whether it is an address and no name, so that there is no name to ask for."""
    return ":" in host or host.replace(".", "").isdigit()
