"""Who could be a content filter: clients and relays on this machine or in its private network.

A filter takes a message from Postfix over SMTP (or pipe) and gives it back as a new one. Only between near
parties is that looked for; ``hand_offs`` then decides by queue ID and Message-ID. Networks: RFC 1918, 3927,
4193, 4291 (loopback and link-local).
"""

from __future__ import annotations

import re

SENDMAIL = "local"
"""Stands for a client where a message came from sendmail(1)."""

_NEAR = re.compile(
    r"127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1\b|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:"
)
_LOOPBACK = re.compile(r"127\.|::1\b")
_MAIL_PORTS = ("]:25", "]:465", "]:587")


def is_near_client(client: str) -> bool:
    """May ``host[address]`` be a content filter of this site?"""
    return client == SENDMAIL or _NEAR.match(client, client.rfind("[") + 1) is not None


def is_local_client(client: str) -> bool:
    """Is the client on this machine?"""
    return client == SENDMAIL or _LOOPBACK.match(client, client.rfind("[") + 1) is not None


def is_near_relay(relay: str) -> bool:
    """May ``host[address]:port`` be a content filter of this site? Unix sockets and agents are not."""
    address = relay.rfind("[") + 1
    if not address or relay[-1] == "]":
        return False
    return not relay.endswith(_MAIL_PORTS) or _NEAR.match(relay, address) is not None
