"""The console on a real Postfix: a parameter is found, edited, proven, and put back; a how-to likewise."""

from __future__ import annotations

import os

import pytest
from textual.events import Paste

from mailtui.lab import Lab
from mailtui.screens.configuration import ConfigurationScreen, HowtoScreen
from mailtui.screens.dialogs import PromptDialog
from mailtui.services.configuration import reloading
from tests.lab.nights.operator import operator
from tests.lab.test_console import text_of


@pytest.fixture(autouse=True)
def _quick(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Postfix waits up to two seconds before it reads a file that was changed just now."""
    monkeypatch.setattr(reloading, "SETTLED", 0.0)
    for name in ("main.cf", "master.cf"):
        os.utime(lab.postfix_config / name, (1, 1))


@pytest.mark.slow
async def test_a_parameter_is_found_by_the_manual_s_words_edited_and_put_back(lab: Lab) -> None:
    def cost() -> str:
        return lab.command("postconf", "-h", "smtpd_hard_error_limit").strip()

    before = (lab.postfix_config / "main.cf").read_bytes()
    async with operator(lab) as somebody:
        await somebody.press("f6")
        await somebody.sees("nothing wrong")
        await somebody.press("full_stop", "slash", *"name:smtpd_hard", "enter")
        await somebody.stands_on("smtpd_hard_error_limit")
        await somebody.press("e")
        await somebody.until(lambda: isinstance(somebody.app.screen, PromptDialog))
        await somebody.press("ctrl+u", *"17", "enter")
        await somebody.agrees("+smtpd_hard_error_limit = 17", "postfix -c")
        await somebody.sees("1 parameter", "17")
        assert cost() == "17"
        await somebody.press("u")
        await somebody.agrees("-smtpd_hard_error_limit = 17")
        await somebody.until(lambda: cost() != "17")
    assert (lab.postfix_config / "main.cf").read_bytes() == before


async def test_a_how_to_is_pasted_judged_and_what_is_good_of_it_set(lab: Lab) -> None:
    async with operator(lab) as somebody:
        await somebody.press("f6")
        await somebody.until(lambda: isinstance(somebody.app.screen, ConfigurationScreen))
        await somebody.press("V")
        await somebody.until(lambda: isinstance(somebody.app.screen, HowtoScreen))
        somebody.app.post_message(Paste("mynetworks = 0.0.0.0/0\nsmtpd_helo_required = affirmative\nnonsense = yes\n"))
        await somebody.sees("1 parameter to set", "trusts the whole Internet")
        await somebody.press("ctrl+s")
        await somebody.sees("smtpd_helo_required")
        text = text_of(somebody.app)
        assert "0.0.0.0/0" not in [line for line in text.splitlines() if line.startswith("+")]
        await somebody.press("escape")
    assert "0.0.0.0/0" not in lab.command("postconf", "-h", "mynetworks")
