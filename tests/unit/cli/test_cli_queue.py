"""``mailtui queue``: the queue on the command line."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mailtui.cli.context import Context
from mailtui.cli.main import main
from mailtui.cli.queue import FIELDS as FIELDS_IN_HELP
from mailtui.services.postfix.queue.fields import FIELDS
from tests.support.tools import Answer, RecordedTools

NOW = int(time.time())
FULL = "host mx.full.example[192.0.2.1] said: 452 4.2.2 The mailbox is full"


def line(queue_id: str, age: int, sender: str, *recipients: str, size: int = 2048, queue: str = "deferred") -> str:
    to = [{"address": address, "delay_reason": FULL} for address in recipients]
    return json.dumps(
        {
            "queue_name": queue,
            "queue_id": queue_id,
            "arrival_time": NOW - age,
            "message_size": size,
            "forced_expire": False,
            "sender": sender,
            "recipients": to,
        }
    )


OLD, NEW, HELD = "3A0B725E938", "4A0B725E938", "4Yz0Kd2L7Kz3BcD"
LISTED = "\n".join(
    [
        line(OLD, 7200, "anna@shop.example", "bob@full.example", "carl@full.example"),
        line(NEW, 60, "MAILER-DAEMON", "dora@full.example", size=10),
        line(HELD, 30, "\x1b]0;x\x07@evil.example", "ed@full.example", queue="hold"),
    ]
)
POSTCONF = "queue_directory = {folder}\nmulti_instance_directories = /etc/postfix-out\nmaximal_queue_lifetime = 5d\n"
ENVELOPE = f"*** ENVELOPE RECORDS deferred/3/{OLD} ***\nlog_x: 1\nnamed_attribute: sasl_username=anna\nsender: anna@shop.example\n"


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RecordedTools:
    monkeypatch.setattr(time, "time", lambda: float(NOW))  # a test may come minutes after this file was read
    (tmp_path / "corrupt").mkdir()
    (tmp_path / "corrupt/5A0B725E938").touch()
    log = tmp_path / "mail.log"
    log.write_text(f"2026-11-20T08:00:02+00:00 mx postfix/smtpd[1]: {OLD}: client=pc[192.0.2.8], sasl_username=anna\n")
    recorded = RecordedTools(
        {
            "postqueue -j": LISTED,
            "postconf -x": POSTCONF.format(folder=tmp_path),
            f"postcat -q -e -- {OLD}": ENVELOPE,
            f"postcat -q -hb -- {OLD}": "Subject: =?utf-8?q?=C3=A4?=\n\ntext\n",
            f"postcat -q -h -- {OLD}": "Subject: =?utf-8?q?=C3=A4?=\n\n",
            f"postcat -q -e -- {NEW}": Answer(
                "", f"postcat: fatal: open queue file {NEW}: No such file or directory", 1
            ),
        }
    )
    monkeypatch.setattr(Context, "tools", recorded)
    monkeypatch.setattr("mailtui.settings.settings_paths", lambda: ())
    monkeypatch.setattr(Context, "log_paths", lambda context, since=None: [log])
    return recorded


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert main(["queue", "--json", *words]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def ids(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    return [entry["queue_id"] for entry in listed(capsys, *words)]


def test_a_line_for_each_message(tools: RecordedTools, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue"]) == 0
    shown = capsys.readouterr()
    first, second, third = shown.out.splitlines()
    assert first.split() == f"{OLD} deferred 2h 2.0 kB <anna@shop.example> → <bob@full.example> +1 {FULL}".split()
    assert "<> → <dora@full.example>" in second
    assert "<␛]0;x␇@evil.example>" in third
    assert "3 messages, 4.0 kB" in shown.err
    assert "1 damaged queue file is set aside" in shown.err
    assert "--postfix-config /etc/postfix-out queue" in shown.err


def test_json_has_the_names_of_postqueue_and_the_log_s(
    tools: RecordedTools, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = listed(capsys)[0]
    keys = "queue_name queue_id arrival_time message_size forced_expire sender recipients age client sasl_username "
    keys += "message_id attempts last_attempt next_attempt expires cause transport"
    assert set(keys.split()) <= set(entry)
    assert entry["recipients"][0] == {"address": "bob@full.example", "delay_reason": FULL}
    assert (entry["client"], entry["sasl_username"], entry["attempts"]) == ("pc[192.0.2.8]", "anna", 0)
    assert entry["expires"] and entry["next_attempt"] is None
    assert abs(entry["age"] - 7200) < 60
    assert listed(capsys, "--no-log")[0]["client"] == ""


def test_ids_filters_order_and_limit_choose_together(tools: RecordedTools, capsys: pytest.CaptureFixture[str]) -> None:
    assert ids(capsys, "list", NEW, HELD) == [NEW, HELD]
    assert ids(capsys, "--where", "queue_name:hold or sender:<>") == [NEW, HELD]
    assert ids(capsys, "--where", "sasl_username:anna") == [OLD]
    assert ids(capsys, "--where", "-sasl_username:anna", "--sort", "-age", "--limit", "1") == [NEW]
    assert ids(capsys, "--sort", "age") == [HELD, NEW, OLD]
    assert ids(capsys, "--where", "sender:nobody") == []


def test_why_the_filter_lets_a_message_through(tools: RecordedTools, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "--where", "nrcpt>1 -sender:evil", "--explain"]) == 0
    assert "nrcpt>1  (nrcpt is 2)" in capsys.readouterr().out
    (entry,) = listed(capsys, "--where", "nrcpt>1", "--explain")
    assert entry["explain"] == [{"part": "nrcpt>1", "matched": True, "because": "nrcpt is 2"}]


def test_one_message(tools: RecordedTools, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "show", OLD]) == 0
    shown = capsys.readouterr().out
    for part in ("pc[192.0.2.8], logged in as anna", "mailbox is full", "Subject: ä", "text", "sasl_username: anna"):
        assert part in shown
    assert main(["queue", "show", OLD, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["headers"] == [{"name": "Subject", "value": "=?utf-8?q?=C3=A4?=", "decoded": "ä"}]
    assert found["why"] and found["sasl_username"] == "anna" and found["queue_name"] == "deferred"


def test_a_part_of_it_needs_no_listing(tools: RecordedTools, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "show", OLD, "--part", "headers"]) == 0
    assert capsys.readouterr().out == "Subject: ä\n"
    assert main(["queue", "show", OLD, "--part", "envelope"]) == 0
    assert capsys.readouterr().out == "log_x: 1\nsasl_username: anna\nsender: anna@shop.example\n"
    assert ("postqueue", "-j") not in tools.calls


def test_the_shape(tools: RecordedTools, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "shape"]) == 0
    header, total, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["T", "5", "10", "20", "40", "80", "160", "320", "640", "1280", "1280+", "size", "domain"]
    assert total.split() == ["3", "2", "0", "0", "0", "0", "1", "0", "0", "0", "0", "4.0kB", "TOTAL"]
    assert row.split()[-1] == "full.example"
    assert main(["queue", "shape", "--by", "sasl_username", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["total"]) for row in found["rows"]] == [("-", 2), ("anna", 1)]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["frob"], 2, "invalid choice"),
        (["show"], 2, "takes one queue ID"),
        (["show", "--", "-d"], 2, "'-d' is no queue ID"),
        (["list", "ALL"], 2, "'ALL' is no queue ID"),
        (["--where", "nosuch:1"], 2, "has no field nosuch; it has age"),
        (["--sort", "-nosuch"], 2, "has no field nosuch"),
        (["--limit", "-1"], 2, "is no number"),
        (["shape", "--by", "nosuch"], 2, "cannot be shaped by nosuch"),
        (["show", NEW], 1, "is not in the queue"),
    ],
)
def test_what_goes_wrong(
    words: list[str], status: int, said: str, tools: RecordedTools, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["queue", *words]) == status
    shown = capsys.readouterr()
    assert said in shown.err and shown.out == ""
    assert ("postqueue", "-j") not in tools.calls


def test_the_help_names_every_field() -> None:
    named = FIELDS_IN_HELP.partition(",")[0].split()
    assert named == list(FIELDS)


def test_an_empty_queue(tools: RecordedTools, capsys: pytest.CaptureFixture[str]) -> None:
    tools.answers = {**tools.answers, "postqueue -j": ""}
    assert listed(capsys) == []
    assert main(["queue"]) == main(["queue", "shape"]) == 0
    assert "no message" in capsys.readouterr().err


def planned(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["queue", *words, "--dry-run", "--json"]) == 0
    plan: dict[str, Any] = json.loads(capsys.readouterr().out)
    return plan


@pytest.mark.parametrize(
    ("verb", "option"), [("hold", "-h"), ("release", "-H"), ("requeue", "-r"), ("expire", "-e"), ("delete", "-d")]
)
def test_a_plan_for_exactly_what_was_chosen(
    verb: str, option: str, tools: RecordedTools, capsys: pytest.CaptureFixture[str]
) -> None:
    (step,) = planned(capsys, verb, "--where", "recipient:*@full.example -sender:evil")["steps"]
    postsuper = [argv for argv in step["argv"] if argv[0] == "postsuper"]
    assert postsuper[-1][:3] == ["postsuper", option, "-"]
    wakes = [["postkick", "public", "pickup", "W"]] if verb == "requeue" else []
    assert [argv for argv in step["argv"] if argv[0] != "postsuper"] == wakes
    assert [target["name"] for target in step["targets"]] == [OLD, NEW]
    (step,) = planned(capsys, verb, HELD)["steps"]
    assert [target["name"] for target in step["targets"]] == [HELD]
    assert not [call for call in tools.calls if call[0] == "postsuper"]


def test_trying_now(tools: RecordedTools, capsys: pytest.CaptureFixture[str]) -> None:
    assert planned(capsys, "deliver", OLD)["steps"][0]["argv"] == [["postqueue", "-i", OLD]]
    assert planned(capsys, "flush")["steps"][0]["argv"] == [["postqueue", "-f"]]
    assert planned(capsys, "flush", "full.example")["steps"][0]["argv"] == [["postqueue", "-s", "full.example"]]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["hold"], 2, "what to hold is missing"),
        (["delete", "--where", ""], 2, "what to delete is missing"),
        (["delete", "ALL", "--yes"], 2, "is no queue ID"),
        (["hold", "--where", "sender:nobody", "--yes"], 1, "no such message is in the queue"),
        (["release", "5A0B725E938", "--yes"], 1, "no such message is in the queue"),
        (["flush", "--yes", "--", "-f"], 2, "is no site"),
        (["flush", "a.example", "b.example"], 2, "takes one site"),
        (["hold", OLD], 2, "nobody to ask"),
        (["hold", OLD, "--yes", "--read-only"], 3, "read-only"),
    ],
)
def test_nothing_is_changed_by_mistake(
    words: list[str], status: int, said: str, tools: RecordedTools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["queue", "--state", str(tmp_path / "state"), *words]) == status
    assert said in capsys.readouterr().err
    assert not [call for call in tools.calls if call[0] == "postsuper" or call[1:2] in (("-f",), ("-i",), ("-s",))]


def test_what_is_not_there_is_told(tools: RecordedTools, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "hold", OLD, "5A0B725E938", "--dry-run"]) == 1
    assert "5A0B725E938 is not in the queue" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["check", OLD], ["mend", OLD], ["check", "--where", "age>2h"]])
def test_the_order_of_the_queue_is_looked_at_as_a_whole(
    tools: RecordedTools, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["queue", *words]) == 2
    assert "takes no messages: it looks at all of them" in capsys.readouterr().err
