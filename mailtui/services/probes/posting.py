"""A test message: what stands in it, and the two ways in: sendmail(1), or submission with a login.

RFC 5322; RFC 3834 for the field that keeps out-of-office answers away.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from email.utils import formatdate

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.probes.login import log_in
from mailtui.services.probes.manner import Manner, Stopped
from mailtui.services.probes.model import Attempt, Endpoint
from mailtui.services.probes.own import is_own, lonely_source
from mailtui.services.probes.sasl import Credentials
from mailtui.services.probes.talk import Talk, reply_of
from mailtui.text import clean

_TARGET = "sendmail"
_TIMEOUT = 45.0


@dataclass(frozen=True, slots=True)
class TestMessage:
    """One message that nobody needs."""

    sender: str
    recipient: str
    message_id: str
    """Without its angle brackets."""

    @property
    def text(self) -> str:
        """All of it, lines ended by a newline."""
        return (
            f"From: <{self.sender}>\n"
            f"To: <{self.recipient}>\n"
            "Subject: mailtui test message\n"
            f"Date: {formatdate(localtime=True)}\n"
            f"Message-ID: <{self.message_id}>\n"
            "Auto-Submitted: auto-generated\n"
            "MIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\n"
            "Content-Transfer-Encoding: 8bit\n"
            "\n"
            "The operator of this mail server sent this to see that mail arrives.\n"
            "It can be deleted.\n"
        )


def test_message(sender: str, recipient: str, host: str) -> TestMessage:
    """A new one, from and to addresses without brackets and breaks."""
    return TestMessage(sender, recipient, f"mailtui.{secrets.token_hex(8)}@{host}")


def by_sendmail(tools: Tools, postfix: PostfixConfig, message: TestMessage) -> Attempt:
    """Hand it to sendmail(1); never raises."""
    started = time.monotonic()
    where = ["-C", postfix.where[1]] if postfix.where else []
    argv = ["sendmail", *where, "-i", "-f", message.sender, "--", message.recipient]
    made = Attempt(_TARGET, "refused", "sendmail did not take the message")
    try:
        result = tools.run(argv, stdin=message.text.encode(), timeout=_TIMEOUT, check=False)
    except MailtuiError as error:
        return replace(made, verdict="unreachable", told=clean(error.message))
    said = result.error_text.strip().splitlines()
    made = replace(made, reply=clean(said[-1]) if said else "", seconds=time.monotonic() - started)
    return replace(made, verdict="accepted", told="sendmail took the message") if result.code == 0 else made


def by_submission(endpoint: Endpoint, who: Credentials, message: TestMessage) -> Attempt:
    """Log in and send it; never raises."""
    source = lonely_source(endpoint.host)
    manner = Manner(source, verify=not is_own(endpoint.host), timeout=_TIMEOUT)
    talk, started = Talk(endpoint, manner), time.monotonic()
    made = Attempt(str(endpoint), "unclear", "")
    try:
        with talk:
            mechanism, verdict, reply = log_in(talk, who)
            made = replace(made, mechanism=mechanism, verdict=verdict, told="the login was refused", reply=reply)
            if made.ok:
                made = _sent(made, talk, message)
    except Stopped as stopped:
        made = replace(made, verdict=stopped.verdict, told=stopped.told, reply=stopped.reply or made.reply)
    return replace(made, tls=talk.tls, dialogue=tuple(talk.dialogue), seconds=time.monotonic() - started)


def _sent(made: Attempt, talk: Talk, message: TestMessage) -> Attempt:
    data = message.text.replace("\n", "\r\n") + "."
    steps = (
        (f"MAIL FROM:<{message.sender}>", "the sender was refused", None),
        (f"RCPT TO:<{message.recipient}>", "the recipient was refused", None),
        ("DATA", "the message was refused", None),
        (data, "the message was refused", "(the message)"),
    )
    reply = ""
    for line, refusal, shown in steps:
        reply = reply_of(talk.say(line, shown=shown))
        if reply[:1] not in ("2", "3"):
            return replace(made, verdict="temporary" if reply[:1] == "4" else "refused", told=refusal, reply=reply)
    return replace(made, told="the server took the message", reply=reply)
