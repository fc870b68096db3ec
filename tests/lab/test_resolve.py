"""``mailtui resolve`` on a real mail system: its JSON, its exit status, and addresses nobody would think of."""

from __future__ import annotations

import json
import smtplib

import pytest

from mailtui.cli.main import main
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.users import MAILBOXES
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.config import PostfixConfig
from tests.lab.address_machine import hand_in

HOSTILE = (
    "",
    "@",
    "-",
    "-x@lab.example",
    "--json",
    "a\nb@lab.example",
    "a\0b@lab.example",
    "a\tb@lab.example",
    "\udce4@lab.example",
    "\x1b[31m@lab.example",
    "anna@b\u00fccher.example",
    "\u4f8b@lab.example",
    "alice@\u202elab.example",
    "'; rm -rf /'@lab.example",
    '"un closed@lab.example',
    "x" * 5000 + "@lab.example",
    "alice@" + "a." * 200 + "example",
    "<>",
    "alice@lab.example@lab.example",
)


@pytest.fixture(scope="module")
def resolver(lab: Lab) -> Resolver:
    return Resolver(
        LocalTools(), PostfixConfig(LocalTools(), lab.postfix_config), DovecotConfig(LocalTools(), lab.dovecot_config)
    )


def resolved(lab: Lab, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main([*lab.options(), "resolve", "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_an_alias_is_followed_to_both_mailboxes_with_file_and_line(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = resolved(lab, capsys, "Info@Alias.Example")
    assert code == 0
    assert list(found) == ["address", "class", "accepted", "reply", "steps", "final", "problem"]
    assert (found["class"], found["accepted"], found["reply"]) == ("virtual alias", True, "250 2.1.5 Ok")
    assert isinstance(found["final"], list)
    assert isinstance(found["steps"], list)
    assert {one["address"] for one in found["final"]} == {"alice@lab.example", "bob@lab.example"}
    homes = [f"maildir:{lab.mail_home(user)}/Maildir" for user in ("alice", "bob")]
    assert sorted(one["mailbox"] for one in found["final"]) == homes
    table = lab.postfix_config / "virtual"
    step = next(one for one in found["steps"] if one["result"] and "bob@lab.example" in one["result"])
    assert (step["file"], step["line"]) == (str(table), 1)
    assert {"table", "key", "result", "file", "line"} <= set(step)


def test_it_is_told_to_a_person_from_the_question_to_the_mailbox(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*lab.options(), "resolve", "chain@alias.example"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["chain@alias.example  virtual alias domain", "250 2.1.5 Ok"]
    table = lab.postfix_config / "virtual"
    for number, (key, value) in enumerate((("chain", "second"), ("second", "third")), 2):
        entry = f"  virtual_alias_maps  {key}@alias.example → {value}@alias.example  {table}:{number}"
        assert entry in lines
    assert lines[-2:] == [
        "  carol@lab.example  by lmtp unix:private/dovecot-lmtp",
        f"    maildir:{lab.mail_home('carol')}/Maildir",
    ]


def test_what_a_client_is_told_depends_on_the_client(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert resolved(lab, capsys, "--client", "127.0.0.1", "friend@far.example")[0] == 0
    code, found = resolved(lab, capsys, "--client", "192.0.2.7", "friend@far.example")
    assert (code, found["accepted"]) == (1, False)
    assert found["reply"] == "554 5.7.1 <friend@far.example>: Relay access denied"


def test_the_sender_is_judged_too(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--client", "192.0.2.7", "--from", "spammer@bad.example", "alice@lab.example")
    code, found = resolved(lab, capsys, *words)
    assert (code, found["reply"]) == (1, "554 5.7.1 <spammer@bad.example>: Sender address rejected: we know you")


@pytest.mark.parametrize("address", HOSTILE, ids=[ascii(one)[:30] for one in HOSTILE])
def test_whatever_is_asked_there_is_an_answer_that_may_be_printed(resolver: Resolver, address: str) -> None:
    found = resolver.resolve(address)
    told = json.dumps(found.reply + found.address + found.problem + "".join(one.key for one in found.steps))
    assert not any(code in told for code in ("\\u001b", "\\u0000", "\\n", "\\u202e", "\\udce4"))
    assert found.accepted == found.reply.startswith("250")


def test_an_address_that_looks_like_an_option_is_one_behind_two_dashes(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = resolved(lab, capsys, "--", "-x@lab.example")
    assert (code, found["accepted"], found["reply"]) == (1, False, "501 5.1.3 Bad recipient address syntax")


@pytest.mark.parametrize("address", ["-x@lab.example", "", "alice@lab..example", "x" * 65 + "@nobody.lab.example"])
def test_the_refusal_of_a_bad_address_is_postfixs_own(lab: Lab, resolver: Resolver, address: str) -> None:
    with smtplib.SMTP("127.0.0.1", lab.ports["smtp"], timeout=20) as session:
        session.ehlo("client.invalid")
        assert resolver.resolve(address, client="127.0.0.1").reply == hand_in(session, "", address).reply


def test_a_table_that_cannot_be_asked_is_a_temporary_refusal_with_its_reason(
    lab: Lab, resolver: Resolver, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lab.command("postconf", "-h", "virtual_mailbox_maps").strip()
    lab.command("postconf", "-e", f"virtual_mailbox_maps={before} texthash:/nowhere/at-all")
    try:
        found = resolver.resolve("nobody@lab.example")
        assert found.reply == "451 4.3.0 <nobody@lab.example>: Temporary lookup failure"
        assert "/nowhere/at-all" in found.problem
        assert resolver.resolve(MAILBOXES[0]).accepted, "the first table knows it"
    finally:
        lab.command("postconf", "-e", f"virtual_mailbox_maps={before}")
