"""Everything of mailtui that meets the lines of a log, fed with them; tells what does not hold."""

from __future__ import annotations

import gc
import io
import random
import re
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from mailtui.cli.output import Output
from mailtui.cli.report_text import report_lines
from mailtui.maillog.model import UNPARSED, Event
from mailtui.maillog.parser import Parser
from mailtui.maillog.report import report
from mailtui.maillog.report.compat import Pflogsumm
from mailtui.screens.incident_text import incident_text
from mailtui.screens.log.meaning import fields_text
from mailtui.screens.log.paint import Look, painted
from mailtui.screens.story_page import Page
from mailtui.screens.story_rows import story_rows
from mailtui.services.live.book import LogBook
from mailtui.services.logs import LogLine

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What must not reach a terminal."""
_OUTCOMES = ("received", "delivered", "deferrals", "bounced", "expired", "rejected")
_PAINTED = 20
"""One line in so many is painted."""
_STORIES = 30
_WIDTH = 100
_SLOW = 0.5
"""Seconds of processor that no single line may take."""


class Reading:
    """One console's reading of an endless log, and a report of each part of it."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.lines = 0
        self.unparsed = 0
        self._parser = Parser("fuzz")
        self._book = LogBook()
        self._random = random.Random(0)
        self._nowhere = io.StringIO()

    def read(self, lines: Sequence[bytes]) -> None:
        """One part of the log, by all that read it."""
        before = self._book.lines, self._book.unparsed
        self._follow(lines)
        self._show()
        lost = self._book.lines - before[0] - len(lines)
        unparsed = self._book.unparsed - before[1]
        if lost:
            self._tell(f"{lost} lines more than there are were followed")
        self._report(lines, unparsed)
        self.lines += len(lines)
        self.unparsed += unparsed

    def _follow(self, lines: Sequence[bytes]) -> None:
        """As the live log does, and the view of the log for some lines."""
        now = time.time()
        for number, line in enumerate(lines):
            begin = time.thread_time()
            try:
                event = self._parser.parse(line, number)
                self._book.feed(event, now)
                if number % _PAINTED == 0:
                    self._paint(line, event)
            except Exception as error:
                self._tell(f"{error!r} at {line!r}")
            if time.thread_time() - begin > _SLOW:
                self._tell(f"{time.thread_time() - begin:.1f} s for {line[:300]!r}")

    def _paint(self, line: bytes, event: Event) -> None:
        shown = painted(LogLine(0, 0, line[:8192], len(line)), event, Look(), marked=False)
        self._printable(shown.plain)
        self._printable(fields_text(event).plain)
        if (event.event == UNPARSED) != (event.time is None):
            self._tell(f"time and event disagree: {line!r}")

    def _show(self) -> None:
        """Incidents, and some messages, as the console's pages."""
        now = time.time()
        for text in self._pages(now):
            self._printable(text)
        self._book.rates.minutes(now)

    def _pages(self, now: float) -> Iterator[str]:
        try:
            for incident in self._book.incidents.incidents():
                yield incident_text(incident, now, _WIDTH).plain
            keys = self._book.stories.keys()
            for key in self._random.sample(keys, min(_STORIES, len(keys))):
                story = self._book.story(key)
                if story is not None:
                    yield "\n".join(row.text for row in story_rows(story, Page(_WIDTH, now, {})))
        except Exception:
            self._tell(f"showing: {traceback.format_exc(limit=-4)}")

    def _report(self, lines: Sequence[bytes], unparsed: int) -> None:
        """The fast lane, in its own manner and in pflogsumm's."""
        with tempfile.NamedTemporaryFile(prefix="mailtui-fuzz-") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            try:
                found = report([Path(file.name)], workers=1)
                for text in report_lines(found, 20, Output(self._nowhere)):
                    self._printable(text)
                Pflogsumm(date.today()).feed([line.decode("utf-8", "surrogateescape") for line in lines])
            except Exception:
                self._tell(f"report: {traceback.format_exc(limit=-4)}")
                return
            finally:
                gc.unfreeze()  # a report freezes all there is: its process usually ends with it
                gc.collect()
        if found.lines != len(lines):
            self._tell(f"the report counts {found.lines} of {len(lines)} lines")
        if found.unparsed > unparsed:  # fewer: it does not look at a stamp that is as wide as all others
            self._tell(f"{unparsed} lines are unparsed, {found.unparsed} in the report")
        for name in _OUTCOMES:
            days, hours = (sum(row[name] for row in rows) for rows in (found.per_day, found.per_hour))
            if days != hours or days > found.totals[name]:  # a damaged stamp has neither day nor hour
                self._tell(f"{name}: {found.totals[name]} in all, {days} by day, {hours} by hour")

    def _printable(self, text: str) -> None:
        found = _CONTROL.search(text)
        if found:
            self._tell(f"{found[0]!r} in {text!r}")

    def _tell(self, problem: str) -> None:
        if len(self.problems) < 100:
            self.problems.append(problem[:2000])
