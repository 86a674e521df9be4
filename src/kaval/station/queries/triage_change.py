"""What a what-if of the weights compares: the subjects of the last weeks and what is known to have come of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kaval.engine.rules import triage
from kaval.station.models import Officer, Outcome
from kaval.station.queries import scope

AT_MOST: Final = 1500
"""Subjects compared at once; of more, so many are drawn by lot."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Subjects by identifier, with their numbers. `of`: how many there were to draw from."""

    numbers: Mapping[uuid.UUID, str]
    of: int


def subjects_of_time(viewer: Officer, *, since: datetime, until: datetime) -> Compared:
    """The subjects with a report in this time, at most `AT_MOST` of them: the same lot for the same days."""
    rows = scope.subjects_seen(viewer).filter(
        assessed_at__isnull=False, last_seen_at__gte=since, last_seen_at__lte=until
    )
    found: dict[uuid.UUID, str] = dict(rows.order_by("number").values_list("pk", "number"))
    if len(found) <= AT_MOST:
        return Compared(found, len(found))
    drawn = set(triage.draw_sample(found.values(), draw=f"what-if {since.date()}", size=AT_MOST))
    return Compared({pk: number for pk, number in found.items() if number in drawn}, len(found))


def outcomes_known(viewer: Officer, subjects: Sequence[uuid.UUID]) -> dict[str, str]:
    """What came of the subjects at whose place a team was, by number; the last one where there were several."""
    sites = scope.sites_seen(viewer).filter(attribution__subject__in=subjects)
    rows = Outcome.objects.filter(site__in=sites).order_by("at", "pk")
    return dict(rows.values_list("site__attribution__subject__number", "code"))
