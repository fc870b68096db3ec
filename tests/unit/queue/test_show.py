"""One message as postcat prints it: records, decoded headers and body, and whatever can be wrong with them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import MailtuiError, PermissionDenied, ToolFailed, UsageError
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.content import read_content
from mailtui.services.postfix.queue.model import Attachment, Part, QueueMessage
from mailtui.services.postfix.queue.show import read_message
from tests.support.tools import Answer, RecordedTools

ID = "18FF15FED2B"
ENVELOPE = f"""\
*** ENVELOPE RECORDS deferred/1/{ID} ***
message_size:            2303             659               1               0            2303               0
named_attribute: log_client_address=127.0.0.1
named_attribute: sasl_username=anna=x
sender: sender\x1b[31m@shop.example
recipient: who@full.example
*** MESSAGE CONTENTS deferred/1/{ID} ***
"""
MIXED = b"""\
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= and
 more
X-Broken: =?nosuch?q?x?=
X-Raw: caf\xc3\xa9 \xff \x1b[2J
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

caf=E9 \x1b[31m\xe2\x80\xae
--b
Content-Type: text/html

<p>not shown beside plain text</p>
--b
Content-Type: application/pdf; name="=?utf-8?b?w6QucGRm?="
Content-Transfer-Encoding: base64

SGVsbG8=
--b--
"""


def message(envelope: Answer | str = ENVELOPE, content: Answer | bytes = MIXED, part: Part = "all") -> QueueMessage:
    tools = RecordedTools(
        {
            f"postcat -q -e -- {ID}": envelope,
            f"postcat -q -hb -- {ID}": content,
            f"postcat -q -h -- {ID}": content,
        }
    )
    return read_message(tools, PostfixConfig(tools), ID, part)


def test_envelope_records_under_their_own_names() -> None:
    found = message(part="envelope")
    assert found.queue_name == "deferred"
    assert found.envelope == (
        ("message_size", "2303 659 1 0 2303 0"),
        ("log_client_address", "127.0.0.1"),
        ("sasl_username", "anna=x"),
        ("sender", "sender␛[31m@shop.example"),
        ("recipient", "who@full.example"),
    )
    assert (found.headers, found.body) == ((), "")
    assert (found.attribute("sasl_username"), found.attribute("none")) == ("anna=x", "")


def test_headers_as_written_and_decoded() -> None:
    found = message(part="headers")
    assert found.headers[:2] == (("Subject", "=?utf-8?q?Gr=C3=BC=C3=9Fe?= and more"), ("X-Broken", "=?nosuch?q?x?="))
    assert found.decoded[:2] == (("Subject", "Grüße and more"), ("X-Broken", "=?nosuch?q?x?="))
    assert found.decoded[2] == ("X-Raw", "café ‹FF› ␛[2J")
    assert (found.envelope, found.body) == ((), "")


def test_the_text_is_decoded_and_the_rest_is_listed() -> None:
    found = message(part="body")
    assert found.body == "café ␛[31mâ‹U+0080›®"
    assert found.attachments == (Attachment("text/html", "", 34), Attachment("application/pdf", "ä.pdf", 5))
    assert (found.envelope, found.headers) == ((), ())


def test_html_is_shown_where_there_is_nothing_else() -> None:
    assert message(content=b"Content-Type: text/html\n\n<p>x</p>\n").body == "<p>x</p>\n"


def test_all_of_it() -> None:
    found = message()
    assert found.envelope and found.headers and found.body and not found.problems and not found.truncated


def test_a_damaged_file_is_shown_as_far_as_it_goes() -> None:
    broken = "postcat: warning: x\npostcat: fatal: unexpected EOF\n"
    found = message(Answer(ENVELOPE, broken, 1), Answer(b"Subject: half", broken, 1))
    assert found.headers == (("Subject", "half"),)
    assert found.problems == ("the queue file is damaged: unexpected EOF",)


@pytest.mark.parametrize(
    ("stderr", "kind", "words"),
    [
        (f"postcat: fatal: open queue file {ID}: No such file or directory", MailtuiError, "not in the queue"),
        (f"postcat: fatal: open queue file {ID}: Permission denied", PermissionDenied, "may not read queue files"),
        ("postcat: fatal: something", ToolFailed, "something"),
    ],
)
def test_what_postcat_refuses_is_told_with_what_helps(stderr: str, kind: type[MailtuiError], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        message(Answer("", stderr, 1))
    assert caught.value.unlock or kind is ToolFailed


@pytest.mark.parametrize("word", ["-d", "--", "ALL", "", "../x", "18FF15FED2B\n", "a" * 99, "0", "18FF15FED2B "])
def test_what_is_no_queue_id_is_never_handed_to_a_tool(word: str) -> None:
    tools = RecordedTools()
    with pytest.raises(UsageError):
        read_message(tools, PostfixConfig(tools), word)
    assert tools.calls == []


def test_a_long_message_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.postfix.queue.show.MAX_SHOWN", 1000)
    text = base64.encodebytes(b"many words " * 1000)
    found = message(content=b"Content-Transfer-Encoding: base64\n\n" + text)
    assert found.truncated
    assert found.body.startswith("many words many words ")


def test_a_message_nested_beyond_reason_is_shown_as_it_is() -> None:
    lines = [f"Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}" for depth in range(3000)]
    found = message(content="\n".join(lines).encode())
    assert "nested too deep" in found.problems[0] and "boundary=b1" in found.body


@given(st.binary(max_size=400), st.sampled_from(["all", "headers", "body"]))
def test_any_bytes_are_some_message(data: bytes, part: Part) -> None:
    _printable(read_content(QueueMessage(ID, "deferred", part), data))


HEADERS = [
    b"Content-Type: text/plain; charset=",
    b"Content-Type: multipart/mixed; boundary=",
    b"Content-Transfer-Encoding: ",
    b"Content-Disposition: attachment; filename*=",
    b"Subject: =?utf-8?b?",
    b"Subject: =?",
]


@given(st.lists(st.tuples(st.sampled_from(HEADERS), st.binary(max_size=20))), st.binary(max_size=200))
def test_any_mime_is_some_message(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    data = b"\n".join([name + value for name, value in headers]) + b"\n\n" + body
    _printable(read_content(QueueMessage(ID, "deferred", "all"), data))


@pytest.mark.parametrize(
    "charset", ["hex", "base64", "zlib", "rot13", "utf-16", "idna", "punycode", "\x00", "undefined"]
)
def test_any_character_set(charset: str) -> None:
    data = f"Content-Type: text/plain; charset={charset}\n\nabc\n".encode()
    _printable(read_content(QueueMessage(ID, "deferred", "all"), data))


def _printable(found: QueueMessage) -> None:
    texts = [text for pair in (*found.headers, *found.decoded) for text in pair]
    texts += [text for part in found.attachments for text in (part.type, part.name)]
    texts += found.body.split("\n")
    assert not [text for text in texts for char in text if char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff"]
