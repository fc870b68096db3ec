"""Changes of every kind on one lab: how each is planned, and what it leaves of the machine, old or new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from mailtui.changes.plan import Plan
from mailtui.lab import Lab
from mailtui.services.configuration.model import Setting
from mailtui.services.container import Services
from mailtui.services.dovecot.index.checking import look
from mailtui.settings import Settings
from tests.lab.certificate_machine import Machine as Certificates
from tests.lab.certificate_machine import make
from tests.lab.queue_machine import Machine as QueueMachine
from tests.lab.test_certificate_deploy import Silent
from tests.lab.test_maps import KEY, Bench
from tests.lab.workshop import Goldens, Workshop

State = object
Together = Callable[[], None]


@dataclass(frozen=True)
class Deed:
    """One kind of change."""

    name: str
    plan: Callable[[], Plan]
    """Brings the machine into its old state, and plans."""
    state: Callable[[], State]
    """What the change touches, as it is now."""
    fits: Together = lambda: None
    """Raises where the parts of what it touches do not fit each other."""
    again: Callable[[State], bool] | None = None
    """Whether the old state is there again; where it is not the same as before, as with a new queue ID."""
    stays: Callable[[], bool] | None = None
    """Whether what one that was cut off has left may stay, since nobody knows who has written to it meanwhile."""
    by_target: bool = False
    """Whether a part of it may stand without the rest: ``state`` is then the set of names that it was done to."""


def deeds(lab: Lab, goldens: Goldens, folder: Path) -> tuple[Deed, ...]:
    """All kinds."""
    return (*_of_the_queue(lab, folder), _of_a_map(lab, folder), *_of_main_cf(lab), _of_certificates(lab, folder),
            _of_a_mailbox(goldens, folder))  # fmt: skip


def _of_the_queue(lab: Lab, folder: Path) -> tuple[Deed, Deed]:
    machine = QueueMachine(lab, folder)
    numbers = count()
    sender = [""]
    ids: set[str] = set()

    def queued() -> list[str]:
        sender[0] = f"killed-{folder.name}-{next(numbers)}@lab.example"
        entries = machine.queued(sender[0], count=3)
        ids.clear()
        ids.update(entry.queue_id for entry in entries)
        return sorted(ids)

    def hold() -> Plan:
        queued()
        return machine.plans.hold(machine.entries(sender[0]))

    def delete() -> Plan:
        queued()
        return machine.plans.delete(machine.entries(sender[0]))

    def held() -> State:
        return frozenset(entry.queue_id for entry in machine.entries(sender[0]) if entry.queue_name == "hold")

    def gone() -> State:
        return frozenset(ids - {entry.queue_id for entry in machine.entries(sender[0])})

    def all_there() -> None:
        assert len(machine.entries(sender[0])) == 3

    def never_twice() -> None:
        assert len(machine.entries(sender[0])) <= 3

    def there_again(_: State) -> bool:
        """As soon as pickup(8) has taken them."""
        return machine.states(sender[0]) == ["deferred"] * 3

    return (
        Deed("hold", hold, held, all_there, by_target=True),
        Deed("delete", delete, gone, never_twice, there_again, by_target=True),
    )


def _of_a_map(lab: Lab, folder: Path) -> Deed:
    bench = Bench(lab, folder)

    def fits() -> None:
        """The index answers what the text says."""
        assert (KEY.encode() in bench.file.read_bytes()) == (bench.answer() is not None)
        assert not list(bench.file.parent.glob(".*mailtui*"))

    return Deed("map", lambda: bench.plans.set(bench.file, KEY, "alice@lab.example"), bench.file.read_bytes, fits)


def _of_main_cf(lab: Lab) -> tuple[Deed, Deed]:
    def services() -> Services:
        return Services(Settings(lab.postfix_config, lab.dovecot_config, state=lab.state))

    def state() -> State:
        return (lab.postfix_config / "main.cf").read_bytes(), lab.dovecot_config.read_bytes()

    def fits() -> None:
        lab.command("postfix", "check")
        lab.command("doveconf", "-n")
        lab.command("postfix", "status")

    def setting() -> Plan:
        return services().config_plans.set("postfix", [Setting("smtp_helo_timeout", "77s")])

    def debug() -> Plan:
        return services().debug_plans.on("postfix-peer", 3600.0, "192.0.2.1")

    return Deed("setting", setting, state, fits), Deed("debug", debug, state, fits)


def _of_certificates(lab: Lab, folder: Path) -> Deed:
    machine = Certificates(lab)
    numbers = count()
    new = [""]
    old = set(machine.served().values())

    def deploy() -> Plan:
        candidate = machine.candidate(*make(folder / f"pair{next(numbers)}"))
        new[0] = candidate.sha256
        return machine.plans(Silent()).deploy(candidate, ("postfix", "dovecot"))

    def state() -> State:
        return machine.files()

    def fits() -> None:
        """Every port serves the same one."""
        served = set(machine.served().values())
        assert served in (old, {new[0]})

    return Deed("certificate", deploy, state, fits)


def _of_a_mailbox(goldens: Goldens, folder: Path) -> Deed:
    workshop = Workshop(goldens.restored("sdbox", aged=True), folder)

    def repair() -> Plan:
        goldens.restored("sdbox", aged=True)
        workshop.damage("index zeroed")
        return workshop.plan()

    def state() -> State:
        return frozenset(damage.kind for damage in look(workshop.mailbox).damages)

    return Deed("mailbox", repair, state, stays=lambda: not state())
