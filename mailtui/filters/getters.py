"""How a filter asks a record for its fields: a function of the name, or a mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from mailtui.filters import fields

Scalar = str | int | float
Value = Scalar | Iterable[Scalar] | None
Getter = Callable[[str], Value]
Record = Getter | Mapping[str, Value]
R = TypeVar("R")
Values = Callable[[R], Sequence[Scalar]]
"""Asks a record for every value of one field."""
Reader = Callable[[R], Value]
"""The same, where the only value may come as it is."""
Readers = Mapping[str, Reader[R]]
"""What reads each field of records of one kind."""

SCALARS = (str, int, float)
_SEQUENCES = (list, tuple)
"""Named: a union written where it is asked for is made each time, which takes longer than the question."""

ANYWHERE = "*"
"""The name under which a getter is asked for every text of its record."""


def getter_of(record: Record) -> Getter:
    """A getter for ``record``: itself, or one that asks a mapping."""
    if callable(record):
        return record
    mapping = record

    def get(name: str) -> Value:
        if name != ANYWHERE:
            return mapping.get(name)
        return [scalar for value in mapping.values() for scalar in scalars(value)]

    return get


def scalars(value: Value) -> Sequence[Scalar]:
    """The single values in ``value``."""
    if isinstance(value, SCALARS):
        return (value,)
    if value is None:
        return ()
    return value if isinstance(value, _SEQUENCES) else tuple(value)


def field_values(get: Getter, name: str) -> tuple[Scalar, ...]:
    """Every value of field ``name``, under whichever of its names the record holds it."""
    return tuple(values_of(name)(get))


def reader_of(readers: Readers[R], name: str) -> Reader[R]:
    """``values_of`` for many records of a kind whose fields are known: they are not looked for in each record."""
    reads = _reads(readers, name)
    if not reads and name.endswith(fields.DOMAIN_SUFFIX):
        reads = [_domain_read(read) for read in _reads(readers, name.removesuffix(fields.DOMAIN_SUFFIX))]
    if len(reads) == 1:
        return reads[0]
    return lambda record: [scalar for read in reads for scalar in scalars(read(record))]


def _reads(readers: Readers[R], name: str) -> list[Reader[R]]:
    return [readers[source] for source in fields.sources(name) if source in readers]


def _domain_read(read: Reader[R]) -> Reader[R]:
    """What reads the domains of the addresses that ``read`` reads."""

    def domains(record: R) -> Value:
        value = read(record)
        return value.rpartition("@")[2] if isinstance(value, str) else list(map(_domain, scalars(value)))

    return domains


def values_of(name: str) -> Values[Getter]:
    """What asks a record for every value of field ``name``; for use on many records."""
    if name == ANYWHERE:
        return lambda get: list(scalars(get(ANYWHERE)) or scalars(get("text")))
    sources = fields.sources(name)
    domains = None
    if name.endswith(fields.DOMAIN_SUFFIX):
        domains = _domain_read(values_of(name.removesuffix(fields.DOMAIN_SUFFIX)))

    def values(get: Getter) -> Sequence[Scalar]:
        found: list[Scalar] = []
        for source in sources:
            value = get(source)
            if value is None:
                continue
            if isinstance(value, SCALARS):
                found.append(value)
            else:
                found += value
        return scalars(domains(get)) if domains and not found else found

    return values


def _domain(address: Scalar) -> str:
    return str(address).rpartition("@")[2]
