"""What the Overview's panels say, as cells: every number with what is behind it. No widgets here."""

from __future__ import annotations

from collections.abc import Iterable

from mailtui.screens.cells import Cell, Line
from mailtui.screens.incident_rows import NEED_YOU, need_you
from mailtui.screens.problems import DAY, Problem, certificate_severity, disk_severity
from mailtui.screens.targets import OpenIncidents, OpenNote, OpenQueue
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, clock, count, counted
from mailtui.services.live.model import LiveSnapshot
from mailtui.services.pulse_model import CertificateState, PulseSnapshot, ServiceState
from mailtui.text import clean, human_size

LABEL = 10
GAP = Cell("  ")


def problem_lines(
    problems: tuple[Problem, ...], live: LiveSnapshot | None, most: int = 3, *, looking: bool = False
) -> tuple[Line, ...]:
    """The headline: the worst problems, or that there is none, or that it is too early to say.

    ``looking``: the checks of everything else than the log have not come to an end yet.
    """
    if problems:
        shown = problems[:most] if len(problems) <= most else problems[: most - 1]
        lines = [_problem(problem) for problem in shown]
        if len(shown) < len(problems):
            rest = f"  and {counted(len(problems) - len(shown), 'problem')} more"
            lines.append((Cell(rest, MUTED, OpenNote("Problems", tuple(p.text for p in problems))),))
        return tuple(lines)
    if live is None or (live.loading and not live.lines):
        return ((Cell("… reading the log", MUTED),),)
    if not live.sources:
        text = "No mail log was found. Set maillog_file in main.cf, or start with --log FILE."
        return ((Cell(f"▲ {text}", SEVERITY_STYLE["warning"]),),)
    if looking:
        return ((Cell("✔ Mail flows. ", SEVERITY_STYLE["ok"]), Cell("… looking at everything else", MUTED)),)
    return ((Cell("✔ Mail flows. Nothing needs you.", SEVERITY_STYLE["ok"]),),)


def _problem(problem: Problem) -> Line:
    style = SEVERITY_STYLE[problem.severity]
    return (Cell(f"{SEVERITY_MARK[problem.severity]} ", style), Cell(problem.text, style, problem.target))


def status_lines(pulse: PulseSnapshot | None, error: str = "") -> tuple[Line, ...]:
    """Services, queue, disks, certificates: one line each."""
    if pulse is None:
        text = error or "… looking at the machine"
        return (_line("Machine", [Cell(text, SEVERITY_STYLE["error"] if error else MUTED)]),)
    return (
        _line("Services", _services(pulse)),
        _line("Queue", _queue(pulse)),
        _line("Disk", _disks(pulse)),
        _line("Certs", _certificates(pulse)),
    )


def _line(label: str, cells: Iterable[Cell]) -> Line:
    line = [Cell(label.ljust(LABEL), MUTED)]
    for index, cell in enumerate(cells):
        if index:
            line.append(GAP)
        line.append(cell)
    return tuple(line)


def _services(pulse: PulseSnapshot) -> list[Cell]:
    cells = []
    for service in pulse.services:
        severity = {"up": "ok", "down": "error"}.get(service.state, "unknown")
        note = OpenNote(service.name, tuple(map(clean, (service.evidence, service.problem, service.unlock))))
        text = f"{SEVERITY_MARK[severity]} {service.name} {_version(service)}"
        cells.append(Cell(text, SEVERITY_STYLE[severity], note))
    if pulse.resolver is not None:
        resolver = pulse.resolver
        fine = resolver.state in ("ok", "nxdomain")
        severity = "ok" if fine else "error"
        text = f"{resolver.seconds * 1000:.0f} ms" if fine else resolver.state
        note = OpenNote("Resolver", (clean(resolver.question), clean(resolver.problem)))
        cells.append(Cell(f"{SEVERITY_MARK[severity]} DNS {text}", SEVERITY_STYLE[severity], note))
    if pulse.load is not None:
        words = f"1, 5 and 15 minutes: {' '.join(f'{value:.2f}' for value in pulse.load)}"
        note = OpenNote("Load", (words, f"{counted(pulse.cpus, 'CPU')}"))
        cells.append(Cell(f"load {pulse.load[0]:.2f} / {pulse.cpus}", "", note))
    return cells


def _version(service: ServiceState) -> str:
    return clean(service.version) or "up" if service.state == "up" else service.state


def _queue(pulse: PulseSnapshot) -> list[Cell]:
    if not pulse.queue.counts:
        note = OpenNote("Queue", (clean(pulse.queue.problem), clean(pulse.queue.unlock)))
        return [Cell(f"? {clean(pulse.queue.problem) or 'not known'}", SEVERITY_STYLE["unknown"], note)]
    cells = []
    for name, number in pulse.queue.counts:
        style = "bold" if number else MUTED
        if name == "corrupt" and number:
            style = SEVERITY_STYLE["error"]
        cells.append(Cell(f"{name} {count(number)}", style, OpenQueue(tab=name)))
    return cells


def _disks(pulse: PulseSnapshot) -> list[Cell]:
    cells = []
    for disk in pulse.disks:
        severity = disk_severity(disk)
        if severity == "unknown":
            note = OpenNote(f"Disk of the {disk.name}", (clean(disk.path), clean(disk.problem)))
            cells.append(Cell(f"? {disk.name}: {clean(disk.problem)}", SEVERITY_STYLE["unknown"], note))
            continue
        used = 100 - 100 * disk.free // disk.total
        lines = (
            clean(disk.path),
            f"{human_size(disk.free)} of {human_size(disk.total)} free",
            f"{count(disk.free_inodes)} of {count(disk.total_inodes)} inodes free",
        )
        style = "" if severity == "ok" else SEVERITY_STYLE[severity]
        text = f"{disk.name} {used}%, {human_size(disk.free)} free"
        cells.append(Cell(text, style, OpenNote(f"Disk of the {disk.name}", lines)))
    return cells or [Cell("not known", MUTED)]


def _certificates(pulse: PulseSnapshot) -> list[Cell]:
    soonest = sorted(pulse.certificates, key=lambda c: (c.expires is None, c.expires or 0.0))
    silent = any(service.state == "unknown" for service in pulse.services)
    none = Cell("not known" if silent else "none configured", MUTED)
    return [_certificate(c, pulse.time) for c in soonest[:3]] or [none]


def _certificate(certificate: CertificateState, now: float) -> Cell:
    severity = certificate_severity(certificate, now)
    names = certificate.names or (certificate.path.rpartition("/")[2],)
    facts = (
        " ".join(names),
        certificate.path,
        f"used by {certificate.used_by}",
        certificate.problem,
        certificate.unlock,
    )
    text = f"? {clean(names[0])}"
    if certificate.expires is not None:
        days = int((certificate.expires - now) // DAY)
        text = f"{clean(names[0])} {f'{days} d' if days >= 0 else f'ended {-days} d ago'}"
    style = "" if severity == "ok" else SEVERITY_STYLE[severity]
    return Cell(text, style, OpenNote("Certificate", tuple(map(clean, facts))))


def incidents_title(live: LiveSnapshot | None) -> Line:
    """The line over the incidents: how many, and of whom they want something."""
    if live is None or not live.lines:
        return (Cell("Incidents", MUTED),)
    if not live.incidents:
        return Cell("Incidents", MUTED), Cell("  none in the last 24 hours", SEVERITY_STYLE["ok"])
    need = need_you(live.incidents)
    since = f"   read back to {clock(live.complete_since, live.now)}" if live.loading else ""
    return (
        Cell("Incidents ", MUTED),
        Cell(str(len(live.incidents)), "bold", OpenIncidents(problems_only=False)),
        Cell("   "),
        Cell(
            f"{need} need you",
            SEVERITY_STYLE["error"] if need else MUTED,
            OpenIncidents(NEED_YOU) if need else None,
        ),
        Cell(since, MUTED),
    )
