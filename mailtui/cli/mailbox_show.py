"""``mailtui mailbox show``: one mailbox: figures, where it is, who is in it, and what stands in its files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mailtui.cli.findings import finding_json, print_finding
from mailtui.cli.mailbox_list import mailbox_json, store_json, the_figures, the_store
from mailtui.host import processes
from mailtui.host.errors import HostError, MailtuiError, UsageError
from mailtui.services.dovecot import health, of_user
from mailtui.services.dovecot.dump import dumped
from mailtui.services.dovecot.findings import findings
from mailtui.services.dovecot.index.inspecting import Section, inspect
from mailtui.services.dovecot.of_user import Quota, Session
from mailtui.services.dovecot.stores.model import Mailbox
from mailtui.services.dovecot.stores.service import Stores
from mailtui.text import clean, human_size

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.findings import Finding
    from mailtui.services.dovecot.figures import Figures

T = TypeVar("T")
INDENT = 13


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known of a mailbox's user and disk; None where it could not be asked."""

    sessions: Sequence[Session] | None
    quota: Sequence[Quota] | None
    findings: tuple[Finding, ...]
    disk: processes.Disk | None


def run(args: argparse.Namespace, context: Context) -> int:
    """Print it; exit 1 where something is wrong with it."""
    stores = Stores(context.tools, context.dovecot)
    if len(args.words) != (1 if args.path else 2):
        raise UsageError("mailbox show takes a user and a mailbox, or --path DIR and a mailbox")
    store = the_store(args, stores, most=2)
    mailbox = stores.mailbox(store, args.words[-1])
    figures = the_figures(mailbox, args, context)
    around = _around(mailbox, figures, args, context)
    sections = _sections(mailbox, context) if args.files else ()
    if args.json:
        context.output.json(_json(figures, around, sections))
    else:
        for line in _lines(figures, around, context.output):
            context.output.line(line)
        for finding in around.findings:
            print_finding(finding, context.output)
        _print_sections(sections, context.output)
    return int(any(finding.severity in ("error", "warning") for finding in around.findings))


def _around(mailbox: Mailbox, figures: Figures, args: argparse.Namespace, context: Context) -> _Around:
    store, user = mailbox.store, mailbox.store.user
    found = (*findings(figures.look), *health.of_store(store), *health.of_mailbox(mailbox))
    known = bool(user) and not args.path
    tools, config = context.tools, context.dovecot
    return _Around(
        _told(lambda: of_user.sessions(tools, config, user), context) if known else None,
        _told(lambda: of_user.quota(tools, config, user), context) if known else None,
        found,
        _disk(mailbox.mail),
    )


def _told(ask: Callable[[], T], context: Context) -> T | None:
    try:
        return ask()
    except MailtuiError as error:
        context.output.note(error.message)
        return None


def _disk(path: Path) -> processes.Disk | None:
    try:
        return processes.disk(path)
    except OSError:
        return None


def _sections(mailbox: Mailbox, context: Context) -> tuple[Section, ...]:
    try:
        return (*inspect(mailbox), *dumped(context.tools, context.dovecot, mailbox))
    except (OSError, ValueError, HostError) as error:
        context.output.note(f"index files: {error}")
        return ()


def _json(figures: Figures, around: _Around, sections: Sequence[Section]) -> dict[str, object]:
    disk = around.disk
    return {
        **mailbox_json(figures),
        "store": store_json(figures.look.mailbox.store),
        "sessions": None if around.sessions is None else [asdict(one) for one in around.sessions],
        "quota": None if around.quota is None else [asdict(one) for one in around.quota],
        "disk": disk and {"free": disk.free, "total": disk.total, "free_inodes": disk.free_inodes},
        "findings": [finding_json(finding) for finding in around.findings],
        "files": [asdict(section) for section in sections],
    }


def _lines(figures: Figures, around: _Around, output: Output) -> Iterator[str]:
    mailbox = figures.look.mailbox
    yield output.styled(f"{mailbox.store.user or mailbox.store.root}  {mailbox.name}", "bold")
    for name, text in _facts(figures, around):
        yield from output.wrapped(text, INDENT, f"  {name}")


def _facts(figures: Figures, around: _Around) -> Iterator[tuple[str, str]]:
    mailbox = figures.look.mailbox
    store = mailbox.store
    yield "messages", f"{_or(figures.messages)}, {_or(figures.unseen)} unseen"
    yield "UIDs", f"UIDVALIDITY {_or(figures.uidvalidity)}, UIDNEXT {_or(figures.uidnext)}"
    if figures.highestmodseq is not None:
        yield "modseq", str(figures.highestmodseq)
    yield "size", "unknown" if figures.size is None else human_size(figures.size)
    yield "format", f"{store.format}, layout {store.layout}, owner {store.uid}:{store.gid}"
    yield "mail", str(mailbox.mail)
    yield "index", "in memory only" if store.index_in_memory else str(mailbox.index)
    yield "control", str(mailbox.control)
    if around.disk is not None:
        yield "disk", f"{human_size(around.disk.free)} of {human_size(around.disk.total)} free"
    for one in around.quota or ():
        yield "quota", f"{one.root}: {one.type.lower()} {_amount(one, one.value)} of {_amount(one, one.limit)}"
    if around.sessions is not None:
        told = (f"{one.service} from {one.ip or 'here'} (process {one.pid})" for one in around.sessions)
        yield "sessions", ", ".join(told) or "none"


def _amount(quota: Quota, value: int | None) -> str:
    if value is None:
        return "no limit"
    return human_size(value * 1024) if quota.type == "STORAGE" else str(value)


def _or(number: int | None) -> str:
    return "unknown" if number is None else str(number)


def _print_sections(sections: Sequence[Section], output: Output) -> None:
    for section in sections:
        output.line("\n", output.styled(section.title, "bold"))
        for row in section.rows:
            place = "" if row.offset is None else f"{row.offset:>8}"
            output.line(f"{place:>8}  {row.label:<24} {row.value}  ", output.styled(clean(row.meaning), "dim"))
        if section.note:
            output.line("  ", output.styled(section.note, "dim"))
