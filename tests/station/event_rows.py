"""What tests of other units' events are made of, and what `test_acts` calls those acts with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kaval.cli.play.chain import Play
from kaval.engine.formats.planning.events import ToldEvent
from kaval.station.models import Site, UnitEvent

HEADER = "reference,unit,contact,from_at,to_at,latitude,longitude,radius_m,identity_keys"

START = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
# By annotation, for `_PLAIN` of test_acts.
PLAIN: dict[str, Any] = {
    "ToldEvent": ToldEvent(
        "M-1", "Unit North", "duty desk", START, START + timedelta(hours=2), 9.5, 76.4, 200
    ),
    "UnitEvent": UnitEvent(id=UUID(int=7), unit="Unit North", reference="M-1"),
}


def first_site(play: Play) -> Site:
    """The site of the lowest number."""
    return (
        Site.objects.select_related("place", "operation", "attribution")
        .filter(operation=play.operation)
        .exclude(state__in=("withdrawn", "deferred"))
        .earliest("number")
    )


def at_site(site: Site, *, reference: str = "M-17", unit: str = "Unit North", **changes: Any) -> ToldEvent:
    """An event at the door of a site in the first hours of the operation's day."""
    start = site.operation.first_entry_at
    facts: dict[str, Any] = {
        "from_at": start,
        "to_at": start + timedelta(hours=2),
        "latitude": site.place.latitude,
        "longitude": site.place.longitude,
        "radius_m": 200,
        **changes,
    }
    return ToldEvent(reference, unit, "duty desk, 0000 000001", **facts)


def table(*rows: str) -> bytes:
    """A table of events as another unit sends it."""
    return "\n".join((HEADER, *rows, "")).encode()
