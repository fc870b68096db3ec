"""Limits of ours: sizes, space, quota, and for how long Postfix goes on trying. Source: postconf(5)."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress

from mailtui.host.errors import PermissionDenied
from mailtui.services.dovecot.strangers import refuse_strangers
from mailtui.services.explain.arguments import is_one_user
from mailtui.services.explain.case import Case
from mailtui.text import human_duration, human_size, iso

_TIME = re.compile(r"(?P<number>\d+)(?P<unit>[smhdw]?)$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "": 1}


def retries(case: Case) -> None:
    """When the next attempts come, and when Postfix gives up."""
    if case.recipient.status != "deferred":
        return
    names = ("minimal_backoff_time", "maximal_backoff_time", "maximal_queue_lifetime")
    shortest, longest, lifetime = (_seconds(case.postfix.get(name), "d" if "life" in name else "s") for name in names)
    case.found.add(
        f"Postfix tries again after {human_duration(shortest)} at first, later every {human_duration(longest)}"
        f" (minimal_backoff_time, maximal_backoff_time)"
    )
    if case.story.arrived is not None and lifetime:
        case.found.add(f"It gives up {iso(case.story.arrived + lifetime)} (maximal_queue_lifetime)")


def size(case: Case) -> None:
    """Which limit it was."""
    if case.story.size is not None:
        case.found.add(f"The message has {human_size(case.story.size)} ({case.story.size} bytes)")
    if not case.spoken_by_us and not case.through_socket:
        return
    for name in ("message_size_limit", "mailbox_size_limit", "virtual_mailbox_limit"):
        value = case.postfix.get(name)
        if value.isdecimal():
            case.found.add(f"{name} = {value} ({human_size(int(value)) if int(value) else 'no limit'})")
    case.found.offer("postconf", *case.postfix.where, "message_size_limit", "mailbox_size_limit")


def disk(case: Case) -> None:
    """The room where queue files lie."""
    if not (case.spoken_by_us or case.through_socket):
        return
    folder = case.postfix.get("queue_directory")
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        case.found.add(f"The room in {folder} could not be read ({error.strerror})")
    else:
        case.found.add(f"{folder} has {human_size(usage.free)} free of {human_size(usage.total)}")
    case.show("queue_minfree", "message_size_limit")
    case.found.offer("df", "-h", folder)
    case.found.offer("df", "-i", folder)


def quota(case: Case) -> None:
    """A mailbox of ours: how full it is."""
    if not case.through_socket or not is_one_user(case.address):
        return
    argv = ("doveadm", *case.dovecot.where, "quota", "get", "-u", case.address)
    case.found.offer(*argv)
    with suppress(PermissionDenied):
        refuse_strangers(case.dovecot, case.address)
        answer = case.tools.run(argv, check=False)
        if answer.code == 0:
            case.found.add(*(" ".join(line.split()) for line in answer.text.strip().splitlines()[:4]))
    case.found.advise(f"Raise the quota of {case.address}, or let them clean up; what waits is delivered then.")


def _seconds(value: str, unit: str) -> int:
    match = _TIME.match(value.strip())
    return int(match["number"]) * _SECONDS[match["unit"] or unit] if match else 0
