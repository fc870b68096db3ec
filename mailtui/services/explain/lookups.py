"""Asking Postfix's own tables, key by key as the daemons do: postmap(1), virtual(5), transport(5).

``postmap -q`` looks up exactly one key; which keys a daemon tries after another is said in the table's manual page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.explain.arguments import is_key
from mailtui.services.explain.ports import PostfixSettings
from mailtui.services.postfix.tables import TABLE, words

_HOPS = 10
"""Aliases followed one after another; Postfix itself follows more than anybody wants to read."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found."""

    parameter: str
    table: str
    key: str
    value: str


class TableError(HostError):
    """A table could not be asked."""


class Lookups:
    """Postfix's tables, as its daemons see them."""

    def __init__(self, postfix: PostfixSettings, tools: Tools) -> None:
        self._postfix = postfix
        self._tools = tools

    def tables(self, parameter: str) -> tuple[str, ...]:
        """The tables of a parameter, in the order they are asked."""
        return tuple(word for word in words(self._postfix.get(parameter)) if TABLE.match(word))

    def names(self, parameter: str) -> tuple[str, ...]:
        """What a parameter lists itself, in lower case."""
        return tuple(word.lower() for word in words(self._postfix.get(parameter)) if not TABLE.match(word))

    def find(self, parameter: str, keys: Sequence[str]) -> Hit | None:
        """The first of ``keys`` that a table of ``parameter`` knows; raises TableError."""
        for key in keys:
            for table in self.tables(parameter):
                value = self.ask(table, key)
                if value is not None:
                    return Hit(parameter, table, key, value)
        return None

    def ask(self, table: str, key: str) -> str | None:
        """What ``table`` says to ``key``; None where it has no such key."""
        if not is_key(key):
            return None
        answer = self._tools.run(self.command(table, key), check=False)
        if answer.code == 0:
            return answer.text.rstrip("\n")
        if answer.stderr.strip():
            raise TableError(answer.error_text.strip().splitlines()[-1].removeprefix("postmap: "))
        return None

    def command(self, table: str, key: str) -> tuple[str, ...]:
        """What an operator types to ask the same."""
        return ("postmap", *self._postfix.where, "-q", key, table)

    def address_keys(self, address: str) -> tuple[str, ...]:
        """The keys tried for an address: virtual(5), "TABLE SEARCH ORDER"."""
        user, _, domain = address.rpartition("@")
        if not user:
            return (address,)
        bare = self._without_extension(user)
        users = (user, bare) if bare != user else (user,)
        short = users if domain.lower() in self._own_domains() else ()
        return (*(f"{name}@{domain}" for name in users), *short, f"@{domain}")

    def aliases(self, address: str) -> Iterator[Hit]:
        """The virtual aliases ``address`` leads through, one after another, each once."""
        waiting, seen = [address], set[str]()
        while waiting and len(seen) < _HOPS:
            address = waiting.pop(0)
            if address.lower() in seen:
                continue
            seen.add(address.lower())
            hit = self.find("virtual_alias_maps", self.address_keys(address))
            if hit is not None:
                yield hit
                waiting += [name.strip() for name in hit.value.split(",")]

    def contains(self, parameter: str, domain: str) -> bool:
        """Whether a parameter that lists domains lists this one."""
        names = self.names(parameter)
        if domain.lower() in names:
            return True
        return self.find(parameter, (domain.lower(),)) is not None

    def _own_domains(self) -> frozenset[str]:
        return frozenset({self._postfix.get("myorigin").lower(), *self.names("mydestination")})

    def _without_extension(self, user: str) -> str:
        delimiters = self._postfix.get("recipient_delimiter")
        places = [place for sign in delimiters if (place := user.find(sign)) > 0]
        return user[: min(places)] if places else user
