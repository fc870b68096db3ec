"""Mail that comes back from a content filter must not be sent to it again."""

from __future__ import annotations

import pytest

from mailtui.services.postfix.agents.filters import filter_loops
from mailtui.services.postfix.config import PostfixConfig
from tests.support.tools import RecordedTools

MASTER = """\
smtp inet n - n - - smtpd
127.0.0.1:10025 inet n - n - - smtpd
127.0.0.1:10027 inet n - n - - smtpd
"""
BACK = "127.0.0.1:10025/inet/receive_override_options = no_unknown_recipient_checks,no_milters\n"


def loops(overrides: str, content_filter: str = "scan:[127.0.0.1]:10024") -> list[tuple[str, str]]:
    """Which services loop, and the setting that ends it."""
    tools = RecordedTools(
        {
            "postconf -x": f"content_filter = {content_filter}\n",
            "postconf -Px": overrides,
            "postconf -M": MASTER,
        }
    )
    return [(one.subject, one.fix[-1]) for one in filter_loops(PostfixConfig(tools))]


@pytest.mark.parametrize(
    "overrides",
    ["", BACK + "127.0.0.1:10025/inet/content_filter = \n", BACK + "127.0.0.1:10025/inet/content_filter = second:x\n"],
)
def test_a_filter_that_is_left_or_followed_by_another_is_no_loop(overrides: str) -> None:
    assert loops(overrides) == []


def test_without_a_filter_there_is_no_loop() -> None:
    assert loops(BACK, content_filter="") == []


@pytest.mark.parametrize("own", ["", "127.0.0.1:10025/inet/content_filter = scan:[127.0.0.1]:10024\n"])
def test_a_filter_that_holds_for_what_comes_back_is_one(own: str) -> None:
    assert loops(BACK + own) == [("127.0.0.1:10025/inet", "127.0.0.1:10025/inet/content_filter=")]
