"""What Postfix's daemons say, in every form they say it in (data/postfix*.txt), and policy, in all combinations."""

import pytest

from mailtui.maillog.model import UNKNOWN

from .lines import Example, examples, has, parsed

QID = "4BQx3Z0vXtz9rvG"
PEER = {"client": "mail.example.net[192.0.2.9]", "host": "mail.example.net", "ip": "192.0.2.9"}
H = "mail.example.net[192.0.2.9]"
REASON = "554 5.7.1 <u@example.org>: Relay access denied"
CONTEXT = "from=<a@example.net> to=<u@example.org> proto=ESMTP helo=<x>"


@pytest.mark.parametrize("example", examples("postfix.txt"), ids=str)
def test_information_is_typed(example: Example) -> None:
    event = parsed(example.program, example.message)
    assert (event.event, event.severity) == (example.event, "debug" if example.event == "debug" else "info")
    start = example.message.partition(": ")[0]
    assert event.queue_id == (start if start in (QID, "NOQUEUE") else "")
    assert event.text == example.message
    has(event, example.fields)


@pytest.mark.parametrize("example", examples("postfix-trouble.txt"), ids=str)
def test_trouble_is_typed_with_its_severity(example: Example) -> None:
    event = parsed(example.program, example.message)
    assert (event.event, event.severity) == (example.event, example.message.partition(":")[0])
    assert event.queue_id == (QID if QID in example.message else "")
    has(event, example.fields)


ACTIONS = (
    "reject", "reject_warning", "warn", "info", "filter", "hold", "discard", "redirect", "bcc", "delay", "hangup",
    "permit", "milter-reject", "milter-hold", "milter-discard",
)  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("queue_id", [QID, "NOQUEUE", "3FA21B7C9D"])
def test_every_policy_action_is_an_event_of_its_own(action: str, queue_id: str) -> None:
    event = parsed("postfix/smtpd[1]", f"{queue_id}: {action}: RCPT from {H}: {REASON}; {CONTEXT}")
    assert (event.event, event.queue_id) == (action, queue_id)
    has(event, {"action": action, "stage": "RCPT", "code": "554", "dsn": "5.7.1", "from": "a@example.net",
                "to": "u@example.org", "proto": "ESMTP", "helo": "x",
                "reason": "<u@example.org>: Relay access denied", **PEER})  # fmt: skip


@pytest.mark.parametrize(
    ("context", "fields"),
    [
        ("; proto=SMTP", {"proto": "SMTP"}),
        ("; from=<> proto=ESMTP helo=<x>", {"from": "", "helo": "x"}),
        ("; from=<a@example.net> to=<u@example.org> helo=<x> sasl_username=<joe>", {"sasl_username": "joe"}),
        ("; from=<a@example.net> to=<u@example.org> proto=ESMTP helo=<x> sasl_method=PLAIN sasl_username=joe"
         " sasl_sender=s", {"sasl_method": "PLAIN", "sasl_username": "joe", "sasl_sender": "s"}),
        ('; from=<"x>; from=<y"@example.net> to=<u@example.org> proto=ESMTP helo=<x>',
         {"from": '"x>; from=<y"@example.net', "to": "u@example.org"}),
        ("", {"reason": "5 words that say why it"}),
    ],
)  # fmt: skip
def test_what_was_known_of_the_transaction_depends_on_the_stage(context: str, fields: dict[str, str]) -> None:
    event = parsed("postfix/smtpd[1]", f"NOQUEUE: reject: MAIL from {H}: 450 5 words that say why it{context}")
    assert event.fields["code"] == "450"
    has(event, {**fields, "reason": "5 words that say why it"})


@pytest.mark.parametrize(
    ("message", "name", "fields"),
    [
        (f"{QID}: warning: header Subject: reject: 554 from {H}; from=<a@example.net> to=<u@example.org> proto=ESMTP"
         " helo=<x>: own text", "warn",
         {"part": "header", "content": "Subject: reject: 554", "from": "a@example.net", "reason": "own text", **PEER}),
        (f"{QID}: reject: body buy now from {H}; {CONTEXT}: 5.7.1 no",
         "reject", {"part": "body", "content": "buy now", "dsn": "5.7.1", "reason": "no"}),
        (f"{QID}: hold: header X: y from local; from=<a@example.net>", "hold", {"client": "local", "part": "header"}),
        (f"{QID}: replace: header Received: x from {H}; from=<> to=<u@example.org> proto=ESMTP helo=<x>: Received: y",
         "replace", {"content": "Received: x", "reason": "Received: y"}),
        (f"{QID}: milter-header-reject: header Subject: x from {H}; from=<> proto=ESMTP helo=<x>: 5.7.1 no", "reject",
         {"action": "milter-header-reject"}),
        (f"{QID}: milter-reject: END-OF-MESSAGE from {H}: 5.7.1 spam; from=<a@example.net> to=<u@example.org>"
         " proto=ESMTP helo=<x>", "milter-reject", {"stage": "END-OF-MESSAGE", "dsn": "5.7.1", "reason": "spam"}),
    ],
)  # fmt: skip
def test_cleanups_checks_name_the_part(message: str, name: str, fields: dict[str, str]) -> None:
    event = parsed("postfix/cleanup[1]", message)
    assert (event.event, event.severity, event.queue_id) == (name, "info", QID)
    has(event, fields)


def test_a_before_queue_filters_answer_has_no_queue_id_of_its_own() -> None:
    event = parsed("postfix/smtpd[1]", "proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as 3FA21B7C9D;"
                   " from=<a@example.net> to=<u@example.org> proto=ESMTP helo=<x>")  # fmt: skip
    assert (event.event, event.queue_id) == ("proxy-accept", "")
    has(event, {"code": "250", "dsn": "2.0.0", "reason": "Ok: queued as 3FA21B7C9D", "to": "u@example.org"})


@pytest.mark.parametrize("queue_id", ["3FA21B7C", "4fLF9S0sf8zyb5", "3p7RMT0zrYz20p", "ABCDEF0123456"])
def test_queue_ids_of_both_kinds_are_known(queue_id: str) -> None:
    assert parsed("postfix/qmgr[1]", f"{queue_id}: removed").queue_id == queue_id


@pytest.mark.parametrize("word", ["statistics", "connect", "abcdef", "3fa21b7c", "4fLF9S0sf8ayb5"])
def test_other_words_are_no_queue_ids(word: str) -> None:
    event = parsed("postfix/qmgr[1]", f"{word}: removed")
    assert (event.queue_id, event.event) == ("", UNKNOWN)
