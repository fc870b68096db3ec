"""What Dovecot's services say, from 2.2 to 2.4, through syslog and in its own log."""

import pytest

from mailtui.maillog.parser import Parser

from .lines import Example, examples, has, parsed


@pytest.mark.parametrize("example", examples("dovecot.txt"), ids=str)
def test_information_is_typed(example: Example) -> None:
    event = parsed(example.program, example.message)
    assert (event.event, event.severity, event.queue_id) == (example.event, "info", "")
    assert event.daemon == event.service == example.message.partition(":")[0].partition("(")[0].lower()
    has(event, example.fields)


@pytest.mark.parametrize("example", examples("dovecot-trouble.txt"), ids=str)
def test_trouble_is_typed_with_its_severity(example: Example) -> None:
    event = parsed(example.program, example.message)
    name, *fields = example.fields
    assert (event.severity, event.event) == (example.event, name)
    has(event, {field: example.fields[field] for field in fields})


@pytest.mark.parametrize("example", [*examples("dovecot.txt")], ids=str)
def test_dovecots_own_log_says_the_same(example: Example) -> None:
    prefix, _, rest = example.message.partition(": ")
    event = Parser().parse(f"Mar 03 10:45:29 {prefix}: Info: {rest}".encode())
    assert (event.event, event.severity, event.program, event.host) == (example.event, "info", "dovecot", "")
    has(event, example.fields)


@pytest.mark.parametrize(
    ("prefix", "pid", "fields"),
    [
        ("imap(u)<77><S3ss>", 77, {"user": "u", "session": "S3ss"}),
        ("imap(joe (old) doe)<77><S3ss>", 77, {"user": "joe (old) doe"}),
        ("lmtp(77)", 77, {}),
        ("lmtp(77, u)", 77, {"user": "u"}),
        ("auth(u,2001:db8::9,sasl:plain)<S3ss>", 5, {"user": "u", "rip": "2001:db8::9", "method": "plain"}),
        ("imap(u)", 5, {"user": "u"}),
        ("master", 5, {}),
    ],
)
def test_the_prefix_names_process_user_and_session(prefix: str, pid: int, fields: dict[str, str]) -> None:
    event = parsed("dovecot[5]", f"{prefix}: Error: a text nobody has ever seen")
    assert (event.pid, event.daemon) == (pid, prefix.partition("(")[0])
    assert event.fields == {**fields, **event.fields, "reason": "a text nobody has ever seen"}
