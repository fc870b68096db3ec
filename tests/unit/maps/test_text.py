"""The text of a table: read as Postfix reads it, changed nowhere but where it is edited."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.postfix.maps.text import Source

TEXT = b"""# Who gets what
info@shop.example   anna@shop.example,
                    # she is on leave
                    bob@shop.example

 # an indented comment
Sales@shop.example\tcarol@shop.example
sales@shop.example dave@shop.example
lonely
"""


def test_logical_lines_are_joined_as_postfix_joins_them() -> None:
    first, sales, second, lonely = Source.read(TEXT).entries
    assert (first.key, first.value.split()) == (b"info@shop.example", [b"anna@shop.example,", b"bob@shop.example"])
    assert (first.first, first.after) == (1, 4)
    assert (sales.key, second.value) == (b"Sales@shop.example", b"dave@shop.example")
    assert not lonely.readable


def test_the_text_comes_back_byte_for_byte() -> None:
    assert Source.read(TEXT).data == TEXT


def test_an_entry_is_replaced_where_it_stands() -> None:
    text = Source.read(TEXT).with_value(b"info@shop.example", b"eve@shop.example")
    assert text.data == TEXT.replace(
        TEXT[TEXT.index(b"info") : TEXT.index(b"\n # an")],
        b"info@shop.example\teve@shop.example\n                    # she is on leave\n",
    )


def test_of_two_entries_the_one_that_postmap_keeps_is_replaced() -> None:
    text = Source.read(TEXT).with_value(b"SALES@shop.example", b"x@y.example")
    assert b"Sales@shop.example\tcarol" in text.data
    assert b"SALES@shop.example\tx@y.example\nlonely" in text.data


def test_a_new_key_goes_to_the_end_even_of_a_file_without_a_newline() -> None:
    assert Source.read(b"a b").with_value(b"c", b"d").data == b"a b\nc\td\n"
    assert Source.read(b"").with_value(b"c", b"d").data == b"c\td\n"


def test_removing_a_key_removes_all_its_entries_and_no_comment() -> None:
    text = Source.read(TEXT).without(b"sales@shop.example").without(b"info@shop.example")
    assert b"sales" not in text.data.lower()
    assert b"# she is on leave" in text.data


@pytest.mark.parametrize(
    ("key", "value"), [(b"", b"x"), (b"# a", b"x"), (b" a", b"x"), (b"a b", b"x"), (b"a", b"x\ny z"), (b"a\0", b"x")]
)
def test_what_would_not_be_one_entry_is_refused(key: bytes, value: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        Source.read(TEXT).with_value(key, value)


def test_a_quoted_key_of_postmap_may_have_blanks_and_keeps_its_quotes() -> None:
    text = Source.read(b'"a b"@x.example one\n"q"@x.example two\n"unended three\n')
    assert [(entry.key, entry.readable) for entry in text.entries] == [
        (b'"a b"@x.example', True),
        (b'"q"@x.example', True),
        (b'"unended three', False),
    ]
    assert not text.without(b'"q"@x.example').find(b'"q"@x.example')
    assert text.with_value(b'"c d"@x.example', b"four").find(b'"C D"@x.example')


def test_aliases_have_a_colon_and_quotes() -> None:
    text = Source.read(
        b'postmaster: root\n"john smith": :include:/etc/list\n/bad\nroot:anna,\n  "|/usr/bin/x"\n', "aliases"
    )
    assert [(entry.key, entry.value) for entry in text.entries if entry.readable] == [
        (b"postmaster", b"root"),
        (b'"john smith"', b":include:/etc/list"),
        (b"root", b'anna,  "|/usr/bin/x"'),
    ]
    assert text.with_value(b"john smith", b"anna").data.count(b'"john smith": anna\n') == 1


def test_patterns_may_contain_blanks_and_any_delimiter() -> None:
    text = Source.read(b"/^Subject: free money/ REJECT no\nif !/x/\n!|a b|i DUNNO\nendif\n/unended\n", "regexp")
    assert [(entry.key, entry.value, entry.readable) for entry in text.entries] == [
        (b"/^Subject: free money/", b"REJECT no", True),
        (b"if", b"!/x/", True),
        (b"!|a b|i", b"DUNNO", True),
        (b"endif", b"", True),
        (b"/unended", b"", False),
    ]


@given(st.binary(max_size=400), st.sampled_from(["postmap", "aliases", "regexp", "cidr"]))
def test_no_bytes_break_it_and_none_are_lost(data: bytes, form: str) -> None:
    text = Source.read(data, form)  # type: ignore[arg-type]
    assert text.data == data
    assert text.count == len(text.entries)
    for entry in text.entries:
        assert entry.first < entry.after


@given(
    st.lists(st.sampled_from([b"a b\n", b" c\n", b"# a\n", b" # c\n", b"\n", b"ab c\n", b"x\ty"])),
    st.sampled_from(["a", "c"]),
)
def test_a_quick_look_misses_no_entry_with_a_word(lines: list[bytes], word: str) -> None:
    text = Source.read(b"".join(lines))
    wanted = {entry for entry in text.entries if word.encode() in entry.key + b" " + entry.value}
    found = list(text.containing([word.encode()]))
    assert wanted <= set(found)
    assert set(found) <= set(text.entries)
    assert len(found) == len(set(found))


@given(
    st.binary(max_size=200),
    st.from_regex(rb"[a-z@.]{1,20}", fullmatch=True),
    st.from_regex(rb"[a-z]{1,9}", fullmatch=True),
)
def test_a_value_that_was_set_is_found(data: bytes, key: bytes, value: bytes) -> None:
    assert Source.read(data).with_value(key, value).find(key)[-1].value == value
