"""Who waits for which incident: told as a book kept in full would tell it."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from mailtui.maillog.incident_waiting import MAX_WAITING, Names, Waiting
from mailtui.maillog.model import Event
from tests.unit.stories.support import events

FULL: Names = ("full",)
UNREACHABLE: Names = ("mx.a.example", "unreachable")
REFUSING: Names = ("mx.b.example", "unreachable")
DEED = st.tuples(
    st.sampled_from(("put", "put", "put", "release", "pop")),
    st.integers(1, 3),
    st.sampled_from("abc"),
    st.sampled_from((FULL, UNREACHABLE, REFUSING)),
)


def message(number: int) -> Event:
    (event,) = events(f"postfix/qmgr[2]: AAAA{number:06X}: removed")
    return event


class InFull:
    """The same without any thrift."""

    def __init__(self) -> None:
        self.waits: dict[int, dict[str, Names]] = defaultdict(dict)

    def late(self) -> dict[str, int]:
        late: dict[str, int] = defaultdict(int)
        for recipients in self.waits.values():
            for name in {name for names in recipients.values() for name in names}:
                late[name] += 1
        return dict(late)


@given(st.lists(DEED, max_size=40))
def test_each_incident_knows_how_many_messages_it_holds_up(deeds: list[tuple[str, int, str, Names]]) -> None:
    waiting, full = Waiting(), InFull()
    for deed, number, to, names in deeds:
        match deed:
            case "put":
                waiting.put(message(number), to, names)
                full.waits[number][to] = names
            case "release":
                waiting.release(message(number), to)
                full.waits[number].pop(to, None)
            case _:
                assert sorted(waiting.pop(message(number))) == sorted(full.waits.pop(number, {}).values())
        assert dict(waiting.late) == full.late()
        for one, recipients in full.waits.items():
            assert [waiting.names(message(one), to) for to in "abc"] == [recipients.get(to, ()) for to in "abc"]


def test_messages_of_one_queue_id_are_told_apart_by_host_and_instance() -> None:
    waiting, here = Waiting(), message(1)
    there = here._replace(host="mx2")
    waiting.put(here, "a", FULL)
    waiting.put(there, "a", FULL)
    waiting.pop(there)
    assert waiting.late == {"full": 1} and waiting.names(here, "a") == FULL


def test_too_many_wait_for_ever() -> None:
    waiting = Waiting()
    for number in range(MAX_WAITING + 1):
        waiting.put(message(1)._replace(queue_id=f"{number:010X}"), "a", FULL)
    waiting.pop(message(1)._replace(queue_id=f"{0:010X}"))
    assert waiting.late == {"full": MAX_WAITING + 1}, "what is forgotten is not taken to be delivered"
