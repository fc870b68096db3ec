"""The actions of the queue's views. Lower-case keys look, upper-case keys and ``d`` act on mail."""

from __future__ import annotations

from dataclasses import replace

from mailtui.screens.commands import WHERE_TO, Command

ACTING = (
    Command("queue.hold", "H", "screen.hold", "Hold", "Keep it from being delivered.", "Hold", dangerous=True),
    Command("queue.release", "L", "screen.release", "Release", "Let held mail go on.", "Release", dangerous=True),
    Command("queue.delete", "d", "screen.delete", "Delete", "Take it out; a copy is kept.", "Delete", dangerous=True),
    Command("queue.flush", "F", "screen.flush", "Try now …", "These, one site, or everything.", "Try", dangerous=True),
    Command(
        "queue.requeue",
        "R",
        "screen.requeue",
        "Requeue",
        "Put it through cleanup and rewriting again, as after a change of maps.",
        dangerous=True,
    ),
    Command(
        "queue.act",
        "A",
        "screen.act",
        "Act …",
        "Compromised account, hold new mail from now on, return to the sender.",
        "Act",
        dangerous=True,
    ),
)
"""What is done to the message under the cursor, the marked ones, or the one that is shown."""

NEARBY = (
    Command("queue.story", "t", "screen.story", "Its story", "What the log tells of this message.", footer="Story"),
    Command("queue.log", "i", "screen.log", "Its lines in the log", "The log, only this message."),
)
"""From a queued message to what is known of it elsewhere."""

QUEUE = (
    Command("list.sort", "s", "screen.sort", "Sort …", "By any column.", footer="Sort"),
    Command("list.reverse", "S", "screen.reverse", "Reverse the order", "Last first, first last."),
    Command("queue.previous-state", "left_square_bracket", "screen.state(-1)", "Previous state", "The tab before."),
    Command("queue.next-state", "right_square_bracket", "screen.state(1)", "Next state", "The tab after this one."),
    Command("queue.shape", "z", "screen.shape", "Shape", "How many, by age and domain, sender, reason.", "Shape"),
    Command("queue.renew", "r,f5", "screen.renew", "Refresh", "Read the queue again and put it in order."),
    *NEARBY,
    *ACTING,
)

QUEUED = (
    Command("queued.decoded", "full_stop", "screen.decoded", "Headers as they stand", "Raw or decoded.", footer="Raw"),
    Command("message.next-error", "e", "screen.error(1)", "Next error", "The next row that tells of a failure."),
    Command("message.previous-error", "E", "screen.error(-1)", "Previous error", "The row of a failure before."),
    replace(WHERE_TO, footer=""),
    *NEARBY,
    *ACTING,
)

SHAPE = (
    Command("shape.by", "s", "screen.by", "By …", "Domain, sender, reason or user.", footer="By"),
    Command("shape.next", "right_square_bracket", "screen.turn(1)", "Next grouping", "The next of these."),
    Command("shape.previous", "left_square_bracket", "screen.turn(-1)", "Previous grouping", "The one before."),
)
