"""JSON that every reader takes, whatever a stranger wrote."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from mailtui.cli import jsonout

ANY_TEXT = st.text(st.characters(codec="utf-8")) | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape"))


@given(st.recursive(ANY_TEXT, lambda part: st.lists(part) | st.dictionaries(ANY_TEXT, part), max_leaves=6))
def test_json_is_printable_ascii_and_valid_unicode(value: object) -> None:
    for text in (jsonout.compact(value), jsonout.pretty(value)):
        assert text.isascii()
        assert text.replace("\n", "").isprintable()
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    assert "\n" not in jsonout.compact(value)


def test_bytes_that_are_no_utf8_become_one_replacement_each() -> None:
    value = {"text": b"caf\xe9 \\udc80".decode("utf-8", "surrogateescape"), "n": (1, None)}
    assert json.loads(jsonout.compact(value)) == {"text": "caf\ufffd \\udc80", "n": [1, None]}


@given(st.text(st.characters(codec="utf-8")))
def test_proper_text_is_kept(text: str) -> None:
    assert json.loads(jsonout.compact(text)) == text
