"""Recipients that a table of ours does not know: which parameter, which table, which keys.

Which table says so: ADDRESS_CLASS_README. Which keys are tried: virtual(5), local(8), postconf(5).
"""

from __future__ import annotations

from mailtui.services.explain import userdb
from mailtui.services.explain.case import Case
from mailtui.services.postfix.tables import file_of, needs_postmap

_PARAMETERS = {
    "unknown_alias": ("virtual_alias_maps", "virtual_alias_domains", "alias"),
    "unknown_vmbox": ("virtual_mailbox_maps", "virtual_mailbox_domains", "mailbox"),
    "unknown_localtab": ("local_recipient_maps", "mydestination", "user or alias"),
    "unknown_relaytab": ("relay_recipient_maps", "relay_domains", "recipient"),
    "unknown_local": ("alias_maps", "mydestination", "user or alias"),
}


def unknown_in_table(case: Case) -> None:
    """Name the parameter and its tables, and ask them again."""
    if not case.spoken_by_us:
        if case.through_socket:
            userdb.unknown_user(case)
        return
    parameter, domains, what = _PARAMETERS[case.verdict.rule]
    keys = _keys(case, parameter)
    tables = case.lookups.tables(parameter)
    if not tables:
        case.show(parameter, domains)
        return
    hit = case.lookups.find(parameter, *keys)
    where = ", ".join(tables)
    if hit is not None:
        case.found.add(f"{parameter} = {where} has {hit.key} now: it came after this message, or was built too late")
        case.found.advise("Send the message again: the address is known now.")
        case.found.offer(*case.lookups.command(hit.table, hit.key))
        return
    case.found.add(f"{parameter} = {where} has no key {', '.join(keys)}")
    case.found.blame(parameter, tables[0], keys[0])
    _why_there(case, domains)
    _how_to_add(case, tables[0], what)
    for table in tables:
        case.found.offer(*case.lookups.command(table, keys[0]))


def alias_chain(case: Case) -> bool:
    """Where an alias led to the recipient, the entries it went through; whether there were any."""
    origin = case.recipient.orig_to
    if not origin or origin.lower() == case.address.lower():
        return False
    if "@" not in origin:
        origin = f"{origin}@{case.postfix.get('myorigin')}"
    chain = tuple(case.lookups.aliases(origin))
    for hit in chain:
        case.found.add(f"virtual_alias_maps ({hit.table}) leads {hit.key} to {hit.value}")
        case.found.blame(hit.parameter, hit.table, hit.key, hit.value)
        case.found.offer(*case.lookups.command(hit.table, hit.key))
    return bool(chain)


def _keys(case: Case, parameter: str) -> tuple[str, ...]:
    keys = case.lookups.address_keys(case.address)
    if parameter in ("local_recipient_maps", "alias_maps"):
        user = case.address.rpartition("@")[0] or case.address
        return (*(key for key in keys if "@" in key and parameter == "local_recipient_maps"), user)
    return keys


def _why_there(case: Case, domains: str) -> None:
    """Why this table decides: the domain's address class."""
    if case.domain and case.lookups.contains(domains, case.domain):
        case.found.add(f"{case.domain} is in {domains} = {case.postfix.get(domains)}")


def _how_to_add(case: Case, table: str, what: str) -> None:
    file = file_of(table)
    if not file:
        case.found.advise(f"Add the {what} {case.address} where {table} gets it from, or tell the sender it is wrong.")
        return
    build = f", then run postmap {file}" if needs_postmap(table) else ""
    if needs_postmap(table) and "alias" in what and "user" in what:
        build = f", then run postalias {file}"
    case.found.advise(f"If the address should exist, add it to {file}{build}; otherwise tell the sender it is wrong.")
