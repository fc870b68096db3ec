"""Whether what was resolved for an address is what Postfix then did with it."""

from __future__ import annotations

import re
from collections.abc import Callable

from mailtui.services.postfix.addresses.keys import split_address, unquoted
from mailtui.services.postfix.addresses.model import Final, Resolution
from tests.lab.address_cases import TRANSPORTS
from tests.lab.address_machine import Delivery, Did

_FORWARDED = "forwarded as "
_WAITS = re.compile(r"mail transport unavailable|mail waits|delivery temporarily suspended|lookup|unable to look up")


_CIRCLE = re.compile(r"alias database loop|recipient nesting limit exceeded")
"""Postfix of June 2026 and later gives up one step earlier, at another name of the circle."""


def differences(did: Did, found: Resolution) -> list[str]:
    """What differs, a sentence each."""
    told = []
    if did.reply != found.reply:
        told.append(f"reply {did.reply!r}, resolved {found.reply!r}")
    if not did.queue_id:
        return told
    if not did.deliveries and found.final and all(_WAITS.search(final.problem) for final in found.final):
        return told  # local(8) says nothing of mail that it could not forward and leaves in the queue.
    done = [one for one in did.deliveries if not one.text.startswith(_FORWARDED)]
    told += [f"done {one}" for one in done if not any(_same(one, final) for final in found.final)]
    told += [f"resolved {final}" for final in found.final if not any(_same(one, final) for one in done)]
    return told


def _same(done: Delivery, final: Final) -> bool:
    if _CIRCLE.search(done.text) and _CIRCLE.search(final.problem):
        return True
    if _bare(done.to) != _bare(final.address):
        return False
    transport = done.service.removesuffix("/discard")
    if transport in TRANSPORTS:
        return (transport, done.text.lower()) == (final.transport, final.nexthop.lower())  # as the first in the queue
    if done.text == "discarded":
        return final.problem.startswith("discarded")
    if done.status != "sent" and final.problem:
        return _says_same(done.text, final.problem)
    return not final.problem and _AGENTS.get(done.service, _anywhere)(done, final)


def _says_same(text: str, problem: str) -> bool:
    if _WAITS.search(text):
        return bool(_WAITS.search(problem))
    return (
        text in problem
        or ("SMTPUTF8 is required" in text and "SMTPUTF8 is required" in problem)
        or ("doesn't exist" in text and "knows no user" in problem)
    )


def _by_local(done: Delivery, final: Final) -> bool:
    what, _, where = done.text.removeprefix("delivered to ").partition(": ")
    if what in ("mailbox", "maildir"):
        return "/spool/" in final.mailbox
    return final.mailbox == {"file": where, "command": f"|{where}"}.get(what)


def _by_virtual(done: Delivery, final: Final) -> bool:
    return "/boxes/" in final.mailbox and final.mailbox.endswith("/") == (done.text == "delivered to maildir")


def _anywhere(done: Delivery, final: Final) -> bool:
    return done.service == final.transport


_AGENTS: dict[str, Callable[[Delivery, Final], bool]] = {"local": _by_local, "virtual": _by_virtual}


def _bare(address: str) -> str:
    user, domain = split_address(address)
    return f"{unquoted(user)}@{domain}".lower()
