"""Copies of messages that are deleted, complete enough to be sent again: envelope as JSON, then the message.

They lie under ``state/deleted``, 0600, one file a message, and are swept away after ``KEPT_DAYS``.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.ids import checked_id
from mailtui.services.postfix.queue.model import QueueEntry

KEPT_DAYS = 30
LARGEST = 64 * 2**20
"""Bytes of the largest message that a copy is made of."""
TIMEOUT = 120.0


class TooLarge(MailtuiError):
    """A message of which no copy is made."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A message as it was taken out of the queue."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class Copies:
    """The copies of one machine."""

    def __init__(self, state: Path, tools: Tools, postfix: PostfixConfig) -> None:
        self._folder = state / "deleted"
        self._tools = tools
        self._postfix = postfix

    def save(self, entry: QueueEntry) -> Path:
        """A copy that is on disk when this returns.

        Raises TooLarge, HostError where the disk will not take it, and what ``Tools.run`` raises.
        """
        if entry.message_size > LARGEST:
            raise TooLarge("it is too large to be copied, hence not deleted", unlock="postsuper -d deletes it for good")
        argv = ["postcat", *self._postfix.where, "-q", "-hb", "--", checked_id(entry.queue_id)]
        content = self._tools.run(argv, timeout=TIMEOUT, max_output=2 * LARGEST)
        if content.truncated:
            raise TooLarge("it is too large to be copied, hence not deleted", unlock="postsuper -d deletes it for good")
        envelope = {"sender": entry.sender, "recipients": list(entry.addresses), "arrival_time": entry.arrival_time}
        path = self._folder / f"{entry.queue_id}-{entry.arrival_time:.0f}"
        try:
            _write(path, json.dumps(envelope).encode() + b"\n" + content.stdout)
        except OSError as error:
            raise HostError(f"no copy of {entry.queue_id} could be saved: {error.strerror}; nothing is lost") from error
        return path

    def read(self, name: str) -> Copied:
        """The copy called ``name``. Raises HostError where it cannot be read any more."""
        try:
            head, _, content = (self._folder / Path(name).name).read_bytes().partition(b"\n")
            envelope = json.loads(head)
            return Copied(envelope["sender"], tuple(envelope["recipients"]), content)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HostError(f"the copy {name} can no longer be read: {error}") from error

    def has(self, name: str) -> bool:
        """Whether there is a copy called ``name``."""
        return (self._folder / Path(name).name).is_file()

    def sweep(self) -> None:
        """Take away what is older than ``KEPT_DAYS``."""
        oldest = time.time() - KEPT_DAYS * 86400
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if path.lstat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    being_written = path.with_suffix(".new")
    handle = os.open(being_written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        being_written.replace(path)
    except OSError:
        being_written.unlink(missing_ok=True)
        raise
