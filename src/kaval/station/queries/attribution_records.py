"""What is on record beside reports and answers: the allocation table, the register of providers, requests, looks at
places, second readings.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.interval import Interval
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.facts import GroundFacts, IspFacts, Quirk, SecondReading
from kaval.engine.rules.attribution.request import RequestRow
from kaval.station import models
from kaval.station.queries.asked_rows import asked_rows

Place = tuple[str, str]


def allocation_table() -> AllocationTable:
    """The unit's dated allocation table."""
    return allocations()[0]


def allocations() -> tuple[AllocationTable, list[models.Allocation]]:
    """The table, and its rows in the order of its entries."""
    rows = list(models.Allocation.objects.order_by("cidr", "valid_from", "id"))
    table = AllocationTable.from_rows(
        {
            "cidr": row.cidr,
            "isp_id": row.provider_code,
            "kind": row.kind,
            "routable": "yes" if row.routable else "no",
            "valid_from": row.valid_from.isoformat(),
            "valid_to": row.valid_to.isoformat() if row.valid_to else "",
            "source": row.source,
        }
        for row in rows
    )
    return table, rows


def isp_facts() -> dict[str, IspFacts]:
    """Every provider as the register knows it, with its quirks, by code."""
    rows = models.Provider.objects.prefetch_related("quirks")
    return {
        row.code: IspFacts(
            row.code,
            row.name,
            row.kind,
            row.shares_addresses,
            row.retention_days,
            frozenset(map(int, row.as_numbers)),
            tuple(map(str, row.nat64)),
            tuple(
                Quirk(one.code, one.text, _days(one.valid_from, one.valid_until), one.source)
                for one in sorted(row.quirks.all(), key=lambda one: (one.code, one.valid_from))
            ),
        )
        for row in rows
    }


def requests(subject: UUID | None) -> dict[str, RequestRow]:
    """The rows asked about, by observation, each for the instant its source states; of one subject when it is named."""
    found = {}
    rows = models.RequestRow.objects.select_related("request__provider")
    if subject is not None:
        rows = rows.filter(observation__lead__subject_link__subject=subject)
    for row in rows:
        found[str(row.observation_id)] = next(asked_rows(row))
    return found


def looked() -> dict[Place, models.GroundVerification]:
    """The latest look at every place."""
    rows = models.GroundVerification.objects.select_related("place__provider", "place__station", "by")
    return {
        (row.place.provider.code, row.place.customer_ref): row for row in rows.order_by("verified_at", "id")
    }


def ground(row: models.GroundVerification) -> GroundFacts:
    """A look at a place as the rules see it."""
    return GroundFacts(
        verified_at=row.verified_at,
        verified_by=row.by.number,
        station_id=row.place.station.code,
        unit_found=row.unit_found,
        single_match=row.single_match,
        house_name=row.house_name,
        ward=row.ward,
        door_number=row.door_number,
        occupant_at_event=row.occupant_at_event,
        resident_since=_day(row.resident_since),
        wifi=row.wifi,
        children_seen=row.children_seen,
        resident_until=row.resident_until,
    )


def second_readings(subject: UUID | None) -> dict[str, list[SecondReading]]:
    """What second officers read, by observation; of one subject when it is named."""
    found: dict[str, list[SecondReading]] = defaultdict(list)
    rows = models.SecondReading.objects.select_related("provider", "by").order_by("at", "id")
    if subject is not None:
        rows = rows.filter(observation__lead__subject_link__subject=subject)
    for row in rows:
        found[str(row.observation_id)].append(
            SecondReading(str(row.observation_id), row.provider.code, row.customer_ref, row.by.number)
        )
    return found


def _days(first: date, last: date | None) -> Interval:
    """The days from the first to the last, in India; `last` None: still."""
    end = None if last is None else datetime.combine(last + timedelta(days=1), time(), IST).astimezone(UTC)
    return Interval(datetime.combine(first, time(), IST).astimezone(UTC), end)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
