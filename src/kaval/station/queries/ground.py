"""Which places of an officer's own district wait for a look, without the reason and without whom it is about.

The officer who looks is told the address and the days asked about, nothing else: no subject, no customer, no provider
and no report (need to know). A look is good for a fortnight (A-46); after that the place waits again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.attribution.facts import Limits
from kaval.station.models import GroundVerification, Observation, Officer, Outcome, Place
from kaval.station.queries import scope

GOOD_FOR: Final = timedelta(days=Limits().ground_days)
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class ToFind:
    """An address to find: where it is, when somebody looked last, and the days asked about (None: not known)."""

    id: uuid.UUID
    address: str
    locality: str
    pincode: str
    station: str
    station_ml: str
    own_station: bool
    looked_at: datetime | None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """The places of one officer's district: to find, to look at again, and done, with who looked."""

    waiting: tuple[ToFind, ...]
    again: tuple[ToFind, ...]
    done: tuple[tuple[ToFind, str], ...]


def round_of(officer: Officer, *, at: datetime) -> Round:
    """What waits in the officer's district and what was done there; the own station's places first."""
    rows = list(_places(officer).order_by("station__name", "locality", "address", "pk")[: 5 * _SHOWN])
    listed = [(row, _to_find(officer, row)) for row in rows]
    listed.sort(key=lambda one: not one[1].own_station)
    fresh = {row.pk for row, found in listed if found.looked_at and at - found.looked_at <= GOOD_FOR}
    names = _who_looked(officer)
    done = sorted(
        ((found, names.get(row.pk, "")) for row, found in listed if row.pk in fresh),
        key=lambda one: one[0].looked_at or at,
        reverse=True,
    )
    return Round(
        tuple(found for _, found in listed if found.looked_at is None)[:_SHOWN],
        tuple(found for row, found in listed if found.looked_at is not None and row.pk not in fresh)[:_SHOWN],
        tuple(done[:_SHOWN]),
    )


def place_to_find(officer: Officer, place_id: uuid.UUID) -> tuple[Place, ToFind]:
    """One place of the officer's own district with the days asked about.

    Raises:
        NotVisible: it is of another district, or does not wait and never did.
    """
    place = scope.found(_places(officer), place_id)
    days = Observation.objects.filter(
        resolution__state="unique",
        resolution__customer_ref=place.customer_ref,
        provider_code=place.provider.code,
    ).aggregate(first=Min("at"), last=Max("at"))
    return place, _to_find(officer, place, first=days["first"], last=days["last"])


def _places(officer: Officer) -> QuerySet[Place]:
    """Places of the officer's own district that nobody has entered; whoever serves in no district sees none."""
    entered = Outcome.objects.filter(site__place=OuterRef("pk"), entered=True)
    return (
        Place.objects.filter(~Exists(entered), district__isnull=False, district=officer.district_id)
        .select_related("station", "provider")
        .annotate(looked_at=Max("verifications__verified_at"))
    )


def _who_looked(officer: Officer) -> dict[uuid.UUID, str]:
    rows = (
        GroundVerification.objects.filter(place__district=officer.district_id)
        .select_related("by")
        .order_by("verified_at", "pk")
    )
    return {row.place_id: str(row.by) for row in rows}


def _to_find(
    officer: Officer, row: Place, *, first: datetime | None = None, last: datetime | None = None
) -> ToFind:
    looked_at: datetime | None = getattr(row, "looked_at", None)
    return ToFind(
        row.pk,
        row.address,
        row.locality,
        row.pincode,
        row.station.name,
        row.station.name_ml or row.station.name,
        row.station_id == officer.station_id,
        looked_at,
        first.astimezone(IST).date() if first else None,
        last.astimezone(IST).date() if last else None,
    )
