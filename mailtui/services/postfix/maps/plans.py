"""Plans for tables: set or remove a key, save an edited text, or only build."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mailtui.changes.plan import Plan, Step, Target
from mailtui.host.errors import UsageError
from mailtui.host.files import FileChanged, digest, read_file
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.build import tool_of
from mailtui.services.postfix.maps.check import LARGEST
from mailtui.services.postfix.maps.files import EDITED, format_of
from mailtui.services.postfix.maps.masking import HIDDEN, masked
from mailtui.services.postfix.maps.save import NAME, Order
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.postfix.maps.text import Source, decoded
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.tables import COMPILED
from mailtui.text import clean, clean_lines

_DIFF_LINES = 400
_CONTEXT = 3
_NAMED = 3
_ROUTING = frozenset(
    {
        "transport_maps",
        "relocated_maps",
        "sender_dependent_relayhost_maps",
        "sender_dependent_default_transport_maps",
    }
)
_DOMAINS = frozenset({"mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains"})
"""The tables of trivial-rewrite(8): those that route addresses, and those that say whose a domain is."""


class MapPlans:
    """Makes plans and changes nothing. Raises UsageError and what reading raises."""

    def __init__(self, maps: Maps, postfix: PostfixConfig) -> None:
        self._maps = maps
        self._postfix = postfix

    def set(self, file: Path, key: str, value: str) -> Plan:
        """A key gets a value, in place of the one it has."""
        try:
            new = self._source(file).with_value(_raw(key), _raw(value))
        except ValueError as error:
            raise UsageError(str(error)) from error
        return self.save(file, new.data, {key: value}, f"set {clean(key)} in {clean(str(file))}")

    def unset(self, file: Path, key: str) -> Plan:
        """A key goes. Raises UsageError where it does not stand there."""
        source = self._source(file)
        if not source.find(_raw(key)):
            raise UsageError(
                f"{clean(str(file))} has no key {clean(key)}",
                unlock=f"mailtui map edit {clean(str(file))} shows all of them",
            )
        return self.save(
            file, source.without(_raw(key)).data, {key: None}, f"remove {clean(key)} from {clean(str(file))}"
        )

    def build(self, file: Path) -> Plan:
        """The text stays, the index is made again."""
        return self.save(file, self._source(file).data, {}, f"build {clean(str(file))}")

    def build_as(self, file: Path, table: Table, kind: str, *, on_undo: bool = False) -> Step:
        """The step that builds a table of another type beside those in use, or one that does so when it is undone."""
        data = self._source(file).data
        tool = tool_of(table, self._postfix.where)
        order = Order(str(file), digest(data), digest(data), ((kind, tool),), {}, on_undo=on_undo)
        return self._step(order, (table,), data, data)

    def edit(self, file: Path, before: bytes, data: bytes) -> Plan:
        """A text that was edited; ``before`` is what was read. Raises UsageError for one that is the same.

        Raises FileChanged where the file is not what was read any more.
        """
        if data == before:
            raise UsageError("the text is the same as before")
        if read_file(file, limit=LARGEST).data != before:
            raise FileChanged(f"{clean(str(file))} has changed since it was read", unlock="look at it again")
        form = format_of(self._maps.of_file(file)[0])
        answers = _answers(Source.read(before, form), Source.read(data, form))
        return self.save(file, data, answers, f"edit {clean(str(file))}")

    def save(self, file: Path, data: bytes, answers: Mapping[str, str | None], title: str) -> Plan:
        """A new text; ``answers`` are the keys it changes, with what they must answer afterwards."""
        tables = self._maps.of_file(file)
        old = read_file(file, limit=LARGEST).data
        secret = any(table.holds_secrets for table in tables)
        if secret:
            answers = {key: None if value is None else "" for key, value in answers.items()}
        order = Order(
            str(file),
            digest(old),
            digest(data),
            tuple((table.kind, tool_of(table, self._postfix.where)) for table in _each_type(tables)),
            answers if tables[0].kind in COMPILED or tables[0].kind == "texthash" else {},
            self._reload(tables, answers),
            secret,
        )
        return Plan(title, (self._step(order, tables, old, data),))

    def _step(self, order: Order, tables: tuple[Table, ...], old: bytes, data: bytes) -> Step:
        targets = order.tables()
        commands = (
            *(target.command for target in targets if target.compiled),
            *((order.reload,) if order.reload else ()),
        )
        return Step(
            NAME,
            order.arguments(),
            _why(tables, order),
            commands,
            _secret_diff(order.file, old, data) if order.secret else _diff(order.file, old, data),
            "mail that is on its way may meet either text" if data != old else "",
            "the old text is put back and built" if data != old else "there is nothing to put back: the text stays",
            data != old,
            (Target(order.file, {"digest": digest(old)}, clean(order.file)),),
            undo_commands=commands,
            content=data,
        )

    def _source(self, file: Path) -> Source:
        return self._maps.source(self._maps.of_file(file)[0])

    def _reload(self, tables: tuple[Table, ...], keys: Iterable[str]) -> tuple[str, ...]:
        """Daemons notice a new index; a text table they have read once and for all."""
        changed = tuple(keys)
        if all(table.kind in COMPILED and not _routes(table, changed) for table in tables):
            return ()
        return ("postfix", *self._postfix.where, "reload")


def _answers(old: Source, new: Source) -> dict[str, str | None]:
    """The keys that another text changes, and what they must answer then."""
    before, after = _values(old), _values(new)
    changed = (key for key in (*before, *after) if before.get(key) != after.get(key))
    return {decoded(key): decoded(after[key]) if key in after else None for key in changed}


def _values(source: Source) -> dict[bytes, bytes]:
    return {source.asked_as(entry): entry.value for entry in source.entries if entry.readable}


def _each_type(tables: tuple[Table, ...]) -> list[Table]:
    """One table of each type: ``proxy:hash:x`` and ``hash:x`` have the same index."""
    return [table for table in {table.kind: table for table in reversed(tables)}.values() if table.kind in EDITED]


def _routes(table: Table, keys: Sequence[str]) -> bool:
    """Whether trivial-rewrite(8) uses these keys: it looks every ten seconds, and until then mail goes the old way."""
    parameters = {use.parameter for use in table.uses}
    is_domain = any("@" not in key for key in keys)
    return bool(keys and parameters & _ROUTING) or bool(is_domain and parameters & _DOMAINS)


def _why(tables: tuple[Table, ...], order: Order) -> str:
    uses = ", ".join(dict.fromkeys(str(use) for table in tables for use in table.uses))
    why = f"for {uses}; Postfix notices the new index by itself"
    if order.reload and all(table.kind in COMPILED for table in tables):
        why = f"for {uses}; trivial-rewrite(8) looks for a new index only now and then, hence the reload"
    elif order.reload:
        why = f"for {uses}; a {tables[0].kind} table is read when a daemon starts, hence the reload"
    return why + _asked_back(order.answers)


def _asked_back(answers: Mapping[str, str | None]) -> str:
    """What the table must answer before it counts, and once more when it does."""
    if not answers:
        return ""
    told = [
        f"{clean(key)} → {'no such key' if value is None else clean(value) or HIDDEN}" for key, value in answers.items()
    ]
    more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    return f"; asked back: {', '.join(told[:_NAMED])}{more}"


def _secret_diff(file: str, old: bytes, new: bytes) -> str:
    """The lines without what stands behind their keys."""
    before, after = (b"".join(map(masked, text.splitlines(keepends=True))) for text in (old, new))
    return _diff(file, before, after) or ("passwords change, which are not shown" if old != new else "")


def _diff(file: str, old: bytes, new: bytes) -> str:
    lines = difflib.unified_diff(
        _lines(old), _lines(new), file, f"{file} (new)", n=_CONTEXT, lineterm=""
    )  # fmt: skip
    told = [clean(line) for _, line in zip(range(_DIFF_LINES), lines, strict=False)]
    return clean_lines("\n".join(told))


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").expandtabs().split("\n")


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
