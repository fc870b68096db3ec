"""The check of all sockets, and what mends each: Dovecot's own listeners say where it really listens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.sockets.meetings import Meeting, meetings
from mailtui.services.sockets.reach import Reach, Who, reach, who
from mailtui.text import clean

_LISTENER = re.compile(r"service (?P<service>\S+) \{ unix_listener (?P<path>[^{]+) \{ (?P<name>\w+)")


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that Dovecot is told to make."""

    service: str
    name: str
    """As its block is named in the configuration."""
    path: Path
    rights: tuple[str, str]
    """Mode and user that the configuration gives it."""


class Sockets:
    """Looks; connects to nothing and changes nothing."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def check(self) -> tuple[Finding, ...]:
        """What keeps Postfix from its neighbours. Raises what asking Postfix raises."""
        postfix = self._postfix.again()
        user = who(postfix.get("mail_owner"))
        if user is None:
            return ()
        found = ((meeting, reach(meeting.path, user)) for meeting in meetings(postfix))
        wrong = [(meeting, state) for meeting, state in found if state.trouble not in ("", "unknown")]
        listeners = tuple(self._listeners()) if wrong else ()
        return tuple(_finding(meeting, state, user, listeners, postfix) for meeting, state in wrong)

    def _listeners(self) -> Iterator[Listener]:
        """Every UNIX listener of Dovecot; none where it cannot be asked."""
        try:
            said = self._dovecot.again().everything("-a")
        except MailtuiError:
            return
        every = dict(settings(said))
        base = Path(every.get("base_dir", "/run/dovecot"))
        blocks = {(found["service"], found["path"].strip()) for found in map(_LISTENER.match, every) if found}
        for service, name in sorted(blocks):
            block = f"service {service} {{ unix_listener {name} {{"
            rights = every.get(f"{block} mode", ""), every.get(f"{block} user", "")
            yield Listener(service, name, base / every.get(f"{block} path", name), rights)


def _finding(
    meeting: Meeting, state: Reach, user: Who, listeners: tuple[Listener, ...], postfix: PostfixConfig
) -> Finding:
    words = _words()
    kind, trouble = words[meeting.kind], words["troubles"][state.trouble]
    advice, fix = _mending(meeting, state, user, listeners, Path(postfix.get("queue_directory")))
    return Finding(
        f"socket.{state.trouble}:{meeting.parameter}:{clean(str(meeting.path))}",
        trouble["severity"],
        "configuration",
        clean(meeting.parameter),
        f"{trouble['title'].format(what=kind['what'])}: {kind['effect']}",
        (state.evidence, f"{clean(meeting.parameter)} = {clean(meeting.value)}"),
        advice,
        fix,
    )


def _mending(
    meeting: Meeting, state: Reach, user: Who, listeners: tuple[Listener, ...], queue: Path
) -> tuple[str, tuple[str, ...]]:
    """What to do, and the command that does it."""
    kind = _words()[meeting.kind]
    service = kind["service"]
    if not service:
        return "Start the milter, or correct its socket's path, owner and mode.", ()
    own = next((one for one in listeners if one.service == service and one.path == meeting.path), None)
    block = f"service {service} {{ unix_listener {own.name if own else meeting.path} {{"
    rights = (f"{block} mode={kind['mode']}", f"{block} user={user.name}", f"{block} group={user.name}")
    if own is not None and state.trouble == "denied" and own.rights != (kind["mode"], user.name):
        return f"Let {user.name} use it:", ("mailtui", "config", "set", "dovecot", *rights)
    if own is not None:
        return "Dovecot is told to make it so, and has not: start it anew.", (
            "mailtui",
            "service",
            "restart",
            "dovecot",
        )
    fitting = [one for one in listeners if one.service == service and _usable(one, meeting, user, queue)]
    if len(fitting) == 1:
        where = _as_value(meeting, fitting[0].path, queue)
        advice = f"Dovecot's service {service} listens on {clean(str(fitting[0].path))} instead: let Postfix go there."
        return advice, ("mailtui", "config", "set", "postfix", f"{meeting.parameter}={where}")
    return f"Let Dovecot's service {service} make it:", ("mailtui", "config", "set", "dovecot", *rights)


def _usable(listener: Listener, meeting: Meeting, user: Who, queue: Path) -> bool:
    """Whether Postfix would reach this one."""
    if listener.service == "auth" and "userdb" in listener.name:
        return False
    if meeting.inside and not listener.path.is_relative_to(queue):
        return False
    return not reach(listener.path, user).trouble


def _as_value(meeting: Meeting, path: Path, queue: Path) -> str:
    """The parameter's value with another path."""
    text = str(path.relative_to(queue)) if path.is_relative_to(queue) else str(path)
    if meeting.kind == "sasl":
        return text
    return f"{meeting.value.partition(':')[0]}:unix:{text}"


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = json.loads(files(__package__).joinpath("sockets.json").read_text(encoding="utf-8"))
    return words
