"""``Inventory``: every certificate that Postfix and Dovecot use, each once."""

from __future__ import annotations

import time
from collections.abc import Sequence

from mailtui.findings import Finding
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.either import either
from mailtui.services.tls.inventory.dovecot import DovecotCertificates
from mailtui.services.tls.inventory.loading import Loader
from mailtui.services.tls.inventory.model import Held, Named
from mailtui.services.tls.inventory.postfix import PostfixCertificates


class Inventory:
    """The certificates of one Postfix and one Dovecot; read anew at each call."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def held(self) -> tuple[Held, ...]:
        """All of them as they stand on disk. Raises the first program's error where neither can be read."""
        return Loader(time.time()).held(self._named())

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with them on disk; what ports serve is told by ``Serving``."""
        return tuple(one for held in self.held() for one in held.findings if one.severity != "ok")

    def _named(self) -> Sequence[Named]:
        postfix, dovecot = self._postfix.held(), self._dovecot.held()
        return either(
            lambda: PostfixCertificates(self._tools, postfix).named(),
            lambda: DovecotCertificates(DovecotSettings(self._tools, dovecot)).named(),
        )
