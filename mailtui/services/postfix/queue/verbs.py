"""What postsuper(1) can do to a message, and how one sees that it has been done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.looking import GONE, Found
from mailtui.services.postfix.queue.spool import HOLD

State = Callable[[Found | None], bool]


@dataclass(frozen=True, slots=True)
class Verb:
    """One of the things postsuper can do."""

    name: str
    """Of the action in the journal."""
    option: str
    words: str
    """What a user without the right may not do."""
    reached: State
    """Whether a message, None when gone, is where the verb brings it."""
    already: str
    """Why a message that is there already is skipped."""
    queues: tuple[str, ...] = ()
    """The only queues postsuper may look in; empty for the option's own default."""
    wakes: str = ""
    """The service that goes on with them, and would look for itself only after its ``wakeup`` of master(5)."""

    def argv(self, postfix: PostfixConfig) -> tuple[str, ...]:
        """The command, whose standard input is the IDs."""
        return ("postsuper", *postfix.where, self.option, "-", *self.queues)

    def commands(self, postfix: PostfixConfig) -> tuple[tuple[str, ...], ...]:
        """Everything that is run."""
        wake = (("postkick", *postfix.where, "public", self.wakes, "W"),) if self.wakes else ()
        return (self.argv(postfix), *wake)


HOLD_THEM = Verb(
    "queue-hold",
    "-h",
    "put mail on hold",
    lambda found: found is not None and found.queue_name == HOLD,
    "already on hold",
)
RELEASE = Verb(
    "queue-release",
    "-H",
    "release mail",
    lambda found: found is None or found.queue_name != HOLD,
    "no longer on hold",
)
REQUEUE = Verb("queue-requeue", "-r", "requeue mail", lambda found: found is None, GONE, wakes="pickup")
EXPIRE = Verb("queue-expire", "-e", "expire mail", lambda found: found is not None and found.expired, "already expired")
DELETE_HELD = Verb("queue-delete", "-d", "delete mail", lambda found: found is None, GONE, (HOLD,))
