"""The live board: what every site of an operation is doing, and how long ago its team was last heard of."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from kaval.station.models import FieldEvent, Officer
from kaval.station.queries import scope

STATES = ("planned", "en_route", "at_door", "entered", "searching", "done", "withdrawn", "deferred")
OUT_THERE = ("en_route", "at_door", "entered", "searching")
OUTCOMES = (
    "crime_registered",
    "seizure_report",
    "nothing_found",
    "nobody_there",
    "wrong_place",
    "refused",
    "deferred",
    "withdrawn",
)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A site on the board. `team` 0: none. `contact_at` None: nobody was heard of yet."""

    id: uuid.UUID
    number: int
    district: str
    district_ml: str
    district_code: str
    team: int
    order: int
    wave: int
    arrive_at: datetime | None
    locality: str
    state: str
    outcome: str
    contact_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardCounts:
    """How many sites are in each state and ended in each outcome; the states add up to `total`."""

    total: int
    states: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]

    @property
    def accounted(self) -> int:
        """Sites with nothing left to do: done, withdrawn or deferred."""
        return sum(number for state, number in self.states if state in ("done", "withdrawn", "deferred"))


def board_rows(
    viewer: Officer, operation_id: uuid.UUID, *, district: uuid.UUID | None = None
) -> tuple[BoardRow, ...]:
    """Every site in reach of an operation, by district, team and stop; empty when the operation is out of reach."""
    rows = scope.sites_seen(viewer).filter(operation_id=operation_id)
    if district is not None:
        rows = rows.filter(district_id=district)
    last = (
        FieldEvent.objects.filter(site=OuterRef("pk"))
        .order_by()
        .values("site")
        .annotate(last=Max("at"))
        .values("last")
    )
    found = (
        rows.annotate(contact=Coalesce(Subquery(last), "outcome__at"))
        .order_by("district__name", "stop__team__number", "stop__order", "number")
        .values_list(
            "pk",
            "number",
            "district__name",
            "district__name_ml",
            "district__code",
            "stop__team__number",
            "stop__order",
            "stop__wave",
            "stop__arrive_at",
            "place__locality",
            "state",
            "outcome__code",
            "contact",
        )
    )
    return tuple(
        BoardRow(
            *row[:5], row[5] or 0, row[6] or 0, row[7] or 0, row[8], row[9], row[10], row[11] or "", row[12]
        )
        for row in found
    )


def board_counts(rows: Iterable[BoardRow]) -> BoardCounts:
    """The counts of these rows, in the order of a site's day; states nobody is in are counted as 0."""
    listed = list(rows)
    states = Counter(row.state for row in listed)
    outcomes = Counter(row.outcome for row in listed if row.outcome)
    return BoardCounts(
        len(listed),
        tuple((state, states[state]) for state in (*STATES, *sorted(set(states) - set(STATES)))),
        tuple(
            (code, outcomes[code])
            for code in (*OUTCOMES, *sorted(set(outcomes) - set(OUTCOMES)))
            if outcomes[code]
        ),
    )
