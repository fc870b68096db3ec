"""What is wrong right now, worst first: the lines an operator reads in the first second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailtui.changes.history import Change
from mailtui.maillog.model import ENOUGH, Incident
from mailtui.screens.incident_rows import need_you
from mailtui.screens.targets import OpenChanges, OpenFindings, OpenIncident, OpenIncidents, OpenLog, OpenNote, Target
from mailtui.screens.words import SEVERITY_ORDER, ago, count, counted
from mailtui.services.checks.model import Report
from mailtui.services.live.model import LiveSnapshot
from mailtui.services.pulse_model import CertificateState, DiskState, PulseSnapshot
from mailtui.text import clean, human_size

DAY = 86400.0
_ROOM = "Make room there. What waits because of it is tried again in time, or at once: 4 shows the queue, F tries it."
FRESH = 3600.0
"""Seconds a failure stays in the headline after it was last seen."""
CERTIFICATE_DAYS = {"error": 7, "warning": 21}
FREE_SHARE = {"error": 0.05, "warning": 0.10}
LOAD_PER_CPU = 2.0
TOLD = frozenset({"logs", "services", "system", "changes", "checks"})
"""Areas of findings that the Overview tells of by itself."""
UNREADABLE = frozenset({"denied", "failed", "missing"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that needs somebody."""

    severity: str
    text: str
    target: Target


def problems(
    live: LiveSnapshot | None,
    pulse: PulseSnapshot | None,
    history: Sequence[Change] = (),
    report: Report | None = None,
) -> tuple[Problem, ...]:
    """Everything wrong that is known so far, worst first."""
    found = [
        *_of_changes(history),
        *(_of_sources(live) if live else ()),
        *(_of_pulse(pulse) if pulse else ()),
        *(_of_findings(report) if report else ()),
        *(_of_failures(live) if live else ()),
    ]
    return tuple(sorted(found, key=lambda problem: SEVERITY_ORDER[problem.severity]))


def certificate_severity(certificate: CertificateState, now: float) -> str:
    """``error warning ok`` by the days left, ``unknown`` where the file could not be read."""
    if certificate.expires is None:
        return "unknown"
    days = (certificate.expires - now) / DAY
    return next((level for level, limit in CERTIFICATE_DAYS.items() if days < limit), "ok")


def disk_severity(disk: DiskState) -> str:
    """``error warning ok`` by the share of bytes or inodes left."""
    if not disk.total:
        return "unknown"
    share = disk.free / disk.total
    if disk.total_inodes:
        share = min(share, disk.free_inodes / disk.total_inodes)
    return next((level for level, limit in FREE_SHARE.items() if share < limit), "ok")


def _of_findings(report: Report) -> Iterator[Problem]:
    """What the checks found and nothing else here tells; each gravity in a line that names its first."""
    for severity in ("error", "warning"):
        found = [one for one in report.findings if one.severity == severity and one.area not in TOLD]
        if found:
            text = f"{counted(len(found), 'finding')} (key 0): {clean(found[0].subject)}: {clean(found[0].title)}"
            yield Problem(severity, text, OpenFindings(found[0].id))


def _of_changes(history: Sequence[Change]) -> Iterator[Problem]:
    """Changes that were cut off and wait for somebody to end them."""
    for change in history:
        if change.interrupted:
            yield Problem("error", f"A change was interrupted: {clean(change.plan.title)}", OpenChanges())


def _of_pulse(pulse: PulseSnapshot) -> Iterator[Problem]:
    for service in pulse.services:
        if service.state == "down":
            lines = (clean(service.evidence), clean(service.problem), clean(service.unlock))
            yield Problem("error", f"{service.name} is not running", OpenNote(service.name, lines))
    for disk in pulse.disks:
        severity = disk_severity(disk)
        if severity in FREE_SHARE:
            full = "nearly full" if disk.free else "full"
            text = f"Disk of the {disk.name} is {full}: {human_size(disk.free)} free"
            yield Problem(severity, text, OpenNote(f"Disk of the {disk.name}", (clean(disk.path), " ", _ROOM)))
    for certificate in pulse.certificates:
        yield from _of_certificate(certificate, pulse.time)
    yield from _of_resolver_and_load(pulse)


def _of_certificate(certificate: CertificateState, now: float) -> Iterator[Problem]:
    severity = certificate_severity(certificate, now)
    if severity not in CERTIFICATE_DAYS or certificate.expires is None:
        return
    name = clean(certificate.names[0] if certificate.names else certificate.path)
    days = int((certificate.expires - now) // DAY)
    when = f"ends in {counted(days, 'day')}" if days >= 0 else f"ended {counted(-days, 'day')} ago"
    note = OpenNote("Certificate", (name, clean(certificate.path), f"used by {clean(certificate.used_by)}"))
    yield Problem(severity, f"Certificate of {name} {when}", note)


def _of_resolver_and_load(pulse: PulseSnapshot) -> Iterator[Problem]:
    resolver = pulse.resolver
    if resolver and resolver.state not in ("ok", "nxdomain"):
        note = OpenNote("Resolver", (clean(resolver.question), clean(resolver.problem)))
        yield Problem("error", f"Name resolution fails: {resolver.state}", note)
    if pulse.load and pulse.load[1] > LOAD_PER_CPU * pulse.cpus:
        text = f"Load {pulse.load[1]:.1f} on {counted(pulse.cpus, 'CPU')}"
        yield Problem(
            "warning",
            text,
            OpenNote(
                "Load",
                ("averages of 1, 5 and 15 minutes: " + " ".join(f"{value:.2f}" for value in pulse.load),),
            ),
        )
    for name, number in pulse.queue.counts:
        if name == "corrupt" and number:
            yield Problem("error", f"{counted(number, 'corrupt queue file')}", OpenLog("corrupt"))


def _of_sources(live: LiveSnapshot) -> Iterator[Problem]:
    why = no_log(live)
    if why:
        lines = tuple(clean(" ".join((source.name, source.problem, source.unlock))) for source in live.sources)
        yield Problem("error", why, OpenNote("Log", lines))


def no_log(live: LiveSnapshot) -> str:
    """Why nothing is known of failures: no log can be read, or none tells of mail; ``""`` where one does."""
    if live.strange == live.lines >= ENOUGH:
        return f"None of the {count(live.lines)} lines that were read tells of mail: is it the mail log?"
    if not live.sources or any(source.state not in UNREADABLE for source in live.sources):
        return ""
    return f"No log can be read: {clean(live.sources[0].problem) or live.sources[0].state}"


def _of_failures(live: LiveSnapshot) -> Iterator[Problem]:
    for severity in ("error", "warning"):
        yield from _of_incidents([i for i in live.incidents if i.severity == severity], severity, live.now)


def _of_incidents(incidents: list[Incident], severity: str, now: float) -> Iterator[Problem]:
    fresh = [incident for incident in incidents if now - incident.last < FRESH]
    if not fresh:
        return
    latest = max(fresh, key=lambda incident: incident.last)
    need = "you" if need_you(fresh) == len(fresh) else "somebody"
    if len(fresh) == 1:
        text = f"{clean(latest.title)}: {counted(latest.count, 'time')}, last {ago(latest.last, now)}"
        yield Problem(severity, text, OpenIncident(latest.id))
        return
    causes = f"{counted(len(fresh), 'cause')} of failure need {need}"
    text = f"{causes}, last seen {ago(latest.last, now)}: {clean(latest.title)}"
    yield Problem(severity, text, OpenIncidents(where=f"severity:{severity}"))
