"""Where the entries of a virtual(5) table lead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailtui.services.postfix.addresses.keys import quoted, split_address
from mailtui.services.postfix.maps.circles import circles
from mailtui.services.postfix.maps.flaws import Flaw
from mailtui.services.postfix.maps.recipients import Recipients
from mailtui.services.postfix.maps.text import Entry, Source, decoded

_PROBE = "mailtui.probe"
"""Local part by which an entry for a whole domain is followed."""


class VirtualTargets:
    """Follows the entries of one text, as it would be if it were in use."""

    def __init__(self, recipients: Recipients) -> None:
        self._recipients = recipients

    def flaws(self, source: Source) -> Iterator[Flaw]:
        """Circles, and entries that lead to nobody. Raises TableError."""
        entries = {decoded(entry.key).lower(): entry for entry in source.entries if _is_alias(entry)}
        targets = {entry.first: self._named(entry) for entry in entries.values()}
        self._recipients.learn([*entries, *(one for found in targets.values() for one in found)])
        starts = {self._start(key): entry for key, entry in entries.items()}

        def follow(address: str) -> Sequence[str]:
            hit = self._hit(address, entries)
            return [] if hit is None else [one.lower() for one in self._addresses(address, *hit)]

        for name, circle in circles(starts, follow).items():
            if name in starts:
                yield Flaw("circle", starts[name], " → ".join(circle))
        for entry in entries.values():
            for target in targets[entry.first]:
                if self._hit(target.lower(), entries) is None and (why := self._recipients.against(target)):
                    yield Flaw("target", entry, f"{target}: {why}")

    def _start(self, key: str) -> str:
        return self._recipients.rewriting.standard(_PROBE + key if key.startswith("@") else key).lower()

    def _named(self, entry: Entry) -> list[str]:
        """The addresses an entry leads to; an entry for a whole domain may lead to another domain, with any user."""
        addresses = self._recipients.rewriting.each(decoded(entry.value))
        return [address for address in addresses if not address.startswith("@")]

    def _hit(self, address: str, entries: dict[str, Entry]) -> tuple[Entry, str] | None:
        """The entry that Postfix finds for an address, and the extension it left out for it."""
        for key in self._recipients.router.keys(address):
            entry = entries.get(key.text.lower())
            if entry is not None:
                return entry, key.extension
        return None

    def _addresses(self, address: str, entry: Entry, extension: str) -> list[str]:
        value = decoded(entry.value)
        if value.startswith("@"):
            value = quoted(split_address(address)[0].removesuffix(extension)) + value
        return self._recipients.rewriting.each(value)


def _is_alias(entry: Entry) -> bool:
    """Not a domain alone, which only makes its addresses virtual aliases, whatever stands behind it."""
    return entry.readable and (b"@" in entry.key or b"." not in entry.key)
