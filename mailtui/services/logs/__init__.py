"""Mail logs: which there are, the lines in them, and the lines as they come."""

from mailtui.services.logs.blocks import BlockIndex, Change, LogLine
from mailtui.services.logs.source import JOURNAL, LogSource, file_source

__all__ = ["JOURNAL", "BlockIndex", "Change", "LogLine", "LogSource", "file_source"]
