"""What is to be set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Program = Literal["postfix", "dovecot"]
PROGRAMS: tuple[Program, ...] = ("postfix", "dovecot")


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter and its new value, under the name its own program has for it.

    ``smtpd_tls_cert_file`` and ``submission/inet/smtpd_tls_cert_file`` (postconf -P) for Postfix; ``ssl_key`` and
    ``service auth { unix_listener auth-userdb { mode`` for Dovecot.
    """

    name: str
    value: str | None
    """None takes the setting away, so that the default holds."""
