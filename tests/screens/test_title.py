"""The bar at the top: where you are, from the first moment on."""

from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.widgets import TitleBar
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, showing


async def test_a_view_that_opens_with_a_question_says_under_it_where_that_is() -> None:
    async with console(FakeServices(), (80, 24)) as pilot:
        await pilot.press("f8")
        await showing(pilot, PromptDialog)
        under = pilot.app.screen_stack[-2]
        assert "Addresses" in under.query_one(TitleBar).render().plain
