"""Rules for mail to come and the stop of an account, on a real Postfix and Dovecot: held, refused, and all put back."""

from __future__ import annotations

import imaplib
import json
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.host.errors import UsageError
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import PASSWORD
from mailtui.lab.wait import wait_until
from mailtui.services.postfix.queue.access import PLACES
from tests.lab.queue_machine import Machine, names

DAY = 86_400.0
BOB = "bob@lab.example"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab of its own, whose configuration is changed."""
    with Lab(retry_seconds=900) as running:
        yield running


@pytest.fixture
def machine(lab: Lab, tmp_path: Path) -> Machine:
    return Machine(lab, tmp_path / "state")


def files(lab: Lab) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in lab.postfix_config.iterdir() if path.is_file()}


def held(machine: Machine, sender: str, recipient: str, user: str = "alice@lab.example") -> bool:
    """Whether Postfix holds a new message."""
    before = names(machine.entries(sender))
    with clients.submission(machine.lab) as session:
        session.login(user, PASSWORD)
        session.sendmail(sender, recipient, b"Subject: x\n\nx\n")
    new = [entry for entry in machine.entries(sender) if entry.queue_id not in before]
    return [entry.queue_name for entry in new] == ["hold"]


@pytest.mark.parametrize(
    ("kind", "value", "sender", "recipient", "user"),
    [
        ("sender", "Spam@shop.example", "spam@shop.example", "x@full.example", "alice@lab.example"),
        ("recipient_domain", "full.example", "any@lab.example", "x@full.example", "alice@lab.example"),
        ("sasl_username", BOB, "bobby@lab.example", "x@full.example", BOB),
    ],
)
def test_a_rule_holds_what_it_names_and_undo_puts_every_byte_back(
    machine: Machine, kind: str, value: str, sender: str, recipient: str, user: str
) -> None:
    before = files(machine.lab)
    assert not held(machine, sender, recipient, user)
    plan = machine.plans.hold_rule(kind, value, DAY)
    assert files(machine.lab) == before
    receipt = machine.changes.apply(plan)
    assert receipt.outcome == "applied"
    assert wait_until(lambda: held(machine, sender, recipient, user), 10, 0.2)
    assert not held(machine, "other@lab.example", "y@unknown.example")
    (rule,) = machine.plans.rules.all()
    assert (rule.kind, rule.key, rule.verdict) == (kind, value.lower(), "HOLD")
    assert machine.changes.undo(receipt.change).outcome == "applied"
    assert files(machine.lab) == before
    assert wait_until(lambda: not held(machine, sender, recipient, user), 10, 0.2)


def test_a_second_rule_asks_no_second_time_and_what_is_over_goes(machine: Machine) -> None:
    machine.changes.apply(machine.plans.hold_rule("sender", "first@lab.example", DAY))
    main = (machine.lab.postfix_config / "main.cf").read_bytes()
    table = machine.lab.postfix_config / PLACES["sender"].file
    table.write_text(table.read_text().replace("# until 20", "# until 19") + "by@hand.example DISCARD\n")
    assert [rule.key for rule in machine.plans.rules.over()] == ["first@lab.example"]
    machine.changes.apply(machine.plans.hold_rule("sender", "second@lab.example", DAY))
    assert (machine.lab.postfix_config / "main.cf").read_bytes() == main
    assert [rule.key for rule in machine.plans.rules.all()] == ["second@lab.example"]
    assert "by@hand.example DISCARD\n" in table.read_text()
    machine.changes.apply(machine.plans.rules.lift(machine.plans.rules.all()))
    assert machine.plans.rules.all() == ()
    assert not held(machine, "second@lab.example", "x@full.example")


@pytest.mark.parametrize("value", ["two words", "a\nb REJECT", "#x@y.example", "", 'q"@lab.example', "no-address"])
def test_no_value_writes_another_line(machine: Machine, value: str) -> None:
    with pytest.raises(UsageError):
        machine.plans.hold_rule("sender", value, DAY)


def test_an_account_is_stopped_and_set_free_again(machine: Machine) -> None:
    before = files(machine.lab)
    mine = machine.queued("stolen@lab.example", user=BOB, count=2)
    others = machine.queued("honest@lab.example")
    with clients.imap(machine.lab, BOB) as session:
        receipt = machine.changes.apply(machine.plans.compromised(BOB, [*mine, *others]))
        with pytest.raises(imaplib.IMAP4.abort):
            session.noop()
        session.shutdown()
        session.state = "LOGOUT"  # nobody is there to say goodbye to
    assert receipt.outcome == "applied"
    assert {BOB, *names(mine)} <= set(receipt.done)
    assert machine.states("stolen@lab.example") == ["hold"] * 2
    assert machine.states("honest@lab.example") == ["deferred"]

    def refused() -> bool:
        with clients.submission(machine.lab) as smtp:
            smtp.login(BOB, PASSWORD)
            try:
                smtp.sendmail("stolen@lab.example", "x@full.example", b"Subject: x\n\nx\n")
            except smtplib.SMTPException as error:
                return "5.7.1" in str(error)
        return False

    assert wait_until(refused, 10, 0.2)
    assert not held(machine, "honest@lab.example", "x@full.example")
    machine.changes.undo(receipt.change)
    assert files(machine.lab) == before
    assert "hold" not in machine.states("stolen@lab.example")
    assert wait_until(lambda: not refused(), 10, 0.2)


def test_the_command_line_makes_lists_and_lifts_rules(machine: Machine) -> None:
    before = files(machine.lab)

    def mailtui(*words: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "mailtui", "queue", *machine.lab.options(), *words]
        return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)

    refused = mailtui("hold-rule", "sender", "cli@lab.example")
    assert refused.returncode == 2 and files(machine.lab) == before
    made = mailtui("hold-rule", "sender", "cli@lab.example", "--for", "2d", "--yes")
    assert made.returncode == 0, made.stderr
    (rule,) = json.loads(mailtui("hold-rules", "--json").stdout)
    assert (rule["kind"], rule["key"], rule["action"], rule["over"]) == ("sender", "cli@lab.example", "HOLD", False)
    assert mailtui("lift", "--yes").returncode == 2
    assert mailtui("lift", "cli@lab.example", "--yes").returncode == 0
    assert json.loads(mailtui("hold-rules", "--json").stdout) == []
