"""From what names recipients to where mail for one of them goes."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.screens.base import ConsoleScreen
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenAddress
from mailtui.text import clean


async def lead_to_address(screen: ConsoleScreen, addresses: Sequence[str], sender: str) -> None:
    """Follow the only address there is, or the one that the operator chooses. Runs in a worker of ``screen``."""
    index: int | None = 0
    if len(addresses) > 1:
        menu = [Choice(clean(address)) for address in addresses]
        index = await screen.app.push_screen_wait(ChooseDialog("Where does mail go for", menu))
    if addresses and index is not None:
        screen.post_message(Open(OpenAddress(addresses[index], sender)))
