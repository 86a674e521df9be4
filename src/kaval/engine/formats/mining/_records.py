"""Which part of a running text is one record: a JSON object, a line or folded header, a block of named lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kaval.engine.formats.mining._labels import kind_of
from kaval.engine.formats.mining._times import Written, times_in
from kaval.engine.kernel.port import port_of as port_in

_OBJECT = re.compile(r"\{[^{}]{1,4000}\}")
HEADER = re.compile(r"(?:Received|X-[A-Za-z-]{1,40})(?=[ \t]?:)", re.IGNORECASE)
_NAMED = re.compile(r"[ \t]{0,8}(?:[-*\u2022] ?)?([A-Za-z][A-Za-z0-9 /()_.-]{0,40}?)[ \t]?[:=\t]")
_FOLDS = 12
_NEAR = 3
_MAX_BLOCK = 5000


class Placed(Protocol):
    """Something with a place in the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Record:
    """A part of the text with the places in it, at least one; `line` is the line's start, or None for an object."""

    start: int
    end: int
    line: int | None
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What the block of lines says of the one address on its line."""

    time: Written | None
    port: int | None


def records_of(text: str, places: Sequence[Placed]) -> Iterator[Record]:
    """The records that hold the places, which come in order; a record ends before the next one starts."""
    objects = _OBJECT.finditer(text) if "{" in text else iter(())
    held = next(objects, None)
    index, low = 0, 0
    while index < len(places):
        at = places[index].start
        while held is not None and held.end() <= at:
            held = next(objects, None)
        if held is not None and held.start() < at:
            start, end, line = held.start(), held.end(), None
        else:
            start, end = _line(text, at, low)
            line = start
        first = index
        while index < len(places) and places[index].start < end:
            index += 1
        yield Record(start, end, line, tuple(range(first, index)))
        low = end


def _line(text: str, at: int, low: int) -> tuple[int, int]:
    """The line around a place, and when it belongs to a mail header, all the lines folded under it."""
    start = max(text.rfind("\n", low, at) + 1, low)
    end = _line_end(text, at)
    top = start
    for _ in range(_FOLDS):
        if top <= low or text[top] not in " \t":
            break
        top = max(text.rfind("\n", low, top - 1) + 1, low)
    if not HEADER.match(text, top):
        return start, end
    for _ in range(_FOLDS):
        if text[end + 1 : end + 2] not in (" ", "\t"):
            break
        end = _line_end(text, end + 1)
    return top, end


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def beside(text: str, records: Sequence[Record]) -> dict[int, Beside]:
    """For lines with one address and no time: the time and port that other lines of the same block give it.

    Addresses and times must alternate through the block and lie no more than three lines apart; else none is given.
    """
    alone = {record.line for record in records if record.line is not None and len(record.members) == 1}
    found: dict[int, Beside] = {}
    until = 0
    for line in sorted(alone):
        if line < until or _NAMED.match(text, line) is None:
            continue
        lines, until = _block(text, line, until)
        found.update(_of_block(text, lines, alone))
    return found


def _block(text: str, line: int, low: int) -> tuple[list[tuple[int, int, str]], int]:
    """The `Name: value` lines around a line as (start, end, kind), and where the block ends."""
    start = line
    floor = max(low, line - _MAX_BLOCK)
    while start > floor:
        above = text.rfind("\n", floor, start - 1) + 1
        if above <= floor - 1 or above >= start or _NAMED.match(text, above, start) is None:
            break
        start = above
    lines: list[tuple[int, int, str]] = []
    while start < len(text):
        end = _line_end(text, start)
        name = _NAMED.match(text, start, end)
        if name is None or start > line + _MAX_BLOCK:
            break
        lines.append((start, end, kind_of(name[1])))
        start = end + 1
    return lines, start


def _of_block(text: str, lines: Sequence[tuple[int, int, str]], alone: set[int]) -> dict[int, Beside]:
    addresses = [row for row, (start, _, kind) in enumerate(lines) if kind == "ip" and start in alone]
    stated = {
        row: times_in(text, start, end) for row, (start, end, kind) in enumerate(lines) if kind == "time"
    }
    ports = [row for row, (_, _, kind) in enumerate(lines) if kind == "port"]
    times = dict(_alternating(addresses, [row for row, found in stated.items() if found]))
    numbers = dict(_alternating(addresses, ports))
    found: dict[int, Beside] = {}
    for row in addresses:
        there = stated.get(times.get(row, -1), [])
        time = there[0] if len(there) == 1 else None
        port = _number(text[slice(*lines[numbers[row]][:2])]) if row in numbers else None
        found[lines[row][0]] = Beside(time, port)
    return found


def _alternating(left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs in order, when the two kinds of lines take turns and partners stand near each other; else none."""
    pairs = list(zip(left, right, strict=False))
    if len(left) != len(right) or any(abs(one - other) > _NEAR for one, other in pairs):
        return []
    turns = [row for pair in pairs for row in (pair if left[0] < right[0] else pair[::-1])]
    return pairs if turns == sorted(turns) else []


def _number(line: str) -> int | None:
    return port_in(line.rpartition(":")[2].rpartition("=")[2].strip())
