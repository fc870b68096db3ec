"""How a filter asks a record for its fields: a function of the name, or a mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mailtui.filters import fields

Scalar = str | int | float
Value = Scalar | Iterable[Scalar] | None
Getter = Callable[[str], Value]
Record = Getter | Mapping[str, Value]

ANYWHERE = "*"
"""The name under which a getter is asked for every text of its record."""


def getter_of(record: Record) -> Getter:
    """A getter for ``record``: itself, or one that asks a mapping."""
    if not isinstance(record, Mapping):
        return record
    mapping = record

    def get(name: str) -> Value:
        if name != ANYWHERE:
            return mapping.get(name)
        return [scalar for value in mapping.values() for scalar in scalars(value)]

    return get


def scalars(value: Value) -> tuple[Scalar, ...]:
    """The single values in ``value``."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str | int | float) else tuple(value)


def field_values(get: Getter, name: str) -> tuple[Scalar, ...]:
    """Every value of field ``name``, under whichever of its names the record holds it."""
    if name == ANYWHERE:
        return scalars(get(ANYWHERE)) or scalars(get("text"))
    found = tuple(scalar for source in fields.sources(name) for scalar in scalars(get(source)))
    if not found and name.endswith(fields.DOMAIN_SUFFIX):
        whole = field_values(get, name.removesuffix(fields.DOMAIN_SUFFIX))
        return tuple(str(address).rpartition("@")[2] for address in whole)
    return found
