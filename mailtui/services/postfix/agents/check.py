"""Settings about delivery that contradict each other: local(8) "MAILBOX DELIVERY", virtual(8).

local(8) takes the first of ``mailbox_transport``, ``mailbox_command``, ``home_mailbox`` that is set; virtual(8) reads
its settings only where mail is handed to it.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from mailtui.findings import Finding
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean


def delivery_findings(postfix: PostfixConfig) -> tuple[Finding, ...]:
    """What is set and does nothing, or cannot work. Raises what ``Tools.run`` raises."""
    return (*_local(postfix), *_virtual(postfix))


def _local(postfix: PostfixConfig) -> Iterator[Finding]:
    names = _words()["local"]
    mine = [name for name in names if name in postfix.set_here and postfix.get(name)]
    agent = _agent(postfix, "local_transport")
    if agent != "local":
        yield from _passed_over(postfix, mine, "local_transport", agent, "local")
        return
    for name in mine[1:]:
        yield _finding("unused", name, postfix, by=mine[0])
    if mine and mine[0] == "mailbox_command" and (missing := _missing(postfix.get("mailbox_command"))):
        following = next(iter(mine[1:]), "mail_spool_directory")
        yield _finding("program", mine[0], postfix, missing, next=f"{following} ({postfix.get(following)})")


def _virtual(postfix: PostfixConfig) -> Iterator[Finding]:
    agent = _agent(postfix, "virtual_transport")
    mine = [name for name in _words()["virtual"] if name in postfix.set_here and postfix.get(name)]
    if agent != "virtual":
        yield from _passed_over(postfix, mine, "virtual_transport", agent, "virtual")


def _passed_over(
    postfix: PostfixConfig, names: Sequence[str], by: str, transport: str, agent: str
) -> Iterator[Finding]:
    """Settings of an agent that gets no mail; ``transport_maps`` may still send it some."""
    if not postfix.get("transport_maps"):
        for name in names:
            yield _finding("agent", name, postfix, by=by, transport=transport, agent=agent)


def _agent(postfix: PostfixConfig, parameter: str) -> str:
    """The program behind a transport; the transport's name where master.cf does not have it."""
    name = postfix.get(parameter).partition(":")[0]
    service = next((one for one in postfix.services if one.name == name and one.type == "unix"), None)
    return service.command.split(None, 1)[0] if service else name


def _missing(command: str) -> str:
    """The program of a command that local(8) would run, where it is not there."""
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    program = words[0] if words else ""
    return f"there is no {program}" if program.startswith("/") and not Path(program).exists() else ""


def _finding(kind: str, name: str, postfix: PostfixConfig, *evidence: str, **values: str) -> Finding:
    words = _words()[kind]
    told = {key: clean(value) for key, value in (values | {"subject": name}).items()}
    by = values.get("by", "")
    fix = () if kind == "program" else ("mailtui", "config", "unset", "postfix", name)
    seen = (f"{name} = {postfix.get(name)}", *([f"{by} = {postfix.get(by)}"] if by else []), *evidence)
    return Finding(
        f"delivery.{kind}:{name}",
        words["severity"],
        "configuration",
        name,
        words["title"].format(**told),
        tuple(map(clean, seen)),
        words["advice"].format(**told),
        fix,
    )


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = json.loads(files(__package__).joinpath("order.json").read_text(encoding="utf-8"))
    return words
