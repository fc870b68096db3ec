"""Lists of domains and networks in main.cf: names, ``/file/name``, ``type:table``, and ``!`` before any of them.

Elements are tried in order until one matches; ``!`` makes that a no (postconf(5) ``mydestination``, ``relay_domains``;
``match_list(3)``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.addresses.keys import Key, domain_keys
from mailtui.services.postfix.addresses.lookups import Lookups, TableError
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.ports import PostfixSettings
from mailtui.services.postfix.tables import has_patterns, words


@dataclass(frozen=True, slots=True)
class Pattern:
    """One element of a list."""

    text: str
    """A name in lower case, or a table."""
    negated: bool = False
    file: str = ""
    """The file it stands in, where the list names one."""

    @property
    def is_table(self) -> bool:
        """Whether it is a lookup table."""
        return ":" in self.text and not self.text.startswith("[")

    def __str__(self) -> str:
        return f"{'!' * self.negated}{self.text}" + (f" in {self.file}" if self.file else "")


class Lists:
    """The lists of one Postfix. What cannot be read or asked raises TableError."""

    def __init__(self, postfix: PostfixSettings, lookups: Lookups) -> None:
        self._postfix = postfix
        self._lookups = lookups

    def match(self, parameter: str, name: str, *, parents: bool | None = None) -> Pattern | None:
        """The element that matches ``name``; None where none does, or the one that does is negated.

        ``parents``: for a list of domains, whether a domain stands for its subdomains; None for a list of names.
        """
        keys = (Key(name.lower(), whole=True),) if parents is None else domain_keys(name.lower(), parents=parents)
        return self.first(parameter, lambda pattern: self._matches(parameter, pattern, keys))

    def first(self, parameter: str, matches: Callable[[Pattern], bool]) -> Pattern | None:
        """The first element that ``matches``, unless it is negated."""
        found = next((pattern for pattern in self.patterns(parameter) if matches(pattern)), None)
        return None if found is None or found.negated else found

    def patterns(self, parameter: str) -> Iterator[Pattern]:
        """The elements, those of files in place of the files."""
        yield from _patterns(self._postfix.get(parameter))

    def parents_match(self, parameter: str) -> bool:
        """Whether a domain in this list stands for its subdomains (``parent_domain_matches_subdomains``)."""
        return self.match("parent_domain_matches_subdomains", parameter) is not None

    def _matches(self, parameter: str, pattern: Pattern, keys: tuple[Key, ...]) -> bool:
        if pattern.is_table:
            wanted = keys[:1] if has_patterns(pattern.text) else keys
            return any(self._lookups.ask(pattern.text, key.text, parameter) is not None for key in wanted)
        name, *above = (key.text for key in keys)
        return pattern.text == name or pattern.text in above


def _patterns(value: str, negated: bool = False, file: str = "") -> Iterator[Pattern]:
    for word in words(value):
        name = word.lstrip("!")
        turned = negated != bool((len(word) - len(name)) % 2)
        if name.startswith("/"):
            yield from _of_file(name, turned)
        elif ":" in name and not name.startswith("["):
            yield Pattern(name, turned, file)
        else:
            yield Pattern(name.lower(), turned, file)


def _of_file(name: str, negated: bool) -> Iterator[Pattern]:
    try:
        text = Source.read(read_file(Path(name)).data)
    except MailtuiError as error:
        raise TableError(error.message, unlock=error.unlock) from error
    for entry in text.entries:
        line = b" ".join((entry.key, entry.value)).decode("utf-8", "surrogateescape")
        yield from _patterns(line, negated, name)
