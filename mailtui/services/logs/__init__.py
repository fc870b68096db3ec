"""Mail logs: which there are, the lines in them, and the lines as they come."""

from mailtui.services.logs.blocks import BlockIndex, Change, LogLine
from mailtui.services.logs.discovery import LogSources
from mailtui.services.logs.filetail import Condition, Position
from mailtui.services.logs.follower import Batch, Follower
from mailtui.services.logs.history import LogFile, history, read_lines
from mailtui.services.logs.merge import merge
from mailtui.services.logs.seek import offset_at
from mailtui.services.logs.source import JOURNAL, LogSource, file_source
from mailtui.services.logs.spool import JournalSpool
from mailtui.services.logs.tail import tail_blocks

__all__ = [
    "JOURNAL",
    "Batch",
    "BlockIndex",
    "Change",
    "Condition",
    "Follower",
    "JournalSpool",
    "LogFile",
    "LogLine",
    "LogSource",
    "LogSources",
    "Position",
    "file_source",
    "history",
    "merge",
    "offset_at",
    "read_lines",
    "tail_blocks",
]
