"""From a queue ID to the entries that made the message fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from mailtui.maillog.model import Recipient, Story
from mailtui.services.explain import Blamed, Explanation
from mailtui.services.explain.blame import blamed_for
from tests.screens.fake_stories import GREYLISTED, bounce_story

STORY = bounce_story()
ENTRY = Blamed("virtual_alias_maps", "hash:/etc/postfix/virtual", "boss@shop.example", "gone")
ELSEWHERE = Blamed("virtual_alias_maps", "mysql:/etc/postfix/users.cf", "boss@shop.example", "gone")


class Explainer:
    def cause(self, recipient: Recipient, story: Story) -> Explanation:
        assert recipient in story.failed
        return Explanation(GREYLISTED, entries=(ELSEWHERE, ENTRY) if "mysql" not in recipient.to else ())


@dataclass
class Log:
    late: Story | None = None
    old: Sequence[Story] = ()
    asked: list[str] = field(default_factory=list)

    def story(self, name: str) -> Story | None:
        return self.late

    def trace(self, query: str) -> Sequence[Story]:
        self.asked.append(query)
        return self.old


@pytest.mark.parametrize("log", [Log(late=STORY), Log(old=[replace(STORY, recipients=()), STORY])], ids=["late", "old"])
def test_entries_that_stand_in_a_file_each_once(log: Log) -> None:
    assert STORY.failed
    assert blamed_for("4dXz1k2PqRz", Explainer(), log, log) == [ENTRY]


def test_no_message_no_entry_and_the_log_is_not_searched_for_nothing() -> None:
    log = Log(old=[STORY])
    assert blamed_for("", Explainer(), log, log) == []
    assert log.asked == []
    assert blamed_for("4dXz1k2PqRz", Explainer(), Log(), Log()) == []
