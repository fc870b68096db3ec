"""Namespaces, as ``doveconf -n`` tells them: each may have a separator, a prefix and a place of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_BLOCK = re.compile(r"^namespace (?P<name>\S*) *\{\n(?P<body>.*?)^\}", re.MULTILINE | re.DOTALL)
_SETTING = re.compile(r"^ {2}(?P<name>\w+) = *(?P<value>.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Namespace:
    """One of them; what is not set is ``""``."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """Of its block, without those of the blocks inside it."""

    def get(self, name: str) -> str:
        """A setting of its own."""
        return self.settings.get(name, "")

    @property
    def inbox(self) -> bool:
        """Whether it has the INBOX."""
        return self.get("inbox") == "yes"

    @property
    def public(self) -> bool:
        """Whether its mail is everybody's."""
        return self.get("type") == "public"

    @property
    def beside(self) -> bool:
        """Whether it is a place of its own beside that of the INBOX.

        Mail that users share (``type = shared``) is at home with the user it belongs to.
        """
        placed = bool(self.get("location") or self.get("mail_path"))
        return placed and not self.inbox and self.get("type") != "shared" and self.get("disabled") != "yes"


def namespaces(configuration: str) -> tuple[Namespace, ...]:
    """Those of a configuration; the one with the INBOX is the first, and there always is one."""
    found = [_namespace(match["body"]) for match in _BLOCK.finditer(configuration)]
    first = next((one for one in found if one.inbox), Namespace())
    return (first, *(one for one in found if not one.inbox))


def _namespace(body: str) -> Namespace:
    settings = {match["name"]: match["value"].strip() for match in _SETTING.finditer(body)}
    return Namespace({name: _unquoted(value) for name, value in settings.items()})


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
