"""A Postfix that says what a test wants it to."""

from __future__ import annotations

from mailtui.services.postfix.config import PostfixConfig
from tests.support.tools import RecordedTools

DEFAULTS = {
    "mail_version": "3.7.11",
    "smtpd_delay_reject": "yes",
    "smtpd_relay_before_recipient_restrictions": "yes",
    "smtpd_reject_unlisted_recipient": "yes",
    "smtpd_reject_unlisted_sender": "no",
    "smtpd_relay_restrictions": "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
}
MASTER = """\
submission inet  n       -       y       -       -       smtpd -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
smtp       inet  n       -       y       -       -       smtpd
rewrite    unix  -       -       y       -       -       trivial-rewrite
"""


def postfix_with(**parameters: str) -> PostfixConfig:
    """Postfix with these parameters in main.cf, smtp and submission in master.cf."""
    override = "smtpd_relay_restrictions=permit_sasl_authenticated,reject"

    def text(settings: dict[str, str]) -> str:
        return "".join(f"{name} = {value}\n" for name, value in settings.items())

    own = DEFAULTS | parameters
    return PostfixConfig(
        RecordedTools(
            {
                "postconf -x": text(own),
                f"postconf -x -o {override}": text(own | dict([override.split("=", 1)])),
                "postconf -nx": text(parameters),
                "postconf -M": MASTER,
                "postconf -Px": f"submission/inet/{override.replace('=', ' = ', 1)}\n",
            }
        )
    )
