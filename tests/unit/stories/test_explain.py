"""A missed recipient names the parameter, the table, the key and the file, and only what was really read."""

from __future__ import annotations

import pytest

from mailtui.services.explain import Explainer
from tests.support.tools import Answer
from tests.unit.stories.explaining import LMTP_REASON, Settings, TablesTools, a_recipient, a_story, explained

NO_SUCH_KEY = Answer(code=1)


def test_unknown_alias_names_parameter_table_and_keys() -> None:
    explanation = explained(
        a_recipient("boss@shop.example", "User unknown in virtual alias table"),
        {
            "postmap -q boss@shop.example hash:/etc/postfix/virtual": NO_SUCH_KEY,
            "postmap -q @shop.example hash:/etc/postfix/virtual": NO_SUCH_KEY,
        },
        postfix={"virtual_alias_maps": "hash:/etc/postfix/virtual", "virtual_alias_domains": "shop.example"},
    )
    assert explanation.verdict.rule == "unknown_alias"
    assert explanation.evidence == (
        "virtual_alias_maps = hash:/etc/postfix/virtual has no key boss@shop.example, @shop.example",
        "shop.example is in virtual_alias_domains = shop.example",
    )
    assert explanation.next_steps == (
        "If the address should exist, add it to /etc/postfix/virtual, then run postmap /etc/postfix/virtual;"
        " otherwise tell the sender it is wrong.",
    )
    assert ("postmap", "-q", "boss@shop.example", "hash:/etc/postfix/virtual") in explanation.commands


@pytest.mark.parametrize(
    ("reason", "parameter", "keys"),
    [
        ("User unknown in virtual mailbox table", "virtual_mailbox_maps", ("boss@shop.example", "@shop.example")),
        ("User unknown in relay recipient table", "relay_recipient_maps", ("boss@shop.example", "@shop.example")),
        (
            "User unknown in local recipient table",
            "local_recipient_maps",
            ("boss@shop.example", "@shop.example", "boss"),
        ),
        ('unknown user: "boss"', "alias_maps", ("boss",)),
    ],
)
def test_every_recipient_table_is_named(reason: str, parameter: str, keys: tuple[str, ...]) -> None:
    table = "lmdb:/etc/postfix/table"
    explanation = explained(
        a_recipient("boss@shop.example", reason),
        {f"postmap -q {key} {table}": NO_SUCH_KEY for key in keys},
        postfix={parameter: table},
    )
    assert f"{parameter} = {table} has no key {', '.join(keys)}" in explanation.evidence


def test_several_tables_and_an_extension_are_tried_in_postfixs_order() -> None:
    tools = TablesTools()
    settings = Settings(
        {
            "virtual_alias_maps": "hash:/a, pcre:/b",
            "recipient_delimiter": "+",
            "mydestination": "localhost shop.example",
        }
    )
    recipient = a_recipient("boss+x@shop.example", "User unknown in virtual alias table")
    found = Explainer(settings, Settings(), tools).cause(recipient, a_story(recipient))
    keys = "boss+x@shop.example, boss@shop.example, boss+x, boss, @shop.example"
    assert f"virtual_alias_maps = hash:/a, pcre:/b has no key {keys}" in found.evidence


def test_an_entry_that_came_later_is_said() -> None:
    explanation = explained(
        a_recipient("boss@shop.example", "User unknown in virtual mailbox table", status="rejected"),
        {"postmap -q boss@shop.example hash:/v": "boss/\n"},
        postfix={"virtual_mailbox_maps": "hash:/v"},
    )
    assert "has boss@shop.example now" in explanation.evidence[0]
    assert explanation.next_steps == ("Send the message again: the address is known now.",)


def test_what_another_server_says_of_its_users_is_not_sought_in_our_tables() -> None:
    explanation = explained(
        a_recipient(
            "boss@shop.example",
            "host mx.shop.example[192.0.2.5] said: 550 5.1.1 <boss@shop.example>: Recipient address rejected: "
            "User unknown in virtual alias table (in reply to RCPT TO command)",
            relay="mx.shop.example[192.0.2.5]:25",
        ),
        postfix={"virtual_alias_maps": "hash:/etc/postfix/virtual"},
    )
    assert explanation.evidence == ()


def test_lmtp_unknown_user_names_userdb_file_and_the_alias_that_led_there() -> None:
    explanation = explained(
        a_recipient(
            "gone@lab.example",
            LMTP_REASON,
            orig_to="leaver@alias.example",
            relay="mx.lab.example[private/dovecot-lmtp]",
        ),
        {
            "postmap -q leaver@alias.example hash:/etc/postfix/virtual": "gone@lab.example\n",
            "postmap -q gone@lab.example hash:/etc/postfix/virtual": NO_SUCH_KEY,
            "postmap -q @lab.example hash:/etc/postfix/virtual": NO_SUCH_KEY,
            "doveadm user -- gone@lab.example": Answer(stderr="userdb lookup: user doesn't exist", code=67),
            "postmap -q gone@lab.example hash:/etc/postfix/vmailbox": "gone/\n",
        },
        postfix={
            "virtual_alias_maps": "hash:/etc/postfix/virtual",
            "virtual_mailbox_maps": "hash:/etc/postfix/vmailbox",
        },
    )
    assert explanation.verdict.rule == "alias_dead"
    assert explanation.verdict.who == "us"
    assert explanation.evidence == (
        "virtual_alias_maps (hash:/etc/postfix/virtual) leads leaver@alias.example to gone@lab.example",
        "doveadm user does not find gone@lab.example",
        "Dovecot looks users up in userdb passwd-file /etc/dovecot/users",
        "Dovecot looks users up in userdb sql /etc/dovecot/dovecot-sql.conf.ext",
        "virtual_mailbox_maps (hash:/etc/postfix/vmailbox) has gone@lab.example, so Postfix accepts it",
    )
    assert explanation.next_steps == (
        "If gone@lab.example should exist, add it to userdb passwd-file /etc/dovecot/users.",
        "Otherwise take gone@lab.example out of the alias leaver@alias.example in /etc/postfix/virtual.",
    )
    assert [(one.key, one.value) for one in explanation.entries] == [("leaver@alias.example", "gone@lab.example")]


def test_what_waits_is_taken_along_by_an_alias_for_the_address_it_was_led_to() -> None:
    explanation = explained(
        a_recipient(
            "gone@lab.example",
            LMTP_REASON,
            status="deferred",
            orig_to="leaver@alias.example",
            relay="mx[private/dovecot-lmtp]",
        ),
        {
            "postmap -q leaver@alias.example hash:/v": "gone@lab.example\n",
            "postmap -q gone@lab.example hash:/v": NO_SUCH_KEY,
            "postmap -q @lab.example hash:/v": NO_SUCH_KEY,
            "doveadm user -- gone@lab.example": Answer(code=67),
        },
        postfix={"virtual_alias_maps": "hash:/v"},
    )
    assert [(one.key, one.value) for one in explanation.entries] == [
        ("gone@lab.example", ""),
        ("leaver@alias.example", "gone@lab.example"),
    ]
    assert explanation.next_steps[-1] == "To take along what waits: an alias for gone@lab.example itself, then requeue."


def test_an_alias_chain_is_followed_and_a_loop_ends() -> None:
    table = "hash:/v"
    explanation = explained(
        a_recipient("c@x.example", LMTP_REASON, orig_to="a@x.example", relay="mx[private/dovecot-lmtp]"),
        {
            f"postmap -q a@x.example {table}": "b@x.example, c@x.example\n",
            f"postmap -q b@x.example {table}": "a@x.example\n",
            f"postmap -q c@x.example {table}": NO_SUCH_KEY,
            f"postmap -q @x.example {table}": NO_SUCH_KEY,
            "doveadm user -- c@x.example": Answer(code=67),
        },
        postfix={"virtual_alias_maps": table},
    )
    assert explanation.evidence[:2] == (
        "virtual_alias_maps (hash:/v) leads a@x.example to b@x.example, c@x.example",
        "virtual_alias_maps (hash:/v) leads b@x.example to a@x.example",
    )
