"""``doveadm auth test``: passdb asked without any port between. The password goes by standard input."""

from __future__ import annotations

import time
from dataclasses import replace

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.probes.joined import LogMark
from mailtui.services.probes.meanings import meanings
from mailtui.services.probes.model import Attempt
from mailtui.services.probes.own import lonely_source
from mailtui.services.probes.sasl import Credentials
from mailtui.text import clean

_TIMEOUT = 40.0
_REFUSED = 77
"""EX_NOPERM of sysexits(3)."""
_NOT_ASKED = "Dovecot's passdb could not be asked"
PASSDB = "doveadm auth test"
"""What stands for the target of such an attempt."""


def auth_test(tools: Tools, dovecot: DovecotConfig, who: Credentials, mark: LogMark, service: str) -> Attempt:
    """What passdb says to user and password; never raises."""
    made = Attempt(PASSDB, "unclear", "")
    if set("\r\n\0") & set(who.user + who.secret):
        return replace(made, told="user and password must stand on one line")
    started = time.monotonic()
    # Without an address of its own it waits for what others have failed (auth penalty).
    address = lonely_source("127.0.0.1") or "127.0.0.1"
    said_of_us = ["-x", f"service={service}", "-x", f"rip={address}"]
    argv = ["doveadm", *dovecot.where, "auth", "test", *said_of_us, "--", who.user]
    try:
        result = tools.run(argv, stdin=f"{who.secret}\n".encode(), timeout=_TIMEOUT, check=False)
    except MailtuiError as error:
        return replace(made, verdict="unreachable", told=clean(error.message))
    said = (result.text.strip() or result.error_text.strip()).splitlines()
    made = replace(made, reply=clean(said[0]) if said else "", seconds=time.monotonic() - started)
    if "ermission denied" in result.error_text:
        return replace(
            made, verdict="unreachable", told="this user may not ask Dovecot's passdb: run mailtui with sudo"
        )
    if result.code == 0:
        return replace(made, verdict="accepted", told="Dovecot's passdb takes user and password")
    if result.code != _REFUSED:
        return replace(made, verdict="temporary", told=_NOT_ASKED)
    found = [line for line in mark.lines() if line.event.daemon == "auth" and who.user in line.event.text]
    lines = tuple(line.ref for line in found)
    facts = tuple(f"the log says: {means}" for means in meanings(lines))
    if any(line.event.severity == "error" for line in found):  # doveadm says no to that, too
        return replace(made, verdict="temporary", told=_NOT_ASKED, lines=lines, facts=facts)
    told = "Dovecot's passdb refuses user or password"
    return replace(made, verdict="refused", told=told, lines=lines, facts=facts)
