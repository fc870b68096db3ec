"""``mailtui report``: the summary of gigabytes of log, with true totals.

``report`` reads; ``Report.as_json`` gives the keys of ``mailtui report --json``; ``render`` writes it for reading.
"""

from mailtui.maillog.report.run import report
from mailtui.maillog.report.summary import Report

__all__ = ["Report", "report"]
