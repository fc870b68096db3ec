from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.screens.cells import Line
from mailtui.screens.overview_cells import incidents_title, problem_lines, status_lines
from mailtui.screens.problems import problems
from mailtui.screens.rate_cells import rate_lines, sparkline
from mailtui.screens.targets import OpenLog, OpenNote, OpenQueue
from mailtui.services.live.model import LiveSnapshot
from mailtui.services.pulse_model import ServiceState
from tests.screens.fake_stories import NOW
from tests.screens.fakes import broken_pulse, live_snapshot, pulse_snapshot


def texts(lines: tuple[Line, ...]) -> list[str]:
    return ["".join(cell.text for cell in line) for line in lines]


def test_status_fits_a_small_terminal() -> None:
    lines = texts(status_lines(pulse_snapshot()))
    assert lines[1] == "Queue     incoming 0  active 3  deferred 128  hold 2  maildrop 0  corrupt 0"
    assert all(len(line) <= 80 for line in lines)


def test_every_number_of_the_queue_opens_the_queue() -> None:
    queue = status_lines(pulse_snapshot())[1]
    targets = {cell.text: cell.target for cell in queue if cell.target}
    assert targets["deferred 128"] == OpenQueue(tab="deferred")
    assert len(targets) == 6


def test_what_may_not_be_read_says_so_and_what_unlocks_it() -> None:
    queue = status_lines(broken_pulse())[1]
    assert queue[1].text == "? no permission to look into /var/spool/postfix"
    assert isinstance(queue[1].target, OpenNote)
    assert queue[1].target.lines[1] == "sudo usermod -aG postfix me"


def test_where_a_program_does_not_answer_its_certificates_are_not_said_to_be_none() -> None:
    machine = replace(pulse_snapshot(), certificates=())
    assert texts(status_lines(machine))[3] == "Certs     none configured"
    silent = replace(machine, services=(ServiceState("Postfix", "unknown"),))
    assert texts(status_lines(silent))[3] == "Certs     not known"


def test_loading_and_failure_are_told_apart() -> None:
    assert texts(status_lines(None)) == ["Machine   … looking at the machine"]
    assert texts(status_lines(None, "postqueue is not installed")) == ["Machine   postqueue is not installed"]


@pytest.mark.parametrize(
    ("live", "text"),
    [
        (None, "… reading the log"),
        (LiveSnapshot(1, NOW), "… reading the log"),
        (
            LiveSnapshot(1, NOW, loading=False),
            "▲ No mail log was found. Set maillog_file in main.cf, or start with --log FILE.",
        ),
        (replace(live_snapshot(), incidents=()), "✔ Mail flows. Nothing needs you."),
    ],
)
def test_headline_without_problems(live: LiveSnapshot | None, text: str) -> None:
    assert texts(problem_lines((), live)) == [text]


def test_a_long_headline_keeps_the_rest_within_reach() -> None:
    found = problems(live_snapshot(), broken_pulse())
    lines = problem_lines(found, live_snapshot())
    assert len(lines) == 3
    assert texts(lines)[2] == f"  and {len(found) - 2} problems more"


def test_rates_sum_minute_hour_and_day() -> None:
    live = live_snapshot()
    delivered = rate_lines(live, 80)[1]
    numbers = [cell.text for cell in delivered if isinstance(cell.target, OpenLog)]
    minutes = [minute.delivered for minute in live.minutes]
    assert numbers == [f"{n:,}" for n in (minutes[-2], sum(minutes[-60:]), sum(minutes))]
    assert {len(line) for line in texts(rate_lines(live, 80))} == {80}


def test_rates_before_the_log_is_read_are_unknown_not_zero() -> None:
    assert texts(rate_lines(None, 80))[1].split() == ["delivered", "–", "–", "–"]


@given(st.lists(st.integers(0, 10**6), max_size=200), st.integers(0, 80))
def test_sparkline_fills_its_width(values: list[int], width: int) -> None:
    bars = sparkline(values, width)
    assert len(bars) == width
    if any(values) and width:
        assert "█" in bars


def test_sparkline_never_hides_a_single_failure() -> None:
    assert sparkline([0, 1, 0, 1000], 4) == " ▁ █"


def test_all_is_well_only_once_everything_was_looked_at() -> None:
    live = replace(live_snapshot(), incidents=())
    ((flows, rest),) = problem_lines((), live, looking=True)
    assert (flows.text, rest.text) == ("✔ Mail flows. ", "… looking at everything else")


def test_a_warning_that_only_the_operator_can_mend_needs_the_operator() -> None:
    live = live_snapshot()
    ours, theirs = (replace(live.incidents[0], severity="warning", who=who) for who in ("us", "remote"))
    told = incidents_title(replace(live, incidents=(ours, theirs)))
    assert "1 need you" in {cell.text for cell in told}
