"""Whether the policy servers of the lists can be reached: SMTPD_POLICY_README."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

from mailtui.findings import Finding
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.restrictions.finding.saying import say
from mailtui.services.postfix.restrictions.model import Order
from mailtui.services.postfix.tables import words
from mailtui.services.sockets.reach import reach, who

_PATIENCE = 2.0


def policy_findings(orders: tuple[Order, ...], postfix: PostfixConfig) -> Iterator[Finding]:
    """Servers that do not answer, each told once."""
    queue = postfix.get("queue_directory")
    asked: dict[tuple[str, bool], list[str]] = {}
    for order in orders:
        for stage in order.stages:
            for rule in stage.every():
                if rule.name == "check_policy_service" and ":" in rule.argument:
                    server = next(words(rule.argument.strip("{} ")), "")
                    asked.setdefault((server, order.service.chroot), []).append(f"{order.name} {stage.parameter}")
    for (server, chrooted), places in asked.items():
        trouble = _trouble(server, Path(queue), postfix.get("mail_owner"), chrooted=chrooted)
        if trouble:
            evidence = (trouble, *dict.fromkeys(places))
            yield say("policy-socket", "check_policy_service", evidence, server=server, queue=queue)


def _trouble(server: str, queue: Path, owner: str, *, chrooted: bool) -> str:
    """What keeps smtpd(8) from a server; ``""`` where nothing does, or it cannot be told."""
    kind, _, rest = server.partition(":")
    if kind == "inet":
        return _unconnected(rest)
    user = who(owner)
    if kind != "unix" or user is None:
        return ""
    path = queue / rest.lstrip("/") if chrooted or not rest.startswith("/") else Path(rest)
    found = reach(path, user)
    return found.evidence if found.trouble not in ("", "unknown") else ""


def _unconnected(place: str) -> str:
    host, _, port = place.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]") or "localhost", int(port)), timeout=_PATIENCE):
            return ""
    except (OSError, ValueError) as error:
        return f"{place}: {getattr(error, 'strerror', None) or error}"
