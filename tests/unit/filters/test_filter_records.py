"""Events and stories of the log engine, asked through filters."""

from __future__ import annotations

from mailtui.filters import Completion, complete, event_fields, parse, story_fields
from mailtui.maillog.model import Attempt, Event, LineRef, Recipient, Story, Verdict

EVENT = Event(
    source="/var/log/mail.log",
    offset=0,
    time=1_700_000_000.0,
    host="mx1",
    program="postfix/smtp",
    instance="postfix",
    service="",
    daemon="smtp",
    pid=812,
    severity="info",
    queue_id="3Pt2mN2VXxznjll",
    event="delivery",
    fields={"to": "anna@example.org", "status": "deferred", "delay": "12.5", "message-id": "<m1@x>"},
    text="3Pt2mN2VXxznjll: to=<anna@example.org>, status=deferred (timed out)",
)
LINE = LineRef("/var/log/mail.log", 0, EVENT.text)
STORY = Story(
    key="mx1/postfix/3Pt2mN2VXxznjll",
    host="mx1",
    instance="postfix",
    queue_ids=("3Pt2mN2VXxznjll",),
    message_ids=("<m1@x>",),
    sender="",
    size=2048,
    client="local",
    sasl_username="",
    arrived=1_700_000_000.0,
    ended=None,
    outcome="deferred",
    recipients=(
        Recipient(
            to="anna@example.org",
            orig_to="sales@shop.example",
            status="deferred",
            dsn="4.4.1",
            relay="none",
            reason="timed out",
            verdict=Verdict("connect-timeout", "no answer", "remote", "…", "…"),
            mailbox="",
            attempts=(Attempt(0.0, "deferred", "4.4.1", "none", 12.5, None, "", "timed out", 0, LINE),),
        ),
    ),
    bounces=(),
    parents=(),
    lines=(LINE,),
)


def test_event_columns_fields_and_line() -> None:
    matching = [
        "daemon:smtp", "program:postfix/smtp", "severity<warning", "pid:812", "to:anna", "recipient:anna",
        "status=deferred", "delay>10", "message-id:m1", "msgid:m1", "time:2023-11", "age>1d",
        "event:delivery", '"timed out"', "mx1 smtp", "recipient_domain:example.org", "id:3Pt2",
    ]  # fmt: skip
    assert [text for text in matching if not parse(text).matches(event_fields(EVENT))] == []
    assert not parse("orig_to:x or age<1h or from:x").matches(event_fields(EVENT))
    assert not parse("age>0").matches(event_fields(EVENT._replace(time=None)))


def test_story_envelope_recipients_verdict_and_lines() -> None:
    matching = [
        'sender:""', "recipient:sales", "to:anna", "-to:sales", "orig_to:sales", "outcome:deferred",
        "size>1k", "id=3Pt2mN2VXxznjll", "msgid:m1", "who:remote", 'cause:"no answer"', "attempts>=1",
        "nrcpt:1", "timed", "client:local", "time:2023-11", "age>1d", "relay:none",
    ]  # fmt: skip
    assert [text for text in matching if not parse(text).matches(story_fields(STORY))] == []
    assert not parse("nosuch:1").matches(story_fields(STORY))


def test_completion_of_names_and_words() -> None:
    assert complete("sta") == Completion(0, ("stage:", "status:"))
    assert complete("a (sasl_u") == Completion(3, ("sasl_username:",))
    assert complete("-each_orig") == Completion(1, ("each_orig_to:",))
    assert complete("x status:de") == Completion(9, ("deferred",))
    assert complete("status:de x", 9).candidates == ("deferred",)
    assert complete("severity>=w").candidates == ("warning",)
    assert complete('"sta').candidates == ()
    assert complete("nosuch:x").candidates == ()
    assert complete("que", names=("queue_id",)).candidates == ("queue_id:",)
