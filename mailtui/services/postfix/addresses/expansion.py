"""What cleanup(8) makes of a recipient: canonical(5) once more until nothing changes, then virtual(5).

An address is expanded until no table knows it, it has expanded into itself, or a limit is reached; then the message
is refused after its end, with a temporary code (``virtual_alias_recursion_limit``, ``virtual_alias_expansion_limit``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailtui.services.postfix.addresses.keys import quoted, split_address
from mailtui.services.postfix.addresses.lookups import Lookups, TableError
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.addresses.routing import Router
from mailtui.services.postfix.ports import PostfixSettings
from mailtui.services.postfix.tables import words

_CANONICAL = (
    ("recipient_canonical_maps", "recipient_canonical_classes"),
    ("canonical_maps", "canonical_classes"),
)
_MOST_CANONICAL = 10
"""Times cleanup(8) goes through a canonical table."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """What became of a recipient."""

    addresses: tuple[str, ...]
    """Whom the message is for; where it is refused, the recipient alone."""
    reply: str = ""
    """With what the message is refused after its end; ``""`` where it is taken."""
    problem: str = ""
    """Why."""


class Expansion:
    """The recipients of one Postfix. ``mapping``: whether addresses are mapped at all (``no_address_mappings``)."""

    def __init__(self, postfix: PostfixSettings, lookups: Lookups, router: Router, *, mapping: bool = True) -> None:
        self._postfix = postfix
        self._lookups = lookups
        self._router = router
        self._rewriting = Rewriting(postfix)
        self._mapping = mapping
        self._propagated = frozenset(words(postfix.get("propagate_unmatched_extensions")))

    def expand(self, address: str, *, copied: bool = True) -> Expanded:
        """The addresses that a recipient stands for; ``copied``: with those of recipient_bcc_maps, added at the end."""
        if not self._mapping:
            return Expanded((address,))
        try:
            address = self.canonical(address)
            copies = self._copies(address) if copied else ()
            return Expanded(tuple(dict.fromkeys((*self._aliases(address), *copies))))
        except _Limit as limit:
            return Expanded((address,), "451 4.6.0 Alias expansion error", limit.why)
        except TableError as error:
            return Expanded((address,), "451 4.3.0 Error: queue file write error", error.message)

    def canonical(self, address: str) -> str:
        """A recipient as the canonical tables want it. Raises TableError."""
        address = self._rewriting.standard(address)
        for parameter, classes in _CANONICAL:
            if "envelope_recipient" in words(self._postfix.get(classes)):
                for _ in range(_MOST_CANONICAL):
                    found = self._mapped(parameter, address, propagate="canonical" in self._propagated)
                    before, address = address, found[0] if found else address
                    if not found or address.lower() == before.lower():
                        break
        return address

    def _aliases(self, address: str) -> tuple[str, ...]:
        """Whom virtual_alias_maps leads to, each expanded in turn."""
        found, ended = [address], set[str]()
        most = int(self._postfix.get("virtual_alias_expansion_limit") or 1000)
        place = 0
        while place < len(found):
            if len(found) > most:
                raise _Limit(f"{address} expands into more than {most} addresses (virtual_alias_expansion_limit)")
            for addresses in self._generations(found[place], ended, address):
                found[place] = addresses[0]
                found += addresses[1:]
            place += 1
        return tuple(found)

    def _generations(self, current: str, ended: set[str], origin: str) -> Iterator[list[str]]:
        """What an address expands into, what the first of these does, and so on."""
        most = int(self._postfix.get("virtual_alias_recursion_limit") or 1000)
        longest = int(self._postfix.get("virtual_alias_address_length_limit") or 1000)
        for count in range(most + 1):
            if current.lower() in ended:
                return
            if count == most:
                raise _Limit(f"{origin} leads in a circle, or through more than {most} aliases")
            addresses = self._mapped("virtual_alias_maps", current, propagate="virtual" in self._propagated)
            if not addresses:
                return
            if any(len(quoted(address)) > longest for address in addresses):
                raise _Limit(f"an alias of {origin} has more than {longest} characters")
            if any(address.lower() == current.lower() for address in addresses):
                ended.add(current.lower())
            yield addresses
            current = addresses[0]

    def _copies(self, address: str) -> tuple[str, ...]:
        """Whom recipient_bcc_maps adds, expanded too."""
        copies = self._mapped("recipient_bcc_maps", address, propagate=False)
        return self._aliases(self.canonical(copies[0])) if copies else ()

    def _mapped(self, parameter: str, address: str, *, propagate: bool) -> list[str]:
        """The addresses a table leads to, with the extension it does not know; none where it has no entry."""
        if not self._lookups.tables(parameter):
            return []
        keys = self._router.keys(address)
        if parameter != "recipient_bcc_maps":
            keys = tuple(key for key in keys if not key.bare)
        hit = self._lookups.find(parameter, keys)
        if hit is None:
            return []
        value = hit.value
        if value.startswith("@"):
            # Postfix takes all before the last @ for the local part then, even where it was meant as a list.
            user, domain = split_address(split_address(address)[0].removesuffix(hit.extension) + value)
            value = f"{quoted(user)}@{domain}"
        addresses = self._rewriting.each(value)
        if not addresses:
            raise TableError(f"{hit.table} answers {hit.key} with no address: {hit.value}")
        return [with_extension(one, hit.extension) for one in addresses] if propagate else addresses


class _Limit(Exception):
    """Too many aliases; ``why`` is a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def with_extension(address: str, extension: str) -> str:
    """An address with an extension after its local part."""
    user, at, domain = address.rpartition("@")
    return f"{user}{extension}@{domain}" if at else f"{domain}{extension}"
