"""Live traffic for a lab: the mix a small mail server sees, failures and hostile text included."""

from mailtui.lab.traffic.clients import send, send_local, submit
from mailtui.lab.traffic.driver import MIX, Traffic
from mailtui.lab.traffic.kinds import (
    alias_chain,
    alias_to_nowhere,
    beyond_ascii,
    deliver,
    hostile,
    imap_login,
    imap_wrong_password,
    local_to_root,
    local_to_unknown_alias,
    newsletter,
    no_mail_program,
    pop3_login,
    relay_denied,
    sender_refused,
    through_filter,
    to_world,
    unknown_user,
    wrong_password,
)
from mailtui.lab.traffic.messages import HOSTILE_SUBJECTS

__all__ = [
    "HOSTILE_SUBJECTS",
    "MIX",
    "Traffic",
    "alias_chain",
    "alias_to_nowhere",
    "beyond_ascii",
    "deliver",
    "hostile",
    "imap_login",
    "imap_wrong_password",
    "local_to_root",
    "local_to_unknown_alias",
    "newsletter",
    "no_mail_program",
    "pop3_login",
    "relay_denied",
    "send",
    "send_local",
    "sender_refused",
    "submit",
    "through_filter",
    "to_world",
    "unknown_user",
    "wrong_password",
]
