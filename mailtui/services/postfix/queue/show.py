"""One queued message as postcat(1) prints it: envelope records, then the message itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailtui.host.errors import MailtuiError, PermissionDenied, ToolFailed
from mailtui.host.tools import ToolResult, Tools
from mailtui.host.users import user
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.content import read_content
from mailtui.services.postfix.queue.ids import checked_id
from mailtui.services.postfix.queue.model import Part, QueueMessage
from mailtui.services.postfix.queue.privilege import sudo_rule
from mailtui.text import clean

MAX_SHOWN = 2**20
"""Bytes of a message that are read; an operator looks at the beginning."""
TIMEOUT = 30.0
_TITLE = re.compile(r"\*\*\* ENVELOPE RECORDS (?P<queue>\w+)/\S+ \*\*\*")
_RECORD = re.compile(r"(?P<name>[a-z_]+): +(?P<value>.*)")
_ATTRIBUTE = "named_attribute"


def read_message(tools: Tools, postfix: PostfixConfig, queue_id: str, part: Part = "all") -> QueueMessage:
    """A message, or the part of it asked for.

    Raises UsageError for what is no queue ID, MailtuiError for one that is not in the queue (any more),
    PermissionDenied where the queue files are not this user's to read, and what ``Tools.run`` raises.
    """
    checked_id(queue_id)
    postcat = ["postcat", *postfix.where, "-q"]
    envelope = _run(tools, [*postcat, "-e", "--", queue_id], queue_id)
    queue_name, records = _records(envelope.text)
    problems, truncated = _problems(envelope), envelope.truncated
    message = QueueMessage(queue_id, queue_name, part)
    if part == "envelope":
        return _with(message, records, truncated, problems)
    wanted = "-h" if part == "headers" else "-hb"
    content = _run(tools, [*postcat, wanted, "--", queue_id], queue_id)
    message = _with(message, records, truncated or content.truncated, (*problems, *_problems(content)))
    return read_content(message, _whole_lines(content) if content.truncated else content.stdout)


def _with(
    message: QueueMessage, records: tuple[tuple[str, str], ...], truncated: bool, problems: tuple[str, ...]
) -> QueueMessage:
    envelope = () if message.part in ("headers", "body") else records
    return QueueMessage(
        message.queue_id,
        message.queue_name,
        message.part,
        envelope,
        truncated=truncated,
        problems=tuple(dict.fromkeys(problems)),
    )


def _whole_lines(result: ToolResult) -> bytes:
    """Without the line that was cut: half a line of base64 would spoil the rest."""
    return result.stdout[: result.stdout.rfind(b"\n") + 1] or result.stdout


def _run(tools: Tools, argv: list[str], queue_id: str) -> ToolResult:
    """A damaged file is printed as far as it can be read, and postcat fails at the end."""
    result = tools.run(argv, timeout=TIMEOUT, max_output=MAX_SHOWN, check=False)
    if result.code == 0 or result.stdout:
        return result
    failed = ToolFailed(argv, result.code, result.error_text)
    if failed.misconfigured:
        raise failed
    if "No such file or directory" in result.error_text:
        raise MailtuiError(
            f"{queue_id} is not in the queue", unlock=f"it may have left it: mailtui trace {queue_id} tells its story"
        )
    if "Permission denied" in result.error_text:
        raise PermissionDenied(f"{user()} may not read queue files", unlock=f"sudo by the rule: {sudo_rule()}")
    raise failed


def _problems(result: ToolResult) -> tuple[str, ...]:
    """What postcat says is wrong with the file."""
    lines = [line for line in result.error_text.splitlines() if line.strip()] if result.code else []
    return tuple(f"the queue file is damaged: {clean(line.rpartition('fatal: ')[2])}" for line in lines[-1:])


def _records(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The queue the file lies in, and its envelope records."""
    title = _TITLE.match(text)
    return title["queue"] if title else "", tuple(_pairs(text))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names and cleaned values; an attribute stands under its own name."""
    for line in text.split("\n"):
        found = _RECORD.fullmatch(line)
        if found is None:
            continue
        name, value = found["name"], found["value"]
        if name == _ATTRIBUTE:
            name, _, value = value.partition("=")
        yield clean(name), clean(" ".join(value.split()) if name == "message_size" else value)
