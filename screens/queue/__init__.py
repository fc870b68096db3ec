"""The queue: the list, one message, and the shape of it all."""

from mailtui.screens.queue.message import QueuedScreen
from mailtui.screens.queue.screen import QueueScreen
from mailtui.screens.queue.shape import ShapeScreen

__all__ = ["QueueScreen", "QueuedScreen", "ShapeScreen"]
