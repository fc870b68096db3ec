"""mailtui's tables: what is written is read again, what others wrote stays, no value becomes another line."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailtui.host.errors import UsageError
from mailtui.services.postfix.queue.access import HEAD, PLACES, Kind, new_rule, read_rules, with_rule, without_rules

BY_HAND = "# a comment\nfriend@shop.example OK\n"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("sender", "Anna@Shop.example"), ("recipient_domain", "shop.example"), ("sasl_username", "anna")],
)
def test_a_rule_is_read_as_it_was_written(kind: Kind, value: str) -> None:
    rule = new_rule(kind, value, 3600)
    (read,) = read_rules(kind, with_rule("", rule))
    assert (read.kind, read.key, read.verdict) == (kind, value.lower(), "HOLD")
    assert read.until and rule.until and abs(read.until - rule.until) < 1
    assert not read.over(time.time()) and read.over(time.time() + 3601)


def test_a_rule_without_an_end_is_never_over() -> None:
    rule = new_rule("sasl_username", "anna", None, "REJECT")
    (read,) = read_rules("sasl_username", with_rule("", rule))
    assert (read.verdict, read.until, read.over(1e12)) == ("REJECT", None, False)


def test_one_key_has_one_rule_and_what_others_wrote_stays() -> None:
    text = with_rule(BY_HAND, new_rule("sender", "a@b.example", 60))
    again = with_rule(text, new_rule("sender", "a@b.example", 120))
    assert again.startswith(BY_HAND) and again.count("a@b.example HOLD") == 1
    assert without_rules(again, read_rules("sender", again)) == BY_HAND


@given(st.text(max_size=60), st.sampled_from([*PLACES]))
def test_no_value_becomes_more_than_one_entry(value: str, kind: Kind) -> None:
    try:
        rule = new_rule(kind, value, 60)
    except UsageError:
        return
    lines = with_rule("", rule).removeprefix(HEAD).splitlines()
    assert len(lines) == 2 and lines[0].startswith("# until ")
    assert lines[1].split(None, 1)[0] == rule.key and lines[1].split()[1] == "HOLD"


@example(["# until lifted\n", "# until lifted\n", "a@b.example HOLD\n", "a@b.example HOLD\n"])
@given(st.lists(st.sampled_from(["# until lifted\n", "a@b.example HOLD\n", "c@d.example OK\n", "# until", "\n"])))
def test_only_rules_leave_a_table(lines: list[str]) -> None:
    text = "".join(lines)
    kept = without_rules(text, read_rules("sender", text))
    assert read_rules("sender", kept) == ()
    assert kept.count("c@d.example OK") == text.count("c@d.example OK")


@pytest.mark.parametrize("seconds", [0, -5, float("inf"), float("nan")])
def test_a_rule_holds_for_some_time(seconds: float) -> None:
    with pytest.raises(UsageError):
        new_rule("sender", "a@b.example", seconds)
