"""Reads what the audit looks at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.tables import COMPILED, file_of, kind_of, words
from mailtui.services.tls.audit.model import Door, DovecotSite, PostfixSite, is_local, version_of
from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.listeners import Listener


def postfix_site(tools: Tools, postfix: PostfixConfig, listeners: Sequence[Listener]) -> PostfixSite:
    """Postfix as it is set. Raises what ``PostfixConfig`` raises."""
    types: frozenset[str] = frozenset()
    with suppress(MailtuiError):
        types = frozenset(tools.run(["postconf", *postfix.where, "-m"]).text.split())
    return PostfixSite(
        version_of(postfix.version),
        postfix.all,
        frozenset(postfix.set_here),
        tuple(_doors(postfix, listeners)),
        tuple(_starred(postfix.get("smtp_tls_policy_maps"))),
        types,
    )


def dovecot_site(tools: Tools, dovecot: DovecotConfig, listeners: Sequence[Listener]) -> DovecotSite:
    """Dovecot as it is set. Raises what ``Tools.run`` raises."""
    own = [one for one in listeners if one.program == "dovecot" and one.role == "mailbox"]
    clear = tuple(dict.fromkeys(f"{one.protocol} {one.port}" for one in own if not one.implicit))
    known = DovecotSettings(tools, dovecot)
    return DovecotSite(
        version_of(dovecot.version),
        known.every,
        frozenset(name for name, _ in settings(dovecot.text)),
        bool(own) and all(is_local(one.address) for one in own),
        clear,
        tuple(_plain(own)),
        known.names,
    )


def _plain(own: Sequence[Listener]) -> Iterator[tuple[str, str]]:
    """IMAP and POP3 that begin in clear though there is the other port."""
    for service in dict.fromkeys(one.service for one in own if not one.implicit and not is_local(one.address)):
        login, _, name = service.partition("/")
        if any(one.implicit and one.service.startswith(f"{login}/") for one in own):
            yield login, name


def _starred(tables: str) -> Iterator[str]:
    """Those whose source has an entry for ``*``, which is looked up for no destination."""
    for table in words(tables):
        if kind_of(table) in ("texthash", *COMPILED) and file_of(table):
            with suppress(MailtuiError):
                if Source.read(read_file(Path(file_of(table))).data).find(b"*"):
                    yield table


def _doors(postfix: PostfixConfig, listeners: Sequence[Listener]) -> list[Door]:
    found = []
    for service in postfix.services:
        name = f"{service.name}/{service.type}"
        own = [one for one in listeners if one.service == name and one.program == "postfix" and one.protocol == "smtp"]
        if own:
            values = postfix.of_service(service).all
            overridden = frozenset(parameter for parameter, _ in service.overrides)
            local = all(is_local(one.address) for one in own)
            found.append(Door(name, own[0].port, own[0].role, values, overridden, local))
    return found
