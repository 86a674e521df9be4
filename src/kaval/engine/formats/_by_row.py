"""A table of any size becomes records one by one, each after the warnings of its own row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from kaval.engine.formats._notes import Notes
from kaval.engine.formats._spec import ReadWarning

Row = TypeVar("Row")
Record = TypeVar("Record")
# Takes a row, its place (`row 7`) and the list its warnings go to.
Make = Callable[[Row, str, list[ReadWarning]], Iterable[Record]]


def by_row(
    rows: Iterable[tuple[str, Row]], trouble: list[ReadWarning], make: Make[Row, Record]
) -> Iterator[Record | ReadWarning]:
    """What `make` makes of every row, in order and in constant memory.

    `trouble` is the list the table itself reports to. Past a thousand warnings of one kind the rest are counted.
    """
    notes = Notes(trouble)
    for place, row in rows:
        own: list[ReadWarning] = []
        made = make(row, place, own)
        if not isinstance(made, tuple):
            made = tuple(made)
        for warning in own:
            notes.add(warning)
        if trouble:
            yield from trouble
            trouble.clear()
        yield from made
    notes.close()
    yield from trouble
