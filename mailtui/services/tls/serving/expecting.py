"""What each port should show, as its program's configuration and the files on disk have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.facts import CertificateFacts, facts
from mailtui.services.tls.inventory.dovecot import DovecotCertificates
from mailtui.services.tls.inventory.loading import Loader, split
from mailtui.services.tls.inventory.model import Named, Use
from mailtui.services.tls.inventory.postfix import SNI, PostfixCertificates
from mailtui.services.tls.listeners import Listener
from mailtui.services.tls.listeners.model import ANYWHERE
from mailtui.services.tls.pile import Item, certificates, parse_pile
from mailtui.services.tls.probe import KeyKind
from mailtui.services.tls.serving.model import Expected
from mailtui.text import clean

_SAMPLE = "mailtui"
"""What a ``*`` or a leading dot is asked with."""
_KINDS: tuple[KeyKind, ...] = ("RSA", "EC")
_TABLE = Use("postfix", "main.cf", SNI)


class Expecting:
    """One look at both configurations."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig, loader: Loader) -> None:
        self._postfix = postfix
        self._tools = tools
        self._loader = loader
        self._postfix_names = PostfixCertificates(tools, postfix)
        self._settings = DovecotSettings(tools, dovecot)
        self._dovecot_names = DovecotCertificates(self._settings)

    def of_postfix(self) -> tuple[Named, ...]:
        """What Postfix names."""
        return self._postfix_names.named()

    def of_dovecot(self) -> tuple[Named, ...]:
        """What Dovecot names."""
        return self._dovecot_names.named()

    def names(self, listener: Listener) -> tuple[str, ...]:
        """Names that may get another certificate than who asks for none."""
        try:
            found = self._postfix_names.names() if listener.program == "postfix" else self._settings.names
        except MailtuiError:
            return ()
        return tuple(dict.fromkeys(_askable(name) for name in found))

    def addresses(self, listener: Listener) -> tuple[str, ...]:
        """Single addresses of this machine with a ``local`` block, where a port of Dovecot's is open on all."""
        if listener.program != "dovecot" or listener.address not in ANYWHERE:
            return ()
        try:
            found = self._settings.addresses
        except MailtuiError:
            return ()
        return tuple(one for one in found if (":" in one) is (":" in listener.address))

    def of(self, listener: Listener, name: str) -> Expected:
        """What a client gets that asks one port for a name."""
        try:
            if listener.program == "dovecot":
                return self._of_files(self._dovecot_names.of(listener.protocol, listener.reached_at, name))
            return self._postfix_shows(listener, name)
        except MailtuiError as error:
            return Expected(problem=clean(error.message))

    def _postfix_shows(self, listener: Listener, name: str) -> Expected:
        service = self._services.get(listener.service)
        if service is None:
            return Expected(problem=f"{listener.service} is not in master.cf any more")
        found = self._postfix_names.from_table(service, name) if name else None
        if found is None:
            behind = self._behind(service)
            return self._of_files(tuple(one for entry in behind for one in self._postfix_names.of_service(entry)))
        table, blocks = found
        leaves = [leaf for part in split(parse_pile(blocks, table)) for leaf in _leaves(part)]
        files = next((own for key, own in self._postfix_names.entries(table) if _asks(key, name)), ())
        inside = replace(_expected(leaves, files), table=table)
        if not files:
            return inside
        on_disk = self._of_files((Named(files, _TABLE, key_first=True),))
        return replace(inside, stale_table=on_disk.leaves != inside.leaves)

    def _of_files(self, named: Sequence[Named]) -> Expected:
        leaves = [leaf for one in named for leaf in self._leaves_of(one)]
        return _expected(leaves, [file for one in named for file in one.files])

    def _leaves_of(self, named: Named) -> Iterator[CertificateFacts]:
        for part in self._loader.parts(named):
            yield from _leaves(part)

    def _behind(self, service: MasterService) -> Iterator[MasterService]:
        """An entry, and the smtpd that postscreen hands its clients to."""
        yield service
        if service.command.startswith("postscreen"):
            yield from (one for one in self._postfix.services if one.type == "pass" and one.name == "smtpd")

    @cached_property
    def _services(self) -> dict[str, MasterService]:
        return {f"{one.name}/{one.type}": one for one in self._postfix.services}


def _leaves(items: tuple[Item, ...]) -> tuple[CertificateFacts, ...]:
    """The first certificate."""
    return tuple(facts(one) for one in certificates(items)[:1])


def _expected(leaves: Sequence[CertificateFacts], files: Sequence[str]) -> Expected:
    found = tuple(dict.fromkeys(leaf.sha256 for leaf in leaves))
    kinds = tuple(kind for kind in _KINDS if any(leaf.key.startswith(f"{kind} ") for leaf in leaves))
    return Expected(found, tuple(dict.fromkeys(map(clean, files))), kinds=kinds if len(kinds) > 1 else ())


def _askable(name: str) -> str:
    """A name to ask for, where the configuration has a pattern."""
    return f"{_SAMPLE}{name}" if name.startswith(".") else name.replace("*", _SAMPLE, 1)


def _asks(key: str, name: str) -> bool:
    return key == name or (key.startswith(".") and name.endswith(key))
