"""The log as it is being written: rates, stories and incidents, kept up to date by a thread."""

from mailtui.services.live.model import LiveSnapshot, Minute, SourceState

__all__ = ["LiveSnapshot", "Minute", "SourceState"]
