"""What an explanation asks of the two configurations."""

from __future__ import annotations

from typing import Protocol


class PostfixSettings(Protocol):
    """main.cf of one instance, ``services.postfix.config.PostfixConfig``."""

    @property
    def where(self) -> tuple[str, ...]:
        """The arguments that point a Postfix command at this instance."""

    def get(self, name: str) -> str:
        """Value of a parameter, ``$name`` expanded."""


class DovecotSettings(Protocol):
    """The configuration of one instance, ``services.dovecot.config.DovecotConfig``."""

    @property
    def where(self) -> tuple[str, ...]:
        """The arguments that point a Dovecot command at this instance."""

    @property
    def text(self) -> str:
        """What differs from the defaults (``doveconf -n``)."""

    def get(self, name: str) -> str:
        """Value of a setting."""
