"""Reads a list of restrictions: postconf(5), and access(5) for what a table answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mailtui.services.postfix.ports import PostfixSettings
from mailtui.services.postfix.restrictions.known import known
from mailtui.services.postfix.restrictions.model import Rule
from mailtui.services.postfix.tables import words

_DEEPEST = 20
"""Classes within classes; smtpd(8) itself gives up at a hundred."""
_BARE = {
    "client": "check_client_access",
    "helo": "check_helo_access",
    "sender": "check_sender_access",
    "relay": "check_recipient_access",
    "recipient": "check_recipient_access",
    "etrn": "check_etrn_access",
}
"""What a table without a name before it stands for, by stage."""


class Parser:
    """Reads the lists of one service, whose restriction classes it knows."""

    def __init__(self, postfix: PostfixSettings) -> None:
        self._postfix = postfix
        self._classes = frozenset(words(postfix.get("smtpd_restriction_classes")))

    def rules(self, value: str, about: str) -> tuple[Rule, ...]:
        """The rules of a list; ``about``: the stage it stands in, or it was reached from."""
        return self._read(tuple(words(value)), about, 0)

    def _read(self, elements: Sequence[str], about: str, depth: int) -> tuple[Rule, ...]:
        return tuple(_rules(elements, about, lambda name: self._class(name, about, depth)))

    def _class(self, name: str, about: str, depth: int) -> tuple[Rule, ...]:
        if name not in self._classes or depth >= _DEEPEST:
            return ()
        return self._read(tuple(words(self._postfix.get(name))), about, depth + 1)


def _rules(elements: Sequence[str], about: str, class_of: Callable[[str], tuple[Rule, ...]]) -> Iterator[Rule]:
    warns = False
    rest = iter(elements)
    for element in rest:
        if element.lower() == "warn_if_reject":
            warns = True
            continue
        if ":" in element:
            yield Rule(_BARE.get(about, ""), element, known().get(_BARE.get(about, "")), only_warns=warns)
        elif one := known().get(element.lower()):
            argument = next(rest, "") if one.argument else ""
            yield Rule(element, argument, one, only_warns=warns)
        else:
            yield Rule(element, rules=class_of(element), only_warns=warns)
        warns = False
