"""The lines of a drawing of connections: where they run, and their words where there is room.

A line over several columns passes level between the boxes there. Lengths are CSS pixels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kaval.engine.rules.linking.lettering import fitted, text_width

WORD_LETTERS: Final = 12.0
# From where to where a line passes a column, and at which height.
Level = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Tie:
    """Two things that have to do with each other, and how, in words. `dashed`: it proves nothing about persons."""

    a: str
    b: str
    words: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A thing or several in one. `key` is that of its first member; `text` is cut to fit; `near` are keys of boxes."""

    key: str
    kind: str
    column: int
    members: tuple[str, ...]
    text: str
    x: float
    y: float
    width: float
    height: float
    near: tuple[str, ...]
    container: bool


@dataclass(frozen=True, slots=True)
class Label:
    """Words on a line, their middle, and the room they take."""

    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two boxes as SVG path data; `words` each once. `label` None: no room for words without overlap."""

    a: str
    b: str
    words: tuple[str, ...]
    dashed: bool
    path: str
    label: Label | None


def drawn_lines(
    ties: Iterable[Tie],
    stands_for: Mapping[str, str],
    boxes: Mapping[str, Box],
    *,
    levels: Mapping[tuple[str, str], Sequence[Level]],
    gap: float,
    with_words: bool,
) -> tuple[Line, ...]:
    """The lines between boxes, one for all ties between the same two; with words where they touch nothing."""
    words: dict[tuple[str, str], set[str]] = defaultdict(set)
    plain: set[tuple[str, str]] = set()
    for tie in ties:
        left, right = sorted(
            (stands_for[tie.a], stands_for[tie.b]), key=lambda key: (boxes[key].x, boxes[key].y, key)
        )
        words[left, right].add(tie.words)
        if not tie.dashed:
            plain.add((left, right))
    taken: list[Box | Label] = list(boxes.values())
    found = []
    for pair, said in sorted(words.items()):
        curves = _curves(boxes[pair[0]], boxes[pair[1]], levels.get(pair, ()), gap=gap)
        label = _label(min(said), curves[0], gap=gap, taken=taken) if with_words else None
        if label is not None:
            taken.append(label)
        found.append(Line(*pair, tuple(sorted(said)), pair not in plain, _path(curves), label))
    return tuple(found)


_Curve = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


def _curves(left: Box, right: Box, levels: Iterable[Level], *, gap: float) -> list[_Curve]:
    """From the right side of one box to the left side of the other; within a column around the right side.

    Over other columns level, between the boxes: one curve ends where the next begins, or a straight line joins them.
    """
    start, end = (left.x + left.width, left.y + left.height / 2), (right.x, right.y + right.height / 2)
    if left.column == right.column:
        end, bend = (right.x + right.width, end[1]), gap * 0.7
        return [(start, (start[0] + bend, start[1]), (end[0] + bend, end[1]), end)]
    found = []
    for x, far, y in levels:
        found.append(_between(start, (x, y)))
        start = (far, y)
    return [*found, _between(start, end)]


def _between(start: tuple[float, float], end: tuple[float, float]) -> _Curve:
    bend = (end[0] - start[0]) / 2
    return start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end


def _label(words: str, curve: _Curve, *, gap: float, taken: Iterable[Box | Label]) -> Label | None:
    """The words on the first place of the line where they touch nothing."""
    text = fitted(words, gap - 12, WORD_LETTERS)
    width, height = text_width(text, WORD_LETTERS) + 6, WORD_LETTERS + 6
    for part in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74):
        x, y = _point(curve, part)
        label = Label(text, round(x, 1), round(y, 1), round(width, 1), height)
        if not any(meets(label, other) for other in taken):
            return label
    return None


def meets(one: Box | Label, other: Box | Label) -> bool:
    """True when the two rooms share a point inside."""
    (a, b, c, d), (e, f, g, h) = _room(one), _room(other)
    return a < g and e < c and b < h and f < d


def _room(one: Box | Label) -> tuple[float, float, float, float]:
    if isinstance(one, Box):
        return one.x, one.y, one.x + one.width, one.y + one.height
    return one.x - one.width / 2, one.y - one.height / 2, one.x + one.width / 2, one.y + one.height / 2


def _point(curve: _Curve, part: float) -> tuple[float, float]:
    points: list[tuple[float, float]] = list(curve)
    while len(points) > 1:
        points = [(a + (c - a) * part, b + (d - b) * part) for (a, b), (c, d) in pairwise(points)]
    return points[0]


def _path(curves: Iterable[_Curve]) -> str:
    parts: list[str] = []
    for curve in curves:
        start, *rest = (f"{x:.1f},{y:.1f}" for x, y in curve)
        parts.append(f"{'L' if parts else 'M'}{start}C" + " ".join(rest))
    return "".join(parts)
