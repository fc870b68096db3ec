"""The queue that an action works on, and what moves messages in it."""

from __future__ import annotations

from dataclasses import dataclass

from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.listing import read_queue
from mailtui.services.postfix.queue.model import QueueListing
from mailtui.services.postfix.queue.postsuper import Postsuper


@dataclass(frozen=True, slots=True)
class QueueAccess:
    """The queue of one Postfix instance."""

    tools: Tools
    postfix: PostfixConfig

    def listing(self) -> QueueListing:
        """The queue as it is now."""
        return read_queue(self.tools, self.postfix)

    @property
    def postsuper(self) -> Postsuper:
        """What moves messages."""
        return Postsuper(self.tools, self.postfix)
