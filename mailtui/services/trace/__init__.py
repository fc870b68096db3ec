"""The stories of a few messages out of gigabytes of log."""

from mailtui.services.trace.service import TraceService

__all__ = ["TraceService"]
