"""The keys Postfix looks an address or a domain up by, in its order: virtual(5), canonical(5), transport(5).

A table of patterns (regexp, pcre, cidr, tcp, socketmap) is asked for the whole key alone, never for a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NEVER_SPLIT = frozenset({"postmaster", "mailer-daemon", "double-bounce"})
_ATOM = re.compile(r"[^\x00-\x20\x7f()<>@,;:\\\".\[\]]+(\.[^\x00-\x20\x7f()<>@,;:\\\".\[\]]+)*")
"""A local part that needs no quotes (RFC 5322 ``dot-atom``, any character beyond ASCII allowed as in RFC 6531)."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a table is asked for."""

    text: str
    whole: bool = False
    """Whether it is the whole address or name; a part of one is not for tables of patterns."""
    extension: str = ""
    """The extension with its delimiter that was left out, and is put back into what the table answers."""
    bare: bool = False
    """Whether the local part would need quotes and has none: all but cleanup(8) ask in this way, too."""

    def __str__(self) -> str:
        return self.text


def split_address(address: str) -> tuple[str, str]:
    """Local part and domain; the domain is ``""`` where there is no ``@``."""
    user, at, domain = address.rpartition("@")
    return (user, domain) if at else (address, "")


def split_extension(user: str, delimiters: str) -> tuple[str, str]:
    """A local part without its extension, and the extension with its delimiter (``recipient_delimiter``)."""
    folded = user.lower()
    if folded in _NEVER_SPLIT:
        return user, ""
    if "-" in delimiters and (folded.startswith("owner-") or folded[1:].endswith("-request")):
        return user, ""
    place = next((number for number, sign in enumerate(user) if sign in delimiters), 0)
    return (user[:place], user[place:]) if place else (user, "")


def address_keys(address: str, delimiters: str, *, local: bool) -> tuple[Key, ...]:
    """The keys of virtual(5) and canonical(5) ("TABLE SEARCH ORDER"), of recipient and mailbox tables.

    ``local``: whether the domain is one for which the local part alone is tried, too.
    """
    user, domain = split_address(address)
    if not domain:
        return tuple(_spelled(address, "", whole=True))
    return (*_full_keys(address, delimiters), *_short_keys(user, delimiters, local=local), Key(f"@{domain}"))


def transport_keys(address: str, delimiters: str, *, parents: bool) -> tuple[Key, ...]:
    """The keys of transport(5); ``parents``: whether a domain's entry holds for its subdomains without a dot."""
    domain = split_address(address)[1]
    return (
        *_full_keys(address, delimiters),
        Key(domain),
        *domain_keys(domain, parents=parents)[1:],
        Key("*", whole=True),
    )


def domain_keys(domain: str, *, parents: bool) -> tuple[Key, ...]:
    """A domain and the domains above it, as a list of domains is asked for them (``match_hostname``)."""
    labels = domain.split(".")
    above = (".".join(labels[start:]) for start in range(1, len(labels)))
    dot = "" if parents else "."
    return (Key(domain, whole=True), *(Key(f"{dot}{name}") for name in above))


def quoted(user: str) -> str:
    """A local part as it stands in an address: in quotes where it must."""
    if _ATOM.fullmatch(user):
        return user
    return '"{}"'.format(re.sub(r'(["\\])', r"\\\1", user))


def unquoted(user: str) -> str:
    """A local part without the quotes it may have in an address."""
    if len(user) > 1 and user[0] == user[-1] == '"':
        return re.sub(r"\\(.)", r"\1", user[1:-1])
    return user


def _full_keys(address: str, delimiters: str) -> tuple[Key, ...]:
    user, domain = split_address(address)
    bare, extension = split_extension(user, delimiters)
    full = _spelled(user, f"@{domain}", whole=True)
    return (*full, *_spelled(bare, f"@{domain}", extension=extension)) if extension else tuple(full)


def _short_keys(user: str, delimiters: str, *, local: bool) -> Iterator[Key]:
    if local:
        bare, extension = split_extension(user, delimiters)
        yield from _spelled(user)
        if extension:
            yield from _spelled(bare, extension=extension)


def _spelled(user: str, rest: str = "", *, whole: bool = False, extension: str = "") -> Iterator[Key]:
    """With quotes where it needs them, then without (``mail_addr_find(3)``: external form first)."""
    spelled = quoted(user)
    for name in dict.fromkeys((spelled, user)):
        yield Key(name + rest, whole, extension, bare=name != spelled)
