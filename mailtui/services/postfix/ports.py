"""What is asked of a Postfix configuration by those who only look tables and parameters up."""

from __future__ import annotations

from typing import Protocol


class PostfixSettings(Protocol):
    """main.cf of one instance, ``services.postfix.config.PostfixConfig``."""

    @property
    def where(self) -> tuple[str, ...]:
        """The arguments that point a Postfix command at this instance."""

    def get(self, name: str) -> str:
        """Value of a parameter, ``$name`` expanded."""
