"""A finding's command becomes the plan it names, and no other command does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mailtui.changes.plan import Plan, Step, Target
from mailtui.host.errors import UsageError
from mailtui.services.mending import Mending


class _Recorder:
    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *words: self.calls.append((name, *words))


def _mending() -> tuple[Mending, _Recorder]:
    recorder = _Recorder()
    names = ("map_plans", "config_plans", "control", "mailboxes")
    return Mending(SimpleNamespace(**dict.fromkeys(names, recorder))), recorder  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fix", "call"),
    [
        (("mailtui", "map", "build", "/etc/postfix/virtual"), ("build", "/etc/postfix/virtual")),
        (("mailtui", "map", "build", "--", "-odd"), ("build", "-odd")),
        (("mailtui", "map", "unset", "/t", "key"), ("unset", "/t", "key")),
    ],
)
def test_a_command_becomes_its_plan(fix: tuple[str, ...], call: tuple[str, ...]) -> None:
    mending, recorder = _mending()
    assert mending.can(fix)
    mending.plan(fix)
    assert [tuple(map(str, one)) for one in recorder.calls] == [call]


def test_settings_keep_their_values_whole() -> None:
    mending, recorder = _mending()
    mending.plan(("mailtui", "config", "set", "postfix", "a=b=c"))
    ((name, program, settings),) = recorder.calls
    assert (name, program, [(one.name, one.value) for one in settings]) == ("set", "postfix", [("a", "b=c")])


def test_a_certificate_goes_where_the_command_says() -> None:
    made: list[Any] = []
    deploy = SimpleNamespace(of_files=lambda files, **more: made.append((list(map(str, files)), more)))
    mending = Mending(SimpleNamespace(deploy=deploy))  # type: ignore[arg-type]
    mending.plan(("mailtui", "cert", "deploy", "--in-place", "--server", "dovecot", "--", "/live/c", "/live/k"))
    mending.plan(("mailtui", "cert", "deploy", "/c", "/k"))
    assert made == [
        (["/live/c", "/live/k"], {"programs": ["dovecot"], "in_place": True}),
        (["/c", "/k"], {"programs": [], "in_place": False}),
    ]


@pytest.mark.parametrize(
    "fix", [(), ("rm", "-rf", "/", "x"), ("mailtui", "queue", "list", "--where"), ("mailtui", "map", "build")]
)
def test_other_commands_become_no_plan(fix: tuple[str, ...]) -> None:
    mending, recorder = _mending()
    assert not mending.can(fix)
    with pytest.raises(UsageError):
        mending.plan(fix)
    assert recorder.calls == []


def test_a_mailbox_that_is_gone_is_said() -> None:
    mailboxes = SimpleNamespace(of_user=lambda _user: SimpleNamespace(looks=()))
    mending = Mending(SimpleNamespace(mailboxes=mailboxes))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no mailbox"):
        mending.plan(("mailtui", "mailbox", "repair", "ann", "Old"))


def _building(*names: str) -> Any:
    """Plans for tables of which ``bad`` has none, and the rest touch what they are called before the dot."""

    def build(file: Any) -> Plan:
        if str(file) == "/bad":
            raise UsageError("no such table")
        name = str(file).partition(".")[0]
        step = Step("map-save", {}, str(file), targets=(Target(name, {}),))
        return Plan(f"Build {file}", (step,), all_or_nothing=str(file) == "/whole")

    mending = Mending(SimpleNamespace(map_plans=SimpleNamespace(build=build)))  # type: ignore[arg-type]
    return mending.plan_of([("mailtui", "map", "build", name) for name in names])


def test_several_findings_become_one_plan_in_their_order() -> None:
    plan = _building("/a", "/b", "/a", "/c")
    assert (plan.title, [step.why for step in plan.steps]) == ("Repair 3 things", ["/a", "/b", "/c"])
    assert not plan.all_or_nothing
    assert _building("/a", "/whole").all_or_nothing


def test_a_second_change_of_one_thing_and_what_has_no_plan_wait_for_the_next_look() -> None:
    plan = _building("/a", "/bad", "/a.again", "/b")
    assert (plan.title, [step.why for step in plan.steps]) == ("Repair 2 of 4 things", ["/a", "/b"])
    assert _building("/a").title == _building("/a", "/bad").title == "Build /a"
    with pytest.raises(UsageError, match="no such table"):
        _building("/bad", "/bad")
