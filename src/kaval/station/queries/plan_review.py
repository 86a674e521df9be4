"""What the day says of the plan, for the after-action review: as the rows say it, never typed."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from kaval.engine.rules.field.states import BEFORE_THE_DOOR
from kaval.station.models import (
    FieldEvent,
    Officer,
    Operation,
    PlanChange,
    Stop,
)
from kaval.station.queries import scope
from kaval.station.queries.operations import OUT


@dataclass(frozen=True, slots=True)
class WaveTimes:
    """One wave: places, planned and real first and last entry (None: nobody entered), and the median minutes late."""

    wave: int
    places: int
    planned_first: datetime
    planned_last: datetime
    real_first: datetime | None
    real_last: datetime | None
    minutes_late: float | None


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """What the day says of the plan. Real times are those teams stood at the door.

    `spread_minutes`: from the first to the last door of the first wave, planned and real (None: nobody came).
    `not_reached`: numbers of sites in the plan at whose door nobody stood.
    """

    waves: tuple[WaveTimes, ...]
    spread_planned: float
    spread_real: float | None
    latest_planned: datetime | None
    latest_real: datetime | None
    not_reached: tuple[int, ...]
    changes: tuple[tuple[str, int], ...]
    people_moved: int


def review_figures(viewer: Officer, operation: Operation) -> ReviewFigures:
    """The day of an operation beside its plan in force, of sites in the viewer's reach."""
    stops = list(
        Stop.objects.filter(site__in=scope.sites_seen(viewer).filter(operation=operation), order__lt=OUT)
        .exclude(site__state__in=BEFORE_THE_DOOR)
        .order_by("wave", "arrive_at", "site__number")
        .select_related("site")
    )
    events = FieldEvent.objects.filter(operation=operation, kind="at_door").order_by("-at")
    reached = dict(events.values_list("site_id", "at"))
    waves = _waves(stops, reached)
    changes = PlanChange.objects.filter(operation=operation)
    moved = changes.filter(version__isnull=False).values_list("version__people_moved", flat=True)
    first = waves[0] if waves else None
    return ReviewFigures(
        waves,
        _minutes(first.planned_first, first.planned_last) if first else 0.0,
        _minutes(first.real_first, first.real_last)
        if first and first.real_first and first.real_last
        else None,
        max((stop.arrive_at for stop in stops), default=None),
        max((reached[stop.site_id] for stop in stops if stop.site_id in reached), default=None),
        tuple(sorted(stop.site.number for stop in stops if stop.site_id not in reached)),
        tuple(sorted(Counter(changes.order_by("number").values_list("kind", flat=True)).items())),
        sum(moved),
    )


def _waves(stops: Iterable[Stop], reached: dict[uuid.UUID, datetime]) -> tuple[WaveTimes, ...]:
    by_wave: dict[int, list[Stop]] = defaultdict(list)
    for stop in stops:
        by_wave[stop.wave].append(stop)
    found = []
    for wave, mine in sorted(by_wave.items()):
        real = [(stop, reached[stop.site_id]) for stop in mine if stop.site_id in reached]
        found.append(
            WaveTimes(
                wave,
                len(mine),
                min(stop.arrive_at for stop in mine),
                max(stop.arrive_at for stop in mine),
                min((at for _, at in real), default=None),
                max((at for _, at in real), default=None),
                median(_minutes(stop.arrive_at, at) for stop, at in real) if real else None,
            )
        )
    return tuple(found)


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60
