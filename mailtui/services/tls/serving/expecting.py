"""What each port should show, as its program's configuration and the files on disk have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.facts import facts
from mailtui.services.tls.inventory.dovecot import DovecotCertificates
from mailtui.services.tls.inventory.loading import Loader, split
from mailtui.services.tls.inventory.model import Named, Use
from mailtui.services.tls.inventory.postfix import SNI, PostfixCertificates
from mailtui.services.tls.listeners import Listener
from mailtui.services.tls.pile import Item, certificates, parse_pile
from mailtui.services.tls.serving.model import Expected
from mailtui.text import clean

_SAMPLE = "mailtui"
"""What a ``*`` or a leading dot is asked with."""
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
        leaves = tuple(leaf for part in split(parse_pile(blocks, table)) for leaf in _leaves(part))
        files = next((files for key, files in self._postfix_names.entries(table) if _asks(key, name)), ())
        on_disk = self._of_files((Named(files, _TABLE, key_first=True),)).leaves if files else leaves
        return Expected(leaves, files, table, stale_table=on_disk != leaves)

    def _of_files(self, named: Sequence[Named]) -> Expected:
        leaves = [leaf for one in named for leaf in self._leaves_of(one)]
        files = tuple(clean(file) for one in named for file in one.files)
        return Expected(tuple(dict.fromkeys(leaves)), tuple(dict.fromkeys(files)))

    def _leaves_of(self, named: Named) -> Iterator[str]:
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


def _leaves(items: tuple[Item, ...]) -> tuple[str, ...]:
    """The first certificate's fingerprint."""
    return tuple(facts(one).sha256 for one in certificates(items)[:1])


def _askable(name: str) -> str:
    """A name to ask for, where the configuration has a pattern."""
    return f"{_SAMPLE}{name}" if name.startswith(".") else name.replace("*", _SAMPLE, 1)


def _asks(key: str, name: str) -> bool:
    return key == name or (key.startswith(".") and name.endswith(key))
