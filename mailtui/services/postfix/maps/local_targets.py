"""Where the entries of an aliases(5) table lead: users, addresses, programs, files, included lists."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from mailtui.services.postfix.addresses.alias_targets import alias_targets
from mailtui.services.postfix.addresses.included import NotIncluded, included
from mailtui.services.postfix.maps.circles import circles
from mailtui.services.postfix.maps.flaws import Flaw
from mailtui.services.postfix.maps.recipients import Recipients
from mailtui.services.postfix.maps.text import Entry, Source, decoded


class LocalTargets:
    """Follows the entries of one text, as it would be if it were in use."""

    def __init__(self, recipients: Recipients) -> None:
        self._recipients = recipients

    def flaws(self, source: Source) -> Iterator[Flaw]:
        """Circles, and aliases that lead to nothing. Raises TableError."""
        entries = {decoded(source.asked_as(entry)): entry for entry in source.entries if entry.readable}
        targets = {name: list(alias_targets(decoded(entry.value))) for name, entry in entries.items()}

        def follow(name: str) -> Sequence[str]:
            return [self._local(target).lower() for target in targets.get(name, ()) if self._local(target)]

        for name, circle in circles(entries, follow).items():
            if name in entries:
                yield Flaw("circle", entries[name], " → ".join(circle))
        addresses = [one for found in targets.values() for one in found if "@" in one and not _is_no_address(one)]
        self._recipients.learn(addresses)
        for name, entry in entries.items():
            for target in targets[name]:
                if why := self._against(target, entries):
                    yield Flaw("target", entry, f"{target}: {why}")

    def _against(self, target: str, entries: dict[str, Entry]) -> str:
        if target.startswith("|"):
            return _program_against(target[1:].strip().split())
        if target.startswith("/"):
            return "" if Path(target).parent.is_dir() else "there is no folder for this file"
        if target.lower().startswith(":include:"):
            return _list_against(target[len(":include:") :].strip('"'))
        name = self._local(target)
        if not name:
            return self._recipients.against(target)
        bare = self._recipients.without_extension(name)
        if bare in entries or self._recipients.is_user(bare):
            return ""
        return "there is no such user or alias"

    def _local(self, target: str) -> str:
        """The local part of a target that local(8) follows itself; ``""`` for any other."""
        name = target.removeprefix("\\")
        return "" if _is_no_address(name) else self._recipients.local_part(name)


def _is_no_address(target: str) -> bool:
    return target[:1] in ("", "|", "/", ":", "~")


def _list_against(name: str) -> str:
    try:
        included(name)
    except NotIncluded as error:
        return str(error)
    return ""


def _program_against(words: Sequence[str]) -> str:
    """Only a path is looked at: others are words of the shell."""
    if words and words[0].startswith("/") and not os.access(words[0], os.X_OK):
        return f"there is no program {words[0]}"
    return ""
