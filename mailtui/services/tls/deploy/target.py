"""One program as the target of a deploy: where it names certificates, its ports, and what they serve now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_text import main_file, read_sources
from mailtui.services.configuration.model import Program
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.tls.deploy.candidate import Candidate
from mailtui.services.tls.deploy.places import Place, chosen, dovecot_places, postfix_places
from mailtui.services.tls.deploy.sni import SniTable, sni_tables
from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.listeners.dovecot import dovecot_listeners
from mailtui.services.tls.listeners.model import Listener
from mailtui.services.tls.listeners.postfix import postfix_listeners
from mailtui.services.tls.probe import Ask, KeyKind

_MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Target:
    """What a certificate would change in one program."""

    program: Program
    places: tuple[Place, ...]
    """The settings that change; the first is the one for all."""
    kept: tuple[Place, ...]
    """Those that keep a certificate of their own."""
    listeners: tuple[Listener, ...]
    """The ports of it on which TLS can be asked for."""
    tables: tuple[SniTable, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files that are named now where it will be named."""
        named = [file for place in self.places for file in place.files]
        return tuple(dict.fromkeys(named + [file for table in self.tables for file in table.files]))

    @property
    def kept_names(self) -> tuple[str, ...]:
        """Names for which other certificates stay."""
        return tuple(name for place in self.kept for name in place.names)

    @property
    def wants_both(self) -> bool:
        """Whether key and chain must stand in one file."""
        return bool(self.tables) or any(not place.key for place in self.places)

    def asks(self, algorithm: str) -> tuple[Ask, ...]:
        """The questions whose answer must be the new certificate afterwards: each port, with and without a name."""
        names = [name for place in self.places for name in place.names] + [n for one in self.tables for n in one.asks]
        key: KeyKind = ""
        if any(place.beside for place in self.places):
            key = "RSA" if algorithm == "RSA" else "EC"
        return tuple(
            replace(listener.ask(name), key=key)
            for listener in self.listeners
            if not any(_speaks_for(place, listener) for place in self.kept)
            for name in ("", *dict.fromkeys(names[:_MOST_NAMES]))
        )


def postfix_target(tools: Tools, postfix: PostfixConfig, one: Candidate) -> Target:
    """Postfix. Raises what reading its configuration raises."""
    places = postfix_places(postfix, one.algorithm)
    tables = sni_tables(Maps(tools, postfix), one.names) if postfix.get("tls_server_sni_maps") else ()
    return _target("postfix", places, one.names, postfix_listeners(postfix), tables)


def dovecot_target(tools: Tools, dovecot: DovecotConfig, one: Candidate) -> Target:
    """Dovecot. Raises what reading its configuration raises."""
    settings = DovecotSettings(tools, dovecot)
    places = dovecot_places(settings, read_sources(main_file(dovecot)), one.algorithm)
    return _target("dovecot", places, one.names, dovecot_listeners(settings), ())


def _target(
    program: Program,
    places: Sequence[Place],
    names: Sequence[str],
    listeners: tuple[Listener, ...],
    tables: tuple[SniTable, ...],
) -> Target:
    taken = chosen(places, names)
    kept = tuple(place for place in places if place not in taken)
    asked = tuple(one for one in listeners if one.tls and one.starttls is not None)
    return Target(program, taken, kept, asked, tables)


def _speaks_for(place: Place, listener: Listener) -> bool:
    """Whether a place with a certificate of its own decides what a port serves."""
    if place.program == "postfix":
        return place.scope == listener.service
    return not place.names and place.scope == f"protocol {listener.protocol}"
