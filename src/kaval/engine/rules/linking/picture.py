"""Where the things about a subject stand in a drawing, so that it stays readable at 200 of them.

Columns by kind, rows of one height: no two boxes meet, every label fits its box at a fixed letter size. Things of one
kind that hang on the same others become one box ("23 reports") that can be opened. The same things give the same
drawing, in whatever order they come. Lengths are CSS pixels, x to the right, y downwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Final

from kaval.engine.rules.linking.lettering import fitted, text_width
from kaval.engine.rules.linking.lines import Box, Line, Tie, drawn_lines

HEIGHT: Final = 30.0
PITCH: Final = 40.0
_EDGE: Final = 12.0
_PADDING: Final = 10.0
_NARROWEST: Final = 84.0
# The fewer columns, the wider one may be: about a thousand pixels in all.
_WIDEST: Final = {1: 480.0, 2: 360.0, 3: 300.0, 4: 270.0, 5: 216.0}
_WIDEST_OF_MANY: Final = 190.0
_FEWEST: Final = 3
_SWEEPS: Final = 8
_CROWDED: Final = 60


@dataclass(frozen=True, slots=True)
class Thing:
    """A report, an identifier, a place. Columns count from the left. A `container` holds many people."""

    key: str
    column: int
    kind: str
    text: str
    container: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing. `columns` are number, left edge and width of the columns that hold anything."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    columns: tuple[tuple[int, float, float], ...]


Naming = Callable[[str, int], str]
_Near = Mapping[str, Collection[str]]


def collapsed(
    things: Sequence[Thing], ties: Iterable[Tie], *, opened: Collection[str] = ()
) -> tuple[tuple[str, ...], ...]:
    """The things, those of one kind with the same neighbours together (three or more), in the order given.

    An address that only one report names does not keep that report apart; in a crowd (more than 60 boxes) nothing does
    that only one names. A group that holds an `opened` key as its first member stands as single things; `opened` with
    `*` opens all.
    """
    near = _near(things, [(tie.a, tie.b) for tie in ties])
    if "*" in opened:
        return tuple((thing.key,) for thing in things)
    alone: set[str] = set()
    crowd = len(_settled(things, near, alone, fold=False)) > _CROWDED
    while True:
        groups = _settled(things, near, alone, fold=crowd)
        newly = {key for group in groups if len(group) > 1 and group[0] in opened for key in group}
        if not newly:
            return groups
        alone |= newly


def lay_out(
    things: Iterable[Thing],
    ties: Iterable[Tie],
    *,
    name: Naming,
    opened: Collection[str] = (),
    gap: float = 56.0,
    with_words: bool = False,
    narrowest: Mapping[int, float] | None = None,
) -> Picture:
    """The drawing; `name` gives the text of several things of a kind. Ties to things not there are left out.

    `narrowest`: how wide a column is at least, for its heading. `gap` lies between columns.
    """
    ordered = sorted(
        {thing.key: thing for thing in things}.values(), key=lambda one: (one.column, one.text, one.key)
    )
    known = {thing.key: thing for thing in ordered}
    kept = sorted(
        {tie for tie in ties if tie.a in known and tie.b in known and tie.a != tie.b},
        key=lambda tie: (tie.a, tie.b, tie.words),
    )
    groups = collapsed(ordered, kept, opened=opened)
    stands_for = {key: group[0] for group in groups for key in group}
    near = _near(
        [known[group[0]] for group in groups], [(stands_for[tie.a], stands_for[tie.b]) for tie in kept]
    )
    texts = {
        group[0]: known[group[0]].text if len(group) == 1 else name(known[group[0]].kind, len(group))
        for group in groups
    }
    column_of = {group[0]: known[group[0]].column for group in groups}
    ways = _ways(column_of, near)
    rows, heights = _stood(column_of, near, ways)
    columns = _columns(rows, texts, gap=gap, narrowest=narrowest)
    members = {group[0]: group for group in groups}
    boxes = {
        key: _box(known[key], members[key], texts[key], column=place, y=heights[key], near=near[key])
        for place in columns
        for key in rows[place[0]]
        if key in texts
    }
    room = {number: (x, x + width) for number, x, width in columns}
    levels = {
        pair: tuple((*room[column], heights[key] + HEIGHT / 2) for column, key in way)
        for pair, way in ways.items()
    }
    lines = drawn_lines(kept, stands_for, boxes, levels=levels, gap=gap, with_words=with_words)
    right = max((x + width for _, x, width in columns), default=0.0)
    bottom = max((top + HEIGHT for top in heights.values()), default=0.0)
    return Picture(right + _EDGE, bottom + _EDGE, tuple(boxes.values()), lines, columns)


def _settled(
    things: Sequence[Thing], near: _Near, alone: Collection[str], *, fold: bool
) -> tuple[tuple[str, ...], ...]:
    """Groups that no round changes any more; each round may only join, so it ends."""
    stands_for = {thing.key: thing.key for thing in things}
    by_key = {thing.key: thing for thing in things}
    while True:
        found: dict[tuple[str, int, bool, frozenset[str]], list[str]] = defaultdict(list)
        for thing in things:
            if thing.key in alone:
                continue
            around = frozenset(
                stands_for[key]
                for key in near[thing.key]
                if thing.container or len(near[key]) > 1 or not (fold or by_key[key].container)
            )
            # What many name stays apart from what one names, though both now hang on the same box.
            found[thing.kind, thing.column, len(near[thing.key]) > 1, around].append(thing.key)
        joined = {thing.key: thing.key for thing in things}
        joined |= {key: keys[0] for keys in found.values() if len(keys) >= _FEWEST for key in keys}
        if joined == stands_for or len(set(joined.values())) >= len(set(stands_for.values())):
            break
        stands_for = joined
    groups: dict[str, list[str]] = defaultdict(list)
    for thing in things:
        groups[stands_for[thing.key]].append(thing.key)
    return tuple(tuple(group) for group in groups.values())


def _near(things: Iterable[Thing], pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    near: dict[str, set[str]] = {thing.key: set() for thing in things}
    for a, b in pairs:
        if a != b:
            near[a].add(b)
            near[b].add(a)
    return near


_Ways = Mapping[tuple[str, str], tuple[tuple[int, str], ...]]


def _ways(column_of: Mapping[str, int], near: _Near) -> _Ways:
    """Where lines that reach over columns pass between the boxes there: a row of their own, as column and key.

    Lines to one box share it; behind a box, a line would look as if it began there.
    """
    used = sorted(set(column_of.values()))
    between = {
        (a, b): [column for column in used if column_of[a] < column < column_of[b]]
        for a in sorted(near)
        for b in sorted(near[a])
        if column_of[a] < column_of[b]
    }
    long = {pair: columns for pair, columns in between.items() if columns}
    reach: dict[str, int] = defaultdict(int)
    for pair in long:
        for key in pair:
            reach[key] += 1
    return {
        (a, b): tuple((column, f"~{b if reach[b] >= reach[a] else a}~{column}") for column in columns)
        for (a, b), columns in long.items()
    }


def _stood(
    column_of: Mapping[str, int], near: _Near, ways: _Ways
) -> tuple[dict[int, list[str]], dict[str, float]]:
    """The rows of every column, ways between boxes among them, and the upper edge of every row."""
    column_of = dict(column_of) | {key: column for way in ways.values() for column, key in way}
    pairs = {(a, b) for a in near for b in near[a] if (a, b) not in ways and (b, a) not in ways}
    for (a, b), way in ways.items():
        pairs |= set(pairwise([a, *(key for _, key in way), b]))
    beside: dict[str, set[str]] = {key: set() for key in column_of}
    for a, b in pairs:
        beside[a].add(b)
        beside[b].add(a)
    rows = _rows(column_of, beside)
    return rows, _heights(rows, beside)


def _rows(column_of: Mapping[str, int], near: _Near) -> dict[int, list[str]]:
    """The keys of each column from the top: each near the middle of what it hangs on, so that lines cross less."""
    rows: dict[int, list[str]] = defaultdict(list)
    for key, column in column_of.items():
        rows[column].append(key)
    place = {key: (at + 0.5) / len(keys) for keys in rows.values() for at, key in enumerate(keys)}
    for sweep in range(_SWEEPS):
        for column in sorted(rows, reverse=bool(sweep % 2)):
            middle = {
                key: _mean([place[one] for one in sorted(near[key]) if column_of[one] != column], place[key])
                for key in rows[column]
            }
            rows[column].sort(key=lambda key: (middle[key], place[key]))
            place |= {key: (at + 0.5) / len(rows[column]) for at, key in enumerate(rows[column])}
    return dict(sorted(rows.items()))


def _heights(rows: Mapping[int, Sequence[str]], near: _Near) -> dict[str, float]:
    """The upper edge of every box: the longest column is full, the others stand beside what they hang on."""
    if not rows:
        return {}
    longest = max(rows, key=lambda column: (len(rows[column]), -column))
    top: dict[str, float] = {}
    for column in sorted(rows, key=lambda column: (abs(column - longest), column)):
        keys, free = rows[column], (len(rows[longest]) - len(rows[column])) * PITCH
        wished = [
            _mean([top[one] for one in sorted(near[key]) if one in top], free / 2 + at * PITCH) - at * PITCH
            for at, key in enumerate(keys)
        ]
        for at, (key, offset) in enumerate(zip(keys, _rising(wished), strict=True)):
            top[key] = _EDGE + min(max(offset - _EDGE, 0.0), free) + at * PITCH
    return top


def _rising(wished: Iterable[float]) -> list[float]:
    """The nearest numbers (least squares) that never fall: neighbours that disagree meet in the middle."""
    blocks: list[tuple[float, int]] = []
    for wish in wished:
        mean, count = wish, 1
        while blocks and blocks[-1][0] > mean:
            before, size = blocks.pop()
            mean, count = (mean * count + before * size) / (count + size), count + size
        blocks.append((mean, count))
    return [mean for mean, count in blocks for _ in range(count)]


def _columns(
    rows: Mapping[int, Sequence[str]],
    texts: Mapping[str, str],
    *,
    gap: float,
    narrowest: Mapping[int, float] | None,
) -> tuple[tuple[int, float, float], ...]:
    found, x, most = [], _EDGE, _WIDEST.get(len(rows), _WIDEST_OF_MANY)
    for column, keys in rows.items():
        widest = max(text_width(texts[key]) for key in keys if key in texts) + 2 * _PADDING
        least = max(_NARROWEST, (narrowest or {}).get(column, 0.0))
        width = float(ceil(max(min(widest, most), least)))
        found.append((column, round(x, 1), width))
        x += width + gap
    return tuple(found)


def _box(
    thing: Thing,
    members: tuple[str, ...],
    text: str,
    *,
    column: tuple[int, float, float],
    y: float,
    near: Collection[str],
) -> Box:
    _, x, width = column
    cut = fitted(text, width - 2 * _PADDING)
    return Box(
        thing.key, thing.kind, thing.column, members, cut, x, round(y, 1), width, HEIGHT,
        tuple(sorted(near)), thing.container,
    )  # fmt: skip


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise
