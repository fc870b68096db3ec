"""Domains in two address classes: Postfix warns of them in the log alone, and takes the first class.

ADDRESS_CLASS_README: a domain belongs into one of mydestination, virtual_alias_domains, virtual_mailbox_domains and
relay_domains.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.addresses.classes import AddressClass, AddressClasses
from mailtui.services.postfix.addresses.keys import Key
from mailtui.services.postfix.addresses.lookups import TableError
from mailtui.services.postfix.maps.flaws import Flaw
from mailtui.services.postfix.maps.recipients import Recipients
from mailtui.services.postfix.maps.telling import domain_finding
from mailtui.services.postfix.maps.text import Source, decoded
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.tables import file_of, has_patterns, words

_LISTS = ("mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains")
MOST = 20_000
"""Domains that are looked at."""
_PROBE = "mailtui.probe"
_LARGEST = 2**24


def overlaps(recipients: Recipients) -> tuple[Finding, ...]:
    """A finding for each domain in more than one class; none where a list cannot be asked."""
    lookups, classes = recipients.lookups, recipients.classes
    try:
        recipients.require()
        domains = sorted(dict.fromkeys(_domains(classes)))[:MOST]
        for parameter in _LISTS:
            lookups.learn(parameter, [Key(domain, whole=True) for domain in domains])
        return tuple(
            finding
            for domain in domains
            if (finding := _finding(domain, tuple(classes.every(domain)), recipients)) is not None
        )
    except TableError:
        return ()


def overlapping(table: Table, source: Source, recipients: Recipients) -> Iterator[Flaw]:
    """The entries of a list of domains that another address class has, too; for a text that is being edited."""
    entries = {decoded(source.asked_as(entry)): entry for entry in source.entries if entry.readable}
    recipients.learn([f"{_PROBE}@{domain}" for domain in entries])
    for domain, entry in entries.items():
        others = [one for one in recipients.classes.every(domain) if one.pattern != table.name]
        if others:
            yield Flaw("overlap", entry, ", ".join(f"{one.parameter} ({one.pattern})" for one in others))


def _domains(classes: AddressClasses) -> Iterator[str]:
    """Every domain that one of the lists names, in main.cf, in a file or in a table's text."""
    for parameter in _LISTS:
        for pattern in classes.lists.patterns(parameter):
            if not pattern.is_table:
                yield pattern.text
            elif file_of(pattern.text) and not has_patterns(pattern.text):
                yield from _in_table(pattern.text)


def _in_table(name: str) -> Iterator[str]:
    try:
        source = Source.read(read_file(Path(file_of(name)), limit=_LARGEST).data)
    except MailtuiError:
        return
    for entry in source.entries:
        key = entry.key.decode("utf-8", "replace").lower()
        if "@" not in key and "." in key.strip("."):
            yield key


def _finding(domain: str, found: tuple[AddressClass, ...], recipients: Recipients) -> Finding | None:
    if found and found[0].name == "local":
        found = tuple(one for one in found if one.name != "relay")  # as older defaults have it, and nobody minds
    if len(found) < 2 or domain.startswith("["):
        return None
    evidence = [f"{one.parameter}: {one.pattern}" for one in found]
    return domain_finding("classes", domain, *evidence, first=str(found[0]), fix=_fix(domain, found, recipients))


def _fix(domain: str, found: tuple[AddressClass, ...], recipients: Recipients) -> tuple[str, ...]:
    """Out of mydestination, where main.cf names it there and it is virtual as well (VIRTUAL_README: "NEVER list")."""
    if found[0].parameter != "mydestination" or not found[1].name.startswith("virtual"):
        return ()
    names = list(words(recipients.written("mydestination")))
    left = [name for name in names if name.lower() != domain]
    return ("mailtui", "config", "set", "postfix", f"mydestination={', '.join(left)}") if left != names else ()
