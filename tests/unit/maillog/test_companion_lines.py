"""The programs beside Postfix and Dovecot, tied to a message where they know its queue ID."""

import pytest

from mailtui.maillog.parser import Parser

from .lines import Example, examples, has, parsed


@pytest.mark.parametrize("example", examples("companions.txt"), ids=str)
def test_companions_are_typed(example: Example) -> None:
    event = parsed(example.program, example.message)
    assert event.event == example.event
    fields = dict(example.fields)
    if "queue_id" in fields:
        assert event.queue_id == fields.pop("queue_id")
    has(event, fields)


def test_rspamds_own_log_names_neither_host_nor_program() -> None:
    line = b"2026-03-20 08:09:41 #38(normal) <tag>; task; rspamd_task_write_log: id: <m@example.net>, qid: <3FA21B7C9D>"
    event = Parser().parse(line)
    assert (event.daemon, event.pid, event.event, event.queue_id) == ("rspamd", 38, "scanned", "3FA21B7C9D")


def test_fail2bans_own_log() -> None:
    event = Parser().parse(
        b"2026-03-20 08:09:41,123 fail2ban.actions        [77]: NOTICE  [postfix-sasl] Ban 192.0.2.9"
    )
    assert (event.event, event.pid) == ("ban", 77)
    has(event, {"jail": "postfix-sasl", "action": "Ban", "ip": "192.0.2.9"})
