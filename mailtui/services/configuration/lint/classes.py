"""Domains in more than one address class: ADDRESS_CLASS_README. Postfix uses the first and warns in its log."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.configuration.lint.words import finding
from mailtui.services.postfix.addresses.classes import AddressClasses
from mailtui.services.postfix.addresses.lookups import TableError

_LISTS = ("mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains")
MOST = 200
"""Domains that are asked for; those of a table are not known by name."""


def class_findings(classes: AddressClasses) -> Iterator[Finding]:
    """One for each domain that main.cf names and that is in another list as well."""
    for domain in _domains(classes)[:MOST]:
        try:
            found = [one for one in classes.every(domain) if one.parameter]
        except TableError:
            continue  # the check of tables tells of it
        if len(found) > 1:
            evidence = [f"{one.parameter}: {one.pattern}" for one in found]
            yield finding("classes", domain, *evidence, classes=", ".join(str(one) for one in found))


def _domains(classes: AddressClasses) -> list[str]:
    names: dict[str, None] = {}
    for parameter in _LISTS:
        try:
            for one in classes.lists.patterns(parameter):
                if not one.is_table and not one.negated:
                    names[one.text] = None
        except TableError:
            continue
    return list(names)
