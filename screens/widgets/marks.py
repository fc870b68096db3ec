"""The rows an operator has chosen, by key: what an action on several acts on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from mailtui.screens.widgets.columns import TableRow


class Marks:
    """Keys of rows; the one marked last is where a range starts."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._anchor = ""

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def among(self, rows: Iterable[TableRow]) -> tuple[str, ...]:
        """Keys of the marked ones of these rows, in their order; asked at each key, of 50,000 rows."""
        keys = self._keys
        return tuple([row.key for row in rows if row.key in keys]) if keys else ()

    def toggle(self, key: str) -> None:
        """Mark a row, or take its mark away."""
        self._keys ^= {key}
        self._anchor = key if key in self._keys else ""

    def reach(self, keys: Sequence[str], here: int) -> None:
        """Mark every row from the one marked last to row ``here``; only that one where there is none."""
        start = keys.index(self._anchor) if self._anchor in keys else here
        self._keys.update(keys[min(start, here) : max(start, here) + 1])
        self._anchor = keys[here]

    def take(self, keys: Collection[str]) -> None:
        """Mark all of these."""
        self._keys.update(keys)

    def clear(self) -> None:
        """Mark nothing."""
        self._keys.clear()
        self._anchor = ""

    def keep(self, keys: Collection[str]) -> bool:
        """Forget rows that are gone; whether there were any."""
        gone = self._keys.difference(keys)
        self._keys -= gone
        return bool(gone)
