"""The queue of a real Postfix: every state, both kinds of queue IDs, what the log and the queue files add."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from mailtui.cli.main import main
from mailtui.filters import parse
from mailtui.host.errors import MailtuiError, PermissionDenied
from mailtui.host.stream import Stream
from mailtui.host.tools import LocalTools, ToolResult
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import PASSWORD
from mailtui.lab.wait import wait_until
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.select import select
from mailtui.services.postfix.queue.service import Queue

RETRY = 600
LONG_ID = 12
"""Letters at least of a long queue ID."""
GREETING = b"From: a@lab.example\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nContent-Type: text/plain; charset=iso-8859-1\n\n\xe9t\xe9\n"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab of its own, since it is stopped at the end."""
    with Lab(retry_seconds=RETRY) as running:
        yield running


@pytest.fixture
def queue(lab: Lab) -> Queue:
    tools = LocalTools()
    return Queue(tools, PostfixConfig(tools, lab.postfix_config), log_files=lambda since: [lab.log])


def submit(lab: Lab, sender: str, recipient: str, data: bytes = b"Subject: x\n\nx\n") -> None:
    with clients.submission(lab) as session:
        session.login("alice@lab.example", PASSWORD)
        session.sendmail(sender, recipient, data, mail_options=["BODY=8BITMIME"])


def the(queue: Queue, wanted: str, *, thorough: bool = False) -> QueueEntry:
    """The one message that a filter lets through, once it is there."""
    found: list[QueueEntry] = []

    def look() -> bool:
        found[:] = select(queue.list(thorough=thorough).entries, parse(wanted))
        return bool(found)

    assert wait_until(look, step=0.05), f"no message with {wanted}"
    (entry,) = found
    return entry


def test_a_deferred_message_with_all_that_is_known(lab: Lab, queue: Queue) -> None:
    clients.submit(lab, "alice@lab.example", "one@full.example", "two@full.example")
    entry = the(queue, "queue_name:deferred sender:alice reason:full attempts>0", thorough=True)
    assert set(entry.addresses) == {"one@full.example", "two@full.example"}
    assert all("452 4.2.2 The recipient's mailbox is full" in r.delay_reason for r in entry.recipients)
    assert (entry.sasl_username, entry.client) == ("alice@lab.example", "laptop.lab.example[192.0.2.200]")
    assert (entry.attempts, entry.transport, entry.forced_expire) == (1, "smtp", False)
    assert entry.message_id and entry.cause and entry.relay.startswith("127.0.1.3")
    assert entry.expires == entry.arrival_time + 5 * 86_400
    # What Postfix wrote into the file's time is what its rule says.
    assert entry.next_attempt and entry.last_attempt
    by_rule = queue.schedule.next_attempt(entry, entry.last_attempt)
    assert by_rule and abs(entry.next_attempt - by_rule) <= 2
    assert "again in" in queue.why(entry)
    assert entry.target() == the(queue, f"queue_id={entry.queue_id}").target()


def test_the_envelope_tells_who_sent_it_without_any_log(lab: Lab, queue: Queue) -> None:
    entry = the(queue, "sender:alice")
    shown = queue.show(entry.queue_id, "envelope")
    assert (shown.attribute("sasl_username"), shown.attribute("sender")) == ("alice@lab.example", "alice@lab.example")
    assert shown.attribute("log_client_address") == "192.0.2.200"
    assert [value for name, value in shown.envelope if name == "recipient"] == list(entry.addresses)


def test_headers_and_body_are_decoded(lab: Lab, queue: Queue) -> None:
    submit(lab, "decoded@lab.example", "x@full.example", GREETING)
    shown = queue.show(the(queue, "sender:decoded queue_name:deferred").queue_id)
    assert dict(shown.decoded)["Subject"] == "Grüße"
    assert shown.body.rstrip("\n") == "été"
    assert (shown.queue_name, shown.truncated, shown.problems) == ("deferred", False, ())


def test_what_a_hostile_sender_wrote_is_only_shown(lab: Lab, queue: Queue) -> None:
    submit(lab, '"[/red]x"@evil.example', "y@full.example", b"Subject: \x1b]0;x\x07\n\n\x9b2J\x00\n")
    shown = queue.show(the(queue, "sender_domain:evil.example").queue_id)
    texts = [text for pair in (*shown.envelope, *shown.headers, *shown.decoded) for text in pair]
    assert all(char.isprintable() for text in (*texts, shown.body.replace("\n", "")) for char in text)


def test_a_message_being_delivered_is_active(lab: Lab, queue: Queue) -> None:
    submit(lab, "hurry@lab.example", "z@slow.example")
    entry = the(queue, "sender:hurry queue_name:active")
    assert entry.next_attempt is None
    assert "being delivered now" in queue.why(entry)


def test_held_and_expired_by_hand(lab: Lab, queue: Queue) -> None:
    submit(lab, "held@lab.example", "held@full.example")
    entry = the(queue, "sender:held queue_name:deferred")
    lab.command("postsuper", "-h", entry.queue_id)
    lab.command("postsuper", "-e", entry.queue_id)
    held = the(queue, "sender:held queue_name:hold forced_expire:yes")
    assert (held.queue_id, held.next_attempt) == (entry.queue_id, None)
    assert "on hold" in queue.why(held) and "expired by hand" in queue.why(held)


def test_a_notification_has_the_null_sender(lab: Lab, queue: Queue) -> None:
    clients.send_local(lab, "<>", "n@full.example")
    entry = the(queue, "from:<> reason:full", thorough=True)
    assert entry.is_bounce
    assert entry.client == "local"


def test_long_queue_ids(lab: Lab, queue: Queue) -> None:
    lab.command("postconf", "-e", "enable_long_queue_ids=yes")
    lab.command("postfix", "reload")
    submit(lab, "long@lab.example", "l@full.example")
    entry = the(queue, "sender:long queue_name:deferred", thorough=True)
    assert len(entry.queue_id) >= LONG_ID and "z" in entry.queue_id
    assert entry.next_attempt and entry.attempts == 1
    assert queue.show(entry.queue_id).envelope


def test_a_damaged_queue_file_is_said_to_be_one(lab: Lab, queue: Queue) -> None:
    submit(lab, "damaged@lab.example", "d@full.example")
    entry = the(queue, "sender:damaged queue_name:deferred")
    (file,) = lab.queue.glob(f"deferred/**/{entry.queue_id}")
    file.write_bytes(file.read_bytes()[:-90])
    shown = queue.show(entry.queue_id)
    assert shown.problems == ("the queue file is damaged: record read error",)
    assert shown.attribute("sender") == "damaged@lab.example"
    assert dict(shown.headers)["Subject"] == "x"
    assert queue.read().entries
    file.unlink()


def test_a_message_that_left_meanwhile(lab: Lab, queue: Queue) -> None:
    with pytest.raises(MailtuiError, match="is not in the queue"):
        queue.show("3A0B725E938")


class AsNobody(LocalTools):
    """Every program is run by a user who may do nothing."""

    def run(self, argv: Sequence[str], **options: Any) -> ToolResult:
        return super().run(_as_nobody(argv), **options)

    @contextmanager
    def stream(self, argv: Sequence[str], *, follow: bool = False) -> Iterator[Stream]:
        with super().stream(_as_nobody(argv)) as stream:
            yield stream


def _as_nobody(argv: Sequence[str]) -> list[str]:
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", *argv]


def test_the_command_line_tells_the_same(lab: Lab, queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = the(queue, "sender:alice", thorough=True)
    assert main([*lab.options(), "--log", str(lab.log), "queue", "--json", "--where", "user:alice sender:alice"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["queue_id"], told["sasl_username"], told["attempts"]) == (wanted.queue_id, "alice@lab.example", 1)
    assert main([*lab.options(), "queue", "show", wanted.queue_id, "--no-log"]) == 0
    assert "logged in as alice@lab.example" in capsys.readouterr().out
    assert main([*lab.options(), "queue", "shape", "--by", "sender", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["total"] for row in rows if row["name"] == "alice@lab.example"] == [1]


def test_an_ordinary_user_is_told_what_would_help(lab: Lab) -> None:
    lab.folder.chmod(0o755)
    queue = Queue(AsNobody(), PostfixConfig(LocalTools(), lab.postfix_config))
    with pytest.raises(PermissionDenied) as listing:
        queue.list()
    with pytest.raises(PermissionDenied) as message:
        queue.show("3A0B725E938")
    for refused in (listing, message):
        assert "ALL=(root)" in refused.value.unlock


def test_root_reads_the_queue_of_a_stopped_postfix(lab: Lab, queue: Queue) -> None:
    assert queue.beside() == ()
    before = {entry.queue_id for entry in queue.read().entries if entry.queue_name in ("deferred", "hold")}
    lab.command("postfix", "stop")
    after = {entry.queue_id for entry in queue.read().entries}
    assert before and before <= after
    assert [told for told in queue.beside() if told.startswith("Postfix is stopped")]
