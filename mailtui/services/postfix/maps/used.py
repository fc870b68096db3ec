"""Every lookup table in use, found where main.cf and master.cf name it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.tables import COMPILED, PACKAGED, TABLE, file_of, kind_of, words

_PASSWORDS = frozenset({"smtp_sasl_password_maps", "lmtp_sasl_password_maps"})
_ALIASES = ("alias_maps", "alias_database")
_WITHOUT_FILE = ("static", "inline", "socketmap", "tcp")
_OF_TABLES = ("unionmap", "pipemap", "randmap")
_NO_USE = re.compile(r"proxy_(read|write)_maps|authorized_\w+|\w+_cache_(map|database)|address_verify_map")
"""Lists of what is named elsewhere, of users, and tables that Postfix writes for itself."""
_UNIX_TABLES = ("unix:passwd.byname", "unix:group.byname")


@dataclass(frozen=True, slots=True)
class Use:
    """Where a table is named."""

    parameter: str
    service: str = ""
    """The entry of master.cf that overrides the parameter; ``""`` for main.cf."""
    check: str = ""
    """The restriction whose table it is, like ``check_sender_access``; ``""`` outside lists of restrictions."""

    def __str__(self) -> str:
        return f"{self.service} -o {self.parameter}" if self.service else self.parameter


@dataclass(frozen=True, slots=True)
class Table:
    """A table in use."""

    name: str
    """As Postfix is given it, like ``hash:/etc/postfix/virtual``."""
    uses: tuple[Use, ...]

    @property
    def kind(self) -> str:
        """Its type: ``hash``, ``lmdb``, ``regexp``, ``pgsql``, …"""
        return kind_of(self.name)

    @property
    def file(self) -> Path | None:
        """The file an operator edits."""
        return Path(file_of(self.name)) if file_of(self.name) else None

    @property
    def index(self) -> Path | None:
        """The file that postmap or postalias makes of it."""
        ending = COMPILED.get(self.kind)
        return Path(f"{self.file}{ending}") if self.file and ending else None

    @property
    def is_aliases(self) -> bool:
        """Whether it has the format of aliases(5) and is built with postalias."""
        return any(use.parameter in _ALIASES for use in self.uses)

    @property
    def holds_files(self) -> bool:
        """Whether its values are names of files that ``postmap -F`` takes in."""
        return any(use.parameter == "tls_server_sni_maps" for use in self.uses)

    @property
    def holds_secrets(self) -> bool:
        """Whether its values are passwords, which no screen, log or journal shows."""
        return any(use.parameter in _PASSWORDS for use in self.uses)


class Tables:
    """The tables of one Postfix. Raises what ``PostfixConfig`` raises."""

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self._tools = tools
        self._postfix = postfix

    @cached_property
    def supported(self) -> frozenset[str]:
        """The types this Postfix knows (postconf -m)."""
        return frozenset(self._tools.run(["postconf", *self._postfix.where, "-m"]).text.split())

    @cached_property
    def used(self) -> tuple[Table, ...]:
        """The tables, each once, in the order of their names."""
        uses: dict[str, list[Use]] = {}
        for named_by, value in self._values():
            for name, check in self._named_in(value):
                use = replace(named_by, check=check)
                if use not in uses.setdefault(name, []):
                    uses[name].append(use)
        return tuple(Table(name, tuple(uses[name])) for name in sorted(uses))

    def of_file(self, file: Path) -> tuple[Table, ...]:
        """The tables whose source is this file, or of this name like ``inline:{a=b}``; a link to it counts too."""
        return tuple(
            table for table in self.used if table.name == str(file) or (table.file and _same(table.file, file))
        )

    def _values(self) -> Iterator[tuple[Use, str]]:
        for parameter, value in self._postfix.all.items():
            # Constants such as static:all interest where an operator has written them.
            if not _NO_USE.fullmatch(parameter) and ("static:" not in value or parameter in self._postfix.set_here):
                yield Use(parameter), value
        for service in self._postfix.services:
            for parameter, value in service.overrides:
                yield Use(parameter, f"{service.name}/{service.type}"), value

    def _named_in(self, value: str, check: str = "") -> Iterator[tuple[str, str]]:
        """Tables in a value and the restriction before each: a path after a type, or a type that needs none."""
        for word in (one.lstrip("!") for one in words(value)):
            check = word if word.startswith("check_") else check
            kind = kind_of(word) if TABLE.match(word) else ""
            if word.startswith("{") or kind in _OF_TABLES:
                yield from self._named_in(word.partition("{")[2].rpartition("}")[0], check)
            elif (kind in self.supported or kind in COMPILED or kind in PACKAGED) and (
                file_of(word) or kind in _WITHOUT_FILE or word in _UNIX_TABLES
            ):
                yield word, check


def _same(one: Path, other: Path) -> bool:
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False
