"""Plans for queued messages: what will be done to which, with which commands, and whether it can be undone."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.changes.plan import Plan, Step
from mailtui.host.errors import UsageError
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.copies import KEPT_DAYS
from mailtui.services.postfix.queue.model import QueueEntry

MOST_ATTEMPTS = 500
"""Messages of which each is tried by a command of its own."""


class QueuePlans:
    """Makes plans and changes nothing. Raises UsageError where there is nothing to do."""

    def __init__(self, postfix: PostfixConfig) -> None:
        self._postfix = postfix

    def hold(self, entries: Sequence[QueueEntry]) -> Plan:
        """They stay until somebody releases them."""
        chosen = _some([entry for entry in entries if entry.queue_name != "hold"], "not on hold")
        undo = "they are released and tried again"
        return self._postsuper("hold", "Hold", "-h", chosen, "they stay until they are released", undo, back="-H")

    def release(self, entries: Sequence[QueueEntry]) -> Plan:
        """Held ones go on."""
        chosen = _some([entry for entry in entries if entry.queue_name == "hold"], "on hold")
        undo = "those that are still there are put on hold again; what was delivered meanwhile stays delivered"
        why = "they are delivered at the next queue run"
        return self._postsuper("release", "Release", "-H", chosen, why, undo, back="-h")

    def requeue(self, entries: Sequence[QueueEntry]) -> Plan:
        """They go through cleanup(8) again, with the tables of now."""
        why = "they are rewritten by the tables of now and get new queue IDs"
        undo = "they stay in the queue, under new queue IDs"
        return self._postsuper("requeue", "Requeue", "-r", _some(entries), why, undo)

    def expire(self, entries: Sequence[QueueEntry]) -> Plan:
        """They are returned to their senders at the next attempt."""
        chosen = _some([entry for entry in entries if not entry.forced_expire], "not expired")
        undo = "postsuper cannot take it back; hold keeps them from being returned"
        why = "the next attempt, if it fails, returns them to their senders; one on hold waits for its release"
        return self._postsuper("expire", "Expire", "-e", chosen, why, undo)

    def delete(self, entries: Sequence[QueueEntry]) -> Plan:
        """They are gone; copies are kept."""
        undo = f"copies are kept for {KEPT_DAYS} days and sent again with their envelopes, under new queue IDs"
        why = "neither sender nor recipient hears of it"
        return self._postsuper("delete", "Delete", "-d", _some(entries), why, undo, reversible=True)

    def deliver(self, entries: Sequence[QueueEntry]) -> Plan:
        """They are tried now."""
        chosen = _some([entry for entry in entries if entry.queue_name != "hold"], "not on hold")
        if len(chosen) > MOST_ATTEMPTS:
            raise UsageError(
                f"{len(chosen):,} messages are too many to be tried one by one", unlock="flush a site, or everything"
            )
        commands = tuple(("postqueue", *self._postfix.where, "-i", entry.queue_id) for entry in chosen[:3])
        return self._attempt(f"Deliver {_number(chosen)} now", "they are tried at once", commands, chosen)

    def flush(self, site: str | None = None) -> Plan:
        """Everything deferred is tried now, or what waits for ``site``."""
        if site is None:
            why = "all deferred mail is tried at once"
            return self._attempt("Flush the queue", why, (("postqueue", *self._postfix.where, "-f"),))
        if site.startswith("-") or not site.isprintable() or " " in site:
            raise UsageError(f"{site!r} is no site")
        why = f"all deferred mail for {site} is tried at once"
        return self._attempt(f"Flush {site}", why, (("postqueue", *self._postfix.where, "-s", site),))

    def _postsuper(
        self,
        action: str,
        verb: str,
        option: str,
        chosen: Sequence[QueueEntry],
        why: str,
        undo: str,
        *,
        back: str = "",
        reversible: bool = False,
    ) -> Plan:
        command = ("postsuper", *self._postfix.where, option, "-")
        step = Step(
            f"queue-{action}",
            {},
            why,
            (command,),
            undo=undo,
            reversible=bool(back) or reversible,
            targets=tuple([entry.target() for entry in chosen]),
            undo_commands=(("postsuper", *self._postfix.where, back, "-"),) if back else (),
        )
        return Plan(f"{verb} {_number(chosen)}", (step,))

    def _attempt(
        self, title: str, why: str, commands: tuple[tuple[str, ...], ...], chosen: Sequence[QueueEntry] = ()
    ) -> Plan:
        targets = tuple([entry.target() for entry in chosen])
        undo = "an attempt cannot be taken back"
        return Plan(title, (Step("queue-attempt", {}, why, commands, undo=undo, reversible=False, targets=targets),))


def _some(entries: Sequence[QueueEntry], what: str = "chosen") -> Sequence[QueueEntry]:
    if not entries:
        raise UsageError(f"no message is {what}")
    return entries


def _number(entries: Sequence[QueueEntry]) -> str:
    return "1 message" if len(entries) == 1 else f"{len(entries):,} messages"
