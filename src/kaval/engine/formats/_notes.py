"""Warnings of a table of any size: each trouble is named, and past a thousand of one kind the rest are counted."""

from __future__ import annotations

from collections import Counter

from kaval.engine.formats._spec import ReadWarning

MAX_OF_A_KIND = 1000


class Notes:
    """Adds warnings to a list its owner may empty while rows come; what is past the limit is counted, never lost.

    A table of gigabytes may have trouble in every row: `close` then says how many more there were and where the last
    one stands, so that memory stays flat and no row is dropped without a word.
    """

    def __init__(self, trouble: list[ReadWarning], *, limit: int = MAX_OF_A_KIND) -> None:
        self._trouble, self._limit = trouble, limit
        self._seen: Counter[str] = Counter()
        self._last: dict[str, ReadWarning] = {}

    def add(self, warning: ReadWarning) -> None:
        """Keeps the warning, or counts it."""
        self._seen[warning.code] += 1
        if self._seen[warning.code] <= self._limit:
            self._trouble.append(warning)
        else:
            self._last[warning.code] = warning

    @property
    def told(self) -> bool:
        """True when there was any trouble yet."""
        return bool(self._seen)

    def close(self) -> None:
        """One more warning for each kind that was cut short."""
        for code, last in self._last.items():
            more = self._seen[code] - self._limit
            text = f"{more} more of this kind, the last at {last.place}: {last.text}"
            self._trouble.append(ReadWarning(last.place, code, text, last.mend))
        self._last.clear()
