"""Reports of the law-enforcement JSON one by one: one object, or a list of any length.

The file is read twice: first to see that all of it is JSON within its bounds, then for the reports, of which one is in
memory at a time. A name that comes twice in one object keeps both values: the second under `name#2`, with a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats._text import decode
from kaval.engine.formats._tree import json_events
from kaval.engine.kernel.errors import ReaderError

MAX_VALUES = 400_000
MAX_CHARACTERS = 48 * 1024 * 1024
_SMALL = 8 * 1024 * 1024
_OPENING, _CLOSING = ("start_map", "start_array"), ("end_map", "end_array")
_MEND = "No report is like this: ask the sender what it is; the bytes received stay sealed"


def encoding_of(file: ReceivedFile) -> tuple[str, tuple[ReadWarning, ...]]:
    """The encoding to read the file in, empty for what its byte-order mark says or UTF-8, with a warning if it is
    neither."""
    if file.size > _SMALL:
        return "", ()
    warnings = decode(file.content)[1]
    return ("latin-1" if any(w.place.startswith("byte") for w in warnings) else ""), warnings


def reports_in(file: ReceivedFile, encoding: str) -> Iterator[tuple[str, Any, list[str]]]:
    """Base pointer (empty for a single report, `/3` in a list), the value, and names that came twice in it.

    Raises:
        ReaderError: not JSON, nested too deep, or a report too large; before the first report is given.
    """
    first = _check(file, encoding)
    events = json_events(file, encoding)
    if first == "start_array":
        next(events)
    for number, (event, value) in enumerate(events):
        if event == "end_array":
            return
        doubled: list[str] = []
        base = f"/{number}" if first == "start_array" else ""
        yield base, _value(event, value, events=events, doubled=doubled), doubled


def _check(file: ReceivedFile, encoding: str) -> str:
    first, depth, values, size = "", 0, 0, 0
    for event, value in json_events(file, encoding):
        if not first:
            first = event
            if first not in _OPENING:
                raise ReaderError("neither an object nor a list", file=file.name, place="/", mend=_MEND)
        depth += (event in _OPENING) - (event in _CLOSING)
        values += 1
        size += len(value) if isinstance(value, str) else 1
        if values > MAX_VALUES or size > MAX_CHARACTERS:
            text = f"a report of more than {MAX_VALUES} values or {MAX_CHARACTERS} characters"
            raise ReaderError(text, file=file.name, mend=_MEND)
        if depth == (first == "start_array"):
            values = size = 0
    return first


def _value(event: str, value: Any, *, events: Iterator[tuple[str, Any]], doubled: list[str]) -> Any:
    """One JSON value built from its events; not deeper than `json_events` allows."""
    if event == "start_array":
        items: list[Any] = []
        for inner, scalar in events:
            if inner == "end_array":
                return items
            items.append(_value(inner, scalar, events=events, doubled=doubled))
    if event == "start_map":
        return _object(events, doubled)
    return value


def _object(events: Iterator[tuple[str, Any]], doubled: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for inner, name in events:
        if inner == "end_map":
            break
        key, count = str(name), 1
        while key in found:
            count += 1
            key = f"{name}#{count}"
        if count > 1:
            doubled.append(key)
        event, scalar = next(events)
        found[key] = _value(event, scalar, events=events, doubled=doubled)
    return found
