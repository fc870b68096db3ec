"""What every view shows where there is nothing to show: what failed and what to do next, and the console goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event

import pytest
from textual.widgets import Input

from mailtui.host.errors import PermissionDenied
from mailtui.services.live.model import SourceState
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, text_of, until

READ_BY = {
    "queue": ("queue", "4"),
    "changes": ("changes", "5"),
    "maps": ("maps", "6"),
    "mailboxes": ("mailboxes", "7"),
    "certificates": ("serving", "8"),
    "ports": ("listeners", "9"),
    "findings": ("checks_apart", "0"),
    "configuration": ("configuration", "f6"),
    "deliverability": ("deliverability", "f7"),
}
"""The service that each view reads, and its key."""


class Failing:
    """Any call of it raises the same error."""

    why_not = ""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., object]:
        def fail(*_arguments: object, **_named: object) -> object:
            raise self._error

        return fail


@pytest.mark.parametrize(("service", "key"), READ_BY.values(), ids=READ_BY)
async def test_what_a_view_may_not_read_is_said_with_what_to_do(service: str, key: str) -> None:
    services = FakeServices()
    setattr(services, service, Failing(PermissionDenied("anna may not look at it", unlock="run mailtui with sudo")))
    async with console(services, (120, 30)) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: "anna may not look at it; run mailtui with sudo" in text_of(pilot))


@pytest.mark.parametrize(("service", "key"), READ_BY.values(), ids=READ_BY)
async def test_a_fault_in_a_service_is_told_and_the_console_goes_on(service: str, key: str) -> None:
    services = FakeServices()
    setattr(services, service, Failing(ZeroDivisionError("by zero")))
    async with console(services, (160, 30)) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: "a fault in mailtui: ZeroDivisionError: by zero" in text_of(pilot))
        await pilot.press("1")
        await until(pilot, lambda: "Machine" in text_of(pilot) or "Services" in text_of(pilot))


async def test_r_reads_again_what_could_not_be_read() -> None:
    services = FakeServices()
    whole = services.maps
    services.maps = Failing(PermissionDenied("anna may not look at it"))  # type: ignore[assignment]
    async with console(services) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "r tries again" in text_of(pilot))
        services.maps = whole
        await pilot.press("r")
        await until(pilot, lambda: bool(pilot.app.screen.line_table.saved_keys))  # type: ignore[attr-defined]


async def test_without_a_log_nobody_is_told_that_nothing_fails() -> None:
    services = FakeServices()
    unread = SourceState("/var/log/mail.log", "denied", "anna may not read /var/log/mail.log", "join the group adm")
    whole = services.live.snapshot
    services.live.snapshot = lambda: replace(whole(), sources=(unread,), incidents=())  # type: ignore[method-assign]
    async with console(services, (120, 30)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "✖ No log can be read: anna may not read /var/log/mail.log" in text_of(pilot))
        assert "No failure" not in text_of(pilot) and "Nothing fails" not in text_of(pilot)


@pytest.mark.parametrize(("service", "key"), [READ_BY["findings"], READ_BY["configuration"], READ_BY["mailboxes"]])
async def test_a_filter_written_too_early_does_not_say_that_all_is_well(service: str, key: str) -> None:
    services, gate = FakeServices(), Event()
    setattr(services, service, Waiting(gate))
    async with console(services) as pilot:
        await pilot.press(key, "slash", *"xyz", "enter")
        await until(pilot, lambda: not isinstance(pilot.app.focused, Input))
        try:
            assert "… " in text_of(pilot)
            assert "Nothing is wrong" not in text_of(pilot) and "Nothing matches" not in text_of(pilot)
        finally:
            gate.set()


class Waiting(Failing):
    """Any call of it answers only when the gate is opened, and then with an error."""

    def __init__(self, gate: Event) -> None:
        super().__init__(PermissionDenied("too late"))
        self._gate = gate

    def __getattr__(self, name: str) -> Callable[..., object]:
        fail = super().__getattr__(name)

        def wait(*arguments: object, **named: object) -> object:
            self._gate.wait(60)
            return fail(*arguments, **named)

        return wait


async def test_before_the_log_is_read_nobody_says_that_nothing_fails() -> None:
    services = FakeServices()
    services.live.value = replace(services.live.value, incidents=(), loading=True, lines=0)
    async with console(services, (80, 24)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "no failure in it so far" in text_of(pilot))
        assert "Nothing fails" not in text_of(pilot)
        read = replace(services.live.value, version=services.live.value.version + 1, loading=False)
        services.live.value = read
        await until(pilot, lambda: "No failure in the log that has been read" in text_of(pilot))
        assert "Nothing fails" in text_of(pilot)
