"""``mailtui restrictions`` on a real Postfix: listed, tried, and the same words from main.cf to the reply."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab

Said = tuple[int, str]


def _run(lab: Lab, capsys: pytest.CaptureFixture[str], *words: str) -> Said:
    code = main([*lab.options(), "restrictions", *words])
    told = capsys.readouterr()
    return code, told.out + told.err


def _json(lab: Lab, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(_run(lab, capsys, "--json", *words)[1])


def test_each_smtpd_is_listed_with_where_its_lists_are_set(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    found = {one["service"]: one for one in _json(lab, capsys)}
    port = lab.ports["submission"]
    assert len(found) == 6
    relay = next(stage for stage in found[f"127.0.0.1:{port}/inet"]["stages"] if "relay" in stage["parameter"])
    assert (relay["source"], [rule["rule"] for rule in relay["rules"]]) == (
        "master.cf",
        ["permit_sasl_authenticated", "reject"],
    )
    assert [one["service"] for one in _json(lab, capsys, "list", str(port))] == [f"127.0.0.1:{port}/inet"]


def test_a_client_is_tried_and_the_rule_is_named_with_the_line_of_its_table(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    client = ("--client", "192.0.2.9", "--name", "x.bad.example")
    code, text = _run(lab, capsys, "simulate", *client, "--from", "spammer@bad.example", "alice@lab.example")
    assert code == 1
    assert text.startswith("554 5.7.1 <spammer@bad.example>: Sender address rejected: we know you  to RCPT TO\n")
    assert f"has spammer@bad.example: REJECT we know you ({lab.postfix_config / 'senders'}:1)" in text
    assert _run(lab, capsys, "simulate", *client, "--from", "a@good.example", "alice@lab.example")[0] == 0


def test_who_has_logged_in_may_send_anywhere_from_submission(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    port = str(lab.ports["submission"])
    words = ("simulate", "--client", "192.0.2.9", "--name", "unknown", "--service", port, "friend@elsewhere.example")
    away = _json(lab, capsys, *words)
    assert (away["accepted"], away["rule"]) == (False, "reject")
    assert _json(lab, capsys, *words, "--user", "alice@lab.example")["accepted"]
    plain = _json(lab, capsys, *words, "--no-tls")
    assert (plain["reply"], plain["at"]) == ("530 5.7.0 Must issue a STARTTLS command first", "MAIL FROM")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "smtps"), "master.cf has no smtpd service 'smtps'"),
        (("simulate", "alice@lab.example"), "wants the IP address of a client"),
        (("simulate", "--client", "mail.example", "alice@lab.example"), "wants the IP address of a client"),
        (("replay", "subject", "x", "REJECT"), "'subject' is none of client, helo, sender, recipient"),
        (("replay", "sender", "two words", "REJECT"), "a key is one word"),
        (("replay", "sender", "/[/", "REJECT"), "Postfix does not understand this entry"),
        (("replay", "sender", "x"), "does not go with so many words"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(
    lab: Lab, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, text = _run(lab, capsys, *words)
    assert code == 2
    assert said in text


def test_nothing_is_wrong_with_the_lab(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(lab, capsys, "check") == (0, "nothing found\n")
