"""Dovecot's TLS settings in the words of 2.3 and of 2.4, for everybody and for one kind of client.

Which block wins for a client is Dovecot's own to say: ``doveconf -f``. What it says was what the server then served in
every case that was tried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from mailtui.host.errors import HostError, ToolFailed
from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.configuration.dovecot_text import key
from mailtui.services.dovecot.config import DovecotConfig

PAIRS = {
    False: (("ssl_cert", "ssl_key"), ("ssl_alt_cert", "ssl_alt_key")),
    True: (
        ("ssl_server_cert_file", "ssl_server_key_file"),
        ("ssl_server_alt_cert_file", "ssl_server_alt_key_file"),
    ),
}
"""Certificate and key, and the second pair for another algorithm; by whether it is 2.4 or later."""
CLIENT = {False: ("ssl_client_cert", "ssl_client_key"), True: ("ssl_client_cert_file", "ssl_client_key_file")}
_SWITCHED = "protocols_"
"""How 2.4's ``protocols { imap`` is known."""


class Conflict(HostError):
    """Two blocks set the same for the same client: its login process dies."""


class DovecotSettings:
    """One instance's settings, read once. Raises what ``Tools.run`` raises."""

    def __init__(self, tools: Tools, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._dovecot = dovecot

    @cached_property
    def every(self) -> Mapping[str, str]:
        """Every setting, defaults too; a name with its blocks, as in ``Setting``. Secrets are among them."""
        return _flat(self._dovecot.everything("-a", "-P"))

    @cached_property
    def protocols(self) -> frozenset[str]:
        """The protocols that are served."""
        listed = re.split(r"[,\s]+", self.every.get("protocols", ""))
        switched = [name for name, value in self.every.items() if name.startswith(_SWITCHED) and value == "yes"]
        return frozenset([*filter(None, listed), *(name.removeprefix(_SWITCHED) for name in switched)])

    @property
    def new_names(self) -> bool:
        """Whether it is 2.4 or later."""
        return self._dovecot.new_names

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """The names of the settings for a certificate and its key."""
        return PAIRS[self.new_names]

    @property
    def names(self) -> tuple[str, ...]:
        """The names for which there are ``local_name`` blocks."""
        return self._of_blocks("local_name ")

    @property
    def addresses(self) -> tuple[str, ...]:
        """The single addresses for which there are ``local`` blocks; networks are none."""
        return tuple(one for one in self._of_blocks("local ") if "/" not in one)

    def _of_blocks(self, kind: str) -> tuple[str, ...]:
        blocks = (part for path in self.every for part in path.split(" { "))
        found = (block.removeprefix(kind).strip('"') for block in blocks if block.startswith(kind))
        return tuple(dict.fromkeys(name for one in found for name in one.split()))

    def of(self, protocol: str = "", address: str = "", name: str = "") -> Mapping[str, str]:
        """The certificates and keys for a client that comes so. Raises Conflict where two blocks disagree."""
        wanted = [setting for pair in self.pairs for setting in pair]
        filters = {"protocol": protocol, "local_name" if self.new_names else "lname": name, "local": address}
        flags = [word for key, value in filters.items() if value for word in ("-f", f"{key}={value}")]
        values = self._asked([*flags, *wanted])
        # 2.4 tells a setting of a block by its block, and its flat name as the default: then all of it is asked for.
        return values if values.get(wanted[0]) else self._asked(["-a", *flags])

    def _asked(self, words: Sequence[str]) -> Mapping[str, str]:
        try:
            said = self._tools.run(["doveconf", *self._dovecot.where, "-P", *words]).text
        except ToolFailed as error:
            told = next((line for line in error.stderr.splitlines() if "Conflict in setting" in line), "")
            if not told:
                raise
            raise Conflict(told.removeprefix("doveconf: Error: ")) from error
        return _flat(said)


def file_in(value: str) -> str:
    """The file a setting names: ``</file`` up to 2.3, the plain name since 2.4; ``""`` for none."""
    return value.strip().removeprefix("<").strip().strip('"')


def _flat(said: str) -> dict[str, str]:
    """What doveconf told, by ``key``; 2.4 tells a setting in its block, and beside it by its flat name the default."""
    found: dict[str, str] = {}
    for name, value in settings(said):
        if value or not found.get(key(name)):
            found[key(name)] = value
    return found
