from dataclasses import replace

from mailtui.screens.delays import delays_in_words
from mailtui.screens.story_page import Page
from mailtui.screens.story_rows import story_rows
from tests.screens.fake_stories import HOSTILE, NOW, bounce_story
from tests.screens.fakes import FakeExplain

PAGE = Page(80, NOW, {})


def test_the_page_answers_in_order_what_whom_why_when() -> None:
    texts = [row.text.rstrip() for row in story_rows(bounce_story(), PAGE)]
    assert texts[0].startswith("✖ 1 bounced, 1 sent   4dXz1k2PqRz")
    positions = [texts.index(title) for title in ("2 Recipients", "Timeline", "9 Log lines")]
    assert positions == sorted(positions)
    assert "✖ boss@shop.example   for sales@example.org   bounced 5.1.1   at mx.shop.example[192.0.2.25]:25" in texts
    assert any(text.startswith("    Who     you or the sender must act") for text in texts)


def test_the_explanation_names_the_table_that_missed() -> None:
    story = bounce_story()
    explanation = FakeExplain().cause(story.recipients[0], story)
    rows = story_rows(story, Page(80, NOW, {"boss@shop.example": explanation}))
    text = "\n".join(row.text for row in rows)
    assert "Here    virtual_alias_maps = hash:/etc/postfix/virtual" in text
    assert "Run     postmap -q boss@shop.example hash:/etc/postfix/virtual" in text
    assert "Add the address to the table named below" not in text


def test_while_the_machine_is_asked_the_page_says_so() -> None:
    rows = story_rows(bounce_story(), replace(PAGE, explaining=True))
    assert sum("asking this machine" in row.text for row in rows) == 1


def test_every_raw_line_is_there_and_the_failed_one_is_marked() -> None:
    rows = story_rows(bounce_story(), PAGE)
    raw = [row for row in rows if row.raw]
    assert len(raw) == 9
    assert [row.line.offset for row in raw if row.failed and row.line] == [1400]


def test_only_raw_lines_may_be_wider_than_the_page() -> None:
    for width in (40, 80, 160):
        rows = story_rows(bounce_story(), replace(PAGE, width=width))
        body = [row for row in rows if not row.raw and row.text.startswith("    ")]
        assert max(len(row.text) for row in body) <= width


def test_strangers_cannot_write_to_the_terminal() -> None:
    story = replace(bounce_story(), sender=HOSTILE, client=HOSTILE, message_ids=(HOSTILE,))
    text = "".join(row.text for row in story_rows(story, PAGE))
    assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text
    assert "[red]bold[/][/x]" in text


def test_delays_say_where_the_time_went() -> None:
    attempt = bounce_story().recipients[0].attempts[0]
    assert delays_in_words(attempt) == (
        "2.8s in all: 0.03s before the queue manager, 0.01s in the queue, "
        "2.4s setting up the connection, 0.31s sending",
        "→ DNS, connecting, HELO or TLS was slow",
    )
    assert delays_in_words(replace(attempt, delays=None)) == ("2.8s in all",)
