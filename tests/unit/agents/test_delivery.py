"""Settings about delivery that contradict each other."""

from __future__ import annotations

import pytest

from mailtui.services.postfix.agents.check import delivery_findings
from mailtui.services.postfix.config import PostfixConfig
from tests.support.tools import RecordedTools

MASTER = """\
local      unix  -       n       n       -       -       local
virtual    unix  -       n       n       -       -       virtual
lmtp       unix  -       -       y       -       -       lmtp
dovecot    unix  -       n       n       -       -       pipe flags=DRhu user=vmail argv=/usr/lib/dovecot/dovecot-lda
"""


def found(**parameters: str) -> list[tuple[str, str]]:
    defaults = {
        "local_transport": "local:mx.lab.example",
        "virtual_transport": "virtual",
        "mail_spool_directory": "/var/mail",
    }

    def text(settings: dict[str, str]) -> str:
        return "".join(f"{name} = {value}\n" for name, value in settings.items())

    answers = {
        "postconf -x": text(defaults | parameters),
        "postconf -nx": text(parameters),
        "postconf -M": MASTER,
        "postconf -Px": "",
    }
    findings = delivery_findings(PostfixConfig(RecordedTools(answers)))
    return [(one.subject, one.title) for one in findings]


def test_one_way_is_no_contradiction() -> None:
    assert found() == []
    assert found(home_mailbox="Maildir/") == []
    assert found(mailbox_transport="lmtp:unix:private/dovecot-lmtp") == []
    assert found(virtual_mailbox_base="/var/vmail", virtual_uid_maps="static:5000") == []


def test_the_first_that_is_set_delivers() -> None:
    several = {"home_mailbox": "Maildir/", "mailbox_command": "/bin/sh -c cat", "mailbox_transport": "lmtp:unix:x"}
    assert found(**several) == [
        ("mailbox_command", "is never used: mailbox_transport delivers before it"),
        ("home_mailbox", "is never used: mailbox_transport delivers before it"),
    ]
    del several["mailbox_transport"]
    assert found(**several) == [("home_mailbox", "is never used: mailbox_command delivers before it")]


def test_a_program_that_is_gone_is_told() -> None:
    assert found(mailbox_command='/no/such/procmail -a "$EXTENSION"') == [
        ("mailbox_command", "names a program that is not there")
    ]
    assert found(mailbox_command="procmail") == []


@pytest.mark.parametrize("transport", ["lmtp:unix:private/dovecot-lmtp", "dovecot"])
def test_settings_of_an_agent_that_gets_no_mail_do_nothing(transport: str) -> None:
    agent = "lmtp" if transport.startswith("lmtp") else "pipe"
    title = f"is never used: virtual_transport hands the mail to {agent}, not to virtual(8)"
    assert found(virtual_transport=transport, virtual_mailbox_base="/var/vmail") == [("virtual_mailbox_base", title)]
    assert found(virtual_transport=transport, virtual_mailbox_base="/var/vmail", transport_maps="hash:/t") == []
    local = found(local_transport=transport, home_mailbox="Maildir/")
    assert [subject for subject, _ in local] == ["home_mailbox"]
