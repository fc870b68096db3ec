"""A painted line is freed when nothing shows it any more, without waiting for the collector."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from weakref import ref

import pytest
from rich.segment import Segment
from textual.strip import Strip

from mailtui.screens.painted import Painted, _cropped, _divided, forget_painted

_WIDGETS_GONE = """
import asyncio, gc
from textual._styles_cache import StylesCache
from textual.app import App
from textual.widgets import Label
from mailtui.screens.painted import forget_painted

forget_painted()

async def run():
    async with App().run_test() as pilot:
        await pilot.app.mount(*(Label(f"label {number}") for number in range(9)))
        await pilot.pause()
        known = sum(isinstance(one, StylesCache) for one in gc.get_objects())
        for _ in range(2):  # the screen keeps its last layouts
            await pilot.app.screen.remove_children()
            await pilot.app.mount(Label("another"))
            await pilot.pause()
        gc.collect()
        print(known - sum(isinstance(one, StylesCache) for one in gc.get_objects()))

asyncio.run(run())
"""


class _Line(Strip):
    """Tells when it is freed."""

    __slots__ = ("__weakref__",)


@pytest.fixture
def no_collector() -> Iterator[None]:
    """What is freed is freed because nothing names it."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    "use",
    [lambda line: _divided(line, [5, 9]), lambda line: _cropped(line, 0, 5, None), lambda line: line.crop(0, 5)],
    ids=["cut at its end", "fitted to its width", "cropped to itself"],
)
def test_a_line_that_is_its_own_part_is_no_circle(use: Callable[[Strip], object], no_collector: None) -> None:
    line = _Line([Segment("lines")])
    known = ref(line)
    use(line)
    del line
    assert known() is None


def test_what_was_cleared_is_no_circle(no_collector: None) -> None:
    lines = Painted[int, Strip](2)
    for number in range(3):
        lines[number] = _Line([Segment("lines")])
    assert list(lines) == [1, 2]
    known = [ref(line) for line in lines.values()]
    lines.clear()
    assert [line() for line in known] == [None, None]


@pytest.mark.parametrize("cuts", [[5], [2, 5], [2, 9], [9], []])
def test_it_is_cut_as_before(cuts: list[int]) -> None:
    line = Strip([Segment("li"), Segment("nes")])
    assert [part.text for part in _divided(line, cuts)] == [part.text for part in Strip(list(line)).divide(cuts)]


@pytest.mark.parametrize("ends", [(0, 5), (1, 5), (0, 3), (0, 9), (2, 9), (6, 9)])
def test_it_is_fitted_as_before(ends: tuple[int, int]) -> None:
    line = Strip([Segment("li"), Segment("nes")])
    assert _cropped(line, *ends, None) == Strip(list(line)).crop_extend(*ends, None)


def test_widgets_that_were_removed_are_forgotten() -> None:
    """In a process of its own: the console's other tests run with Textual as it is."""
    gone = subprocess.run([sys.executable, "-c", _WIDGETS_GONE], capture_output=True, text=True, check=True)
    assert int(gone.stdout) >= 8


_CACHES = """
from rich.segment import Segment
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip
from mailtui.screens.painted import forget_painted

forget_painted()
assert Strip.render_ansi(Style(bold=True), ColorSystem.STANDARD) == "1"
assert [part.text for part in Segment("lines").split_cells(2)] == ["li", "nes"]
print(Strip.render_ansi.cache_info().maxsize, Segment._split_cells.cache_info().maxsize)
"""


def test_what_lines_are_made_of_is_remembered_for_a_few_pages() -> None:
    asked = subprocess.run([sys.executable, "-c", _CACHES], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == ["1024", "1024"]


def test_a_textual_that_does_it_otherwise_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.screens.painted.Strip", type("Strip", (), {}))
    monkeypatch.setattr("mailtui.screens.painted._CACHED", ((type("Strip", (), {}), "render_ansi"),))
    monkeypatch.setitem(sys.modules, "textual._styles_cache", None)
    forget_painted()
