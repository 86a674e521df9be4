"""Our own references where a sender repeats them: known by their check digit, whatever the column is called.

A reference is ten signs of which the last is computed from the others, so a column in which most values are references
and at least one is ours is the echo of what was asked; its other values are then misread references, and are given too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from kaval.engine.formats import _table
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats._text import decode
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.attribution.request import reference_is_valid

_LOOK_ROWS = 200
_TOKEN = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{10}(?![0-9A-Z])", re.ASCII)


def echoed_references(file: ReceivedFile, known: Collection[str]) -> dict[str, str]:
    """What stands in the column of our references, by the row's place; empty when the table has no such column.

    `known` are references that were sent. Of a table without such a column no more than its first rows are read.
    """
    try:
        layout = _table.sniff(file)
        if layout is None or not known:
            return {}
        column = _column(islice(_table.rows(file, layout, [], checked=False), _LOOK_ROWS), set(known))
        if column is None:
            return {}
        return {place: row[column] for place, row in _table.rows(file, layout, []) if row.get(column)}
    except ReaderError:
        return {}


def references_named(file: ReceivedFile, known: Collection[str]) -> frozenset[str]:
    """Which of our references a document of text names anywhere; none when it is larger than a document may be."""
    try:
        text = decode(file.content)[0]
    except ReaderError:
        return frozenset()
    return frozenset(_TOKEN.findall(text)) & frozenset(known)


def _column(rows: Iterator[_table.Row], known: set[str]) -> str | None:
    values: dict[str, list[str]] = {}
    for _, row in rows:
        for name, text in row.items():
            if text:
                values.setdefault(name, []).append(text)
    for name, texts in values.items():
        valid = sum(map(reference_is_valid, texts))
        if 2 * valid >= len(texts) and not known.isdisjoint(texts):
            return name
    return None
