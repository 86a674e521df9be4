"""The plan as a picture: bars on lanes of time in percent of the lane, and routes on the drawn map.

Percent, so that one drawing fits a wall and a phone; attributes, because the console's policy allows no style in a
page.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.sun import sunrise
from kaval.station.queries.map import DistrictShape, SiteOnMap
from kaval.station.queries.planning_board import Bar, Lane, Mark, PlanBoard
from kaval.station.views.drawing import Drawing, DrawnSite, draw_map

_STEP = timedelta(minutes=30)
# Where a wave's colours end; later waves share the last.
LAST_COLOUR = 4
# Marks hold the number of the wave: larger than on the map of states.
_NUMBERED = 1.8


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A stay: where it begins on its lane and how long it is; `colour` is the wave, as far as there are colours."""

    bar: Bar
    x: str
    width: str
    colour: int
    label: str


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A team's lane: its stays, and the ways between them as (x1, x2)."""

    lane: Lane
    leader: str
    bars: tuple[DrawnBar, ...]
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shade:
    """From the first to the last entry of a wave."""

    colour: int
    number: int
    x: str
    width: str
    first_at: datetime
    last_at: datetime
    places: int


@dataclass(frozen=True, slots=True)
class Gantt:
    """All lanes on one scale. `sunrise_at` is the latest sunrise of the places shown; None: the sun does not rise."""

    lanes: tuple[DrawnLane, ...]
    ticks: tuple[tuple[str, str], ...]
    shades: tuple[Shade, ...]
    first_x: str
    sunrise_x: str
    sunrise_at: datetime | None


@dataclass(frozen=True, slots=True)
class Route:
    """A team's way on the map; `colour` tells neighbours apart and means nothing else."""

    team: uuid.UUID
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class PlanMap:
    """The map: what lies where, and the ways of the teams whose lanes are shown. `mark` is the side of a mark."""

    drawing: Drawing
    mark: str
    sites: tuple[tuple[DrawnSite, Mark, int], ...]
    bases: tuple[DrawnSite, ...]
    routes: tuple[Route, ...]


def draw_gantt(board: PlanBoard, words: Mapping[str, str]) -> Gantt | None:
    """The lanes of a board; None when no lane is shown or no lane has a stop."""
    bars = [bar for lane in board.lanes for bar in lane.bars]
    if not bars:
        return None
    rise = _latest_sunrise(bars)
    opens = [board.operation.first_entry_at, min(bar.arrive_at for bar in bars)]
    start = _floor(min([*opens, rise] if rise else opens))
    scale = _Scale(start, max(bar.leave_at for bar in bars))
    return Gantt(
        tuple(_lane(lane, scale, words) for lane in board.lanes),
        scale.ticks(),
        tuple(_shades(bars, scale)),
        scale.x(board.operation.first_entry_at),
        scale.x(rise) if rise else "",
        rise,
    )


def draw_plan(board: PlanBoard, shapes: Sequence[DistrictShape]) -> PlanMap | None:
    """The map of a board; None when nothing has a position."""
    operation = board.operation.pk
    places = [
        SiteOnMap(
            mark.id, operation, mark.number, mark.district, mark.district_id, mark.locality, mark.longitude,
            mark.latitude, mark.state, "", 0,
        )
        for mark in board.marks
    ]  # fmt: skip
    bases = {
        lane.base: SiteOnMap(
            lane.id, operation, 0, "", lane.district_id, lane.base[0], *lane.base[1:], "", "", 0
        )
        for lane in board.lanes
        if lane.base
    }
    drawing = draw_map(shapes, [*places, *bases.values()])
    if drawing is None:
        return None
    mark = float(drawing.mark) * _NUMBERED
    drawn = {one.site.id: _larger(one, mark) for one in drawing.sites}
    return PlanMap(
        drawing,
        f"{mark:.1f}",
        tuple(
            (drawn[mark.id], mark, -1 if mark.wave is None else min(mark.wave, LAST_COLOUR))
            for mark in board.marks
        ),
        tuple(drawn[one.id] for one in bases.values()),
        tuple(_routes(board.lanes, drawn, {base: one.id for base, one in bases.items()})),
    )


def _larger(one: DrawnSite, mark: float) -> DrawnSite:
    return replace(one, left=f"{float(one.x) - mark / 2:.1f}", top=f"{float(one.y) - mark / 2:.1f}")


@dataclass(frozen=True, slots=True)
class _Scale:
    """Time to percent between two instants, the last rounded up to the half hour."""

    start: datetime
    end: datetime

    @property
    def span(self) -> timedelta:
        return max(ceil((self.end - self.start) / _STEP), 2) * _STEP

    def percent(self, length: timedelta) -> str:
        return f"{100 * (length / self.span):.3f}%"

    def x(self, at: datetime) -> str:
        return self.percent(at - self.start)

    def ticks(self) -> tuple[tuple[str, str], ...]:
        """Whole hours, every second one when there are many."""
        first = self.start.astimezone(IST).replace(minute=0) + timedelta(hours=1)
        hours = [first + timedelta(hours=n) for n in range(int(self.span / timedelta(hours=1)) + 1)]
        shown = [hour for hour in hours if hour - self.start <= self.span * 0.97]
        every = 1 if len(shown) <= 8 else 2
        return tuple((self.x(hour), hour.strftime("%H:%M")) for hour in shown[::every])


def _floor(at: datetime) -> datetime:
    return at - timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)


def _latest_sunrise(bars: Iterable[Bar]) -> datetime | None:
    rises = [sunrise(bar.latitude, bar.longitude, bar.arrive_at.astimezone(IST).date()) for bar in bars]
    return max((rise for rise in rises if rise is not None), default=None)


def _lane(lane: Lane, scale: _Scale, words: Mapping[str, str]) -> DrawnLane:
    pairs = zip(lane.bars, lane.bars[1:], strict=False)
    return DrawnLane(
        lane,
        next((name for role, name in lane.members if role == "leader"), ""),
        tuple(
            DrawnBar(
                bar,
                scale.x(bar.arrive_at),
                scale.percent(bar.leave_at - bar.arrive_at),
                min(bar.wave, LAST_COLOUR),
                _bar_label(bar, lane, words),
            )
            for bar in lane.bars
        ),
        tuple((scale.x(one.leave_at), scale.x(other.arrive_at)) for one, other in pairs),
    )


def _bar_label(bar: Bar, lane: Lane, words: Mapping[str, str]) -> str:
    parts = [
        f"{words['site']} {bar.number}, {bar.address + ', ' if bar.address else ''}{bar.locality}",
        f"{words['team']} {lane.label}, {words['stop']} {bar.order}",
        f"{bar.arrive_at.astimezone(IST):%H:%M}–{bar.leave_at.astimezone(IST):%H:%M}",
    ]
    if bar.together:
        parts.append(f"{words['together']} {', '.join(map(str, bar.together))}")
    if bar.children:
        parts.append(words["children"])
    return " · ".join(parts)


def _shades(bars: Sequence[Bar], scale: _Scale) -> Iterable[Shade]:
    for wave in sorted({bar.wave for bar in bars}):
        entries = [bar.arrive_at for bar in bars if bar.wave == wave]
        first, last = min(entries), max(entries)
        width = scale.percent(max(last - first, timedelta(minutes=4)))
        yield Shade(min(wave, LAST_COLOUR), wave + 1, scale.x(first), width, first, last, len(entries))


def _routes(
    lanes: Iterable[Lane],
    drawn: Mapping[uuid.UUID, DrawnSite],
    bases: Mapping[tuple[str, float, float], uuid.UUID],
) -> Iterable[Route]:
    for lane in lanes:
        ids = ([bases[lane.base]] if lane.base else []) + [bar.site_id for bar in lane.bars]
        if len(ids) > 1:
            path = "L".join(f"{drawn[one].x},{drawn[one].y}" for one in ids)
            yield Route(lane.id, lane.label, f"M{path}")
