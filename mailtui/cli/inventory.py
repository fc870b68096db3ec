"""What is on this machine, asked part by part: what one part lacks must not hide the others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mailtui.host.errors import MailtuiError, ToolMissing

if TYPE_CHECKING:
    from mailtui.cli.context import Context

WANTED_TOOLS = (
    ("postconf", "Postfix's configuration"),
    ("postqueue", "the queue"),
    ("postcat", "queued messages"),
    ("doveconf", "Dovecot's configuration"),
    ("doveadm", "mailboxes and users"),
    ("zstd", "rotated logs ending in .zst"),
)
"""Program, and what is read with it."""


class Missing(NamedTuple):
    """Something that is not here, what for, and how to get it."""

    what: str
    why: str
    unlock: str


class Instance(NamedTuple):
    """One Postfix of this machine, as ``postmulti -l`` lists it."""

    name: str
    enabled: bool
    config_directory: str


class Place(NamedTuple):
    """A path and whether this user may read it."""

    path: str
    readable: bool


class Log(NamedTuple):
    """A log that was found."""

    name: str
    found_by: str
    size: int
    readable: bool


class Privileges(NamedTuple):
    """Who runs this and what they may do."""

    user: str
    root: bool
    groups: list[str]
    sudo: list[str]


class Inventory(NamedTuple):
    """All of it."""

    versions: dict[str, str | None]
    """None: it is installed, and does not tell."""
    instances: list[Instance]
    configuration: list[Place]
    logs: list[Log]
    privileges: Privileges
    settings: list[Place]
    state: str
    missing: list[Missing]


def take(context: Context) -> Inventory:
    """Ask everything once."""
    logs, problems = _logs(context)
    return Inventory(
        versions=dict(_versions(context)),
        instances=_instances(context),
        configuration=_configuration(context),
        logs=logs,
        privileges=_privileges(context),
        settings=_settings_files(context),
        state=str(context.settings.state),
        missing=[*_missing_tools(context), *problems],
    )


def _versions(context: Context) -> Iterator[tuple[str, str | None]]:
    """Programs and libraries with their versions; none where one is not installed."""
    import platform
    import ssl
    from importlib.metadata import version

    from mailtui import __version__

    yield "mailtui", __version__
    yield "python", platform.python_version()
    yield "textual", version("textual")
    yield "openssl", ssl.OPENSSL_VERSION.removeprefix("OpenSSL ").split()[0]
    for name in ("postfix", "dovecot"):
        try:
            yield name, getattr(context, name).version
        except ToolMissing:
            yield name, ""
        except MailtuiError:
            yield name, None


def _instances(context: Context) -> list[Instance]:
    """Postfix's instances; none where ``postmulti`` does not say."""
    try:
        listing = context.tools.run(["postmulti", "-l"]).text
    except MailtuiError:
        return []
    rows = (line.split() for line in listing.splitlines())
    return [Instance("postfix" if row[0] == "-" else row[0], row[2] == "y", row[3]) for row in rows if len(row) == 4]


def _configuration(context: Context) -> list[Place]:
    """The configuration files that are there."""
    postfix = Path(context.settings.postfix_config or "/etc/postfix")
    dovecot = Path(context.settings.dovecot_config or "/etc/dovecot/dovecot.conf")
    paths = (postfix / "main.cf", postfix / "master.cf", dovecot)
    return [Place(str(path), os.access(path, os.R_OK)) for path in paths if path.exists()]


def _privileges(context: Context) -> Privileges:
    import grp
    import pwd

    uid = os.geteuid()
    known = {entry.pw_uid: entry.pw_name for entry in pwd.getpwall()}
    names = {entry.gr_gid: entry.gr_name for entry in grp.getgrall()}
    groups = sorted(names.get(gid, str(gid)) for gid in {os.getegid(), *os.getgroups()})
    return Privileges(known.get(uid, str(uid)), uid == 0, groups, _sudo_rules(context))


def _sudo_rules(context: Context) -> list[str]:
    """What sudo lets this user do without a password."""
    if os.geteuid() == 0 or context.tools.find("sudo") is None:
        return []
    answer = context.tools.run(["sudo", "-n", "-l"], timeout=5.0, check=False)
    return [line.strip() for line in answer.text.splitlines() if "NOPASSWD:" in line]


def _settings_files(context: Context) -> list[Place]:
    """The settings file in use, when there is one."""
    from mailtui.settings import settings_paths

    given: Path | None = context.options.settings
    candidates = (given,) if given else settings_paths()
    return [Place(str(path), os.access(path, os.R_OK)) for path in candidates if path.exists()][:1]


def _missing_tools(context: Context) -> Iterator[Missing]:
    for tool, purpose in WANTED_TOOLS:
        if context.tools.find(tool) is None:
            yield Missing(tool, f"needed for {purpose}", ToolMissing(tool).unlock)


def _logs(context: Context) -> tuple[list[Log], list[Missing]]:
    """The logs found, and what stands between them and this user."""
    try:
        sources = context.sources.discover()
    except MailtuiError as error:
        return [], [Missing("logs", error.message, error.unlock)]
    logs = [Log(source.name, source.found_by, source.size, source.readable) for source in sources]
    problems = [Missing(source.name, source.problem, source.unlock) for source in sources if not source.readable]
    if not sources:
        problems.append(Missing("logs", "no mail log was found", "name one with --log FILE"))
    return logs, problems
