"""Logical lines of main.cf and master.cf, as postconf(5) and master(5) have them."""

from __future__ import annotations

from mailtui.services.configuration.cf_text import logical_lines

MAIN = """\
# comment
one = 1

two = a
# between
  b
three=
"""


def test_a_line_goes_on_across_comments() -> None:
    one, two, three = logical_lines(MAIN)
    assert (one.number, one.name, one.value) == (2, "one", "1")
    assert (two.number, two.name, two.value.split()) == (4, "two", ["a", "b"])
    assert (three.number, three.name, three.value) == (7, "three", "")


def test_the_line_of_an_override() -> None:
    (service,) = logical_lines("smtp inet n - n - - smtpd\n  -o a=1\n  -o b=2,b2=3\n")
    assert [service.line_of(name) for name in ("a", "b", "nothing")] == [2, 3, 1]


def test_what_continues_nothing_is_dropped_and_nothing_is_nothing() -> None:
    assert list(logical_lines("")) == []
    assert [line.text for line in logical_lines("   \n#x\n")] == []
