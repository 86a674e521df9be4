"""Where a place of ours and an event of another unit meet, by time and place or by identity: a pointer, never a matter.

Nothing here knows names or numbers: identities are keyed digests, and what comes out says only which two meet and
why. Practice: RISSafe, SAFETNet and Case Explorer match time, place and subject and tell whom to ring (peers.md
section 6); check A-50 of the law note asks the same before a door is opened.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kaval.engine.kernel.geometry import distance_km

PLACE: Final = "place"
IDENTITY: Final = "identity"
MARGIN: Final = timedelta(hours=24)
_KM_PER_DEGREE: Final = 111.0  # of latitude, a little less than it is anywhere


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody's business at a time: a place to search, or another unit's event.

    `from_at` to `to_at` UTC, both included. `latitude`, `longitude` WGS84 degrees, None: known by identity only.
    `radius_m`: how far around it reaches. `identity`: keyed digests of identifiers, comparable under one key only.
    """

    reference: str
    from_at: datetime
    to_at: datetime
    latitude: float | None = None
    longitude: float | None = None
    radius_m: int = 0
    identity: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Pointer:
    """Place `site_id` and event `event` meet; `why`: place (then times meet too) or identity (whatever the time)."""

    site_id: str
    event: str
    why: str


def pointers(
    sites: Iterable[Presence], events: Iterable[Presence], *, margin: timedelta = MARGIN
) -> tuple[Pointer, ...]:
    """Every place and event that meet, sorted; one pointer for each reason.

    By place: no further apart than both radii together, and no more than `margin` lies between the times. By
    identity: a digest in common. Asked the other way round the same pairs come out.
    """
    given = sorted(events, key=lambda one: one.reference)
    named: dict[str, set[str]] = defaultdict(set)
    for event in given:
        for key in event.identity:
            named[key].add(event.reference)
    found = set()
    for site in sites:
        found |= {Pointer(site.reference, event, IDENTITY) for key in site.identity for event in named[key]}
        found |= {
            Pointer(site.reference, event.reference, PLACE)
            for event in given
            if _same_time(site, event, margin) and _same_place(site, event)
        }
    return tuple(sorted(found))


def agreed_digest(kind: str, value: str, *, key: bytes) -> str:
    """The digest of an identifier in normal form under a key two units agreed on: HMAC-SHA-256, hexadecimal.

    Without the key it says nothing; under another key it equals nothing. Source: RFC 2104, FIPS 198-1.
    """
    return hmac.new(key, f"{kind}\x1f{value}".encode(), "sha256").hexdigest()


def too_wide(asked: Sequence[Presence], *, radius_m: int, days: int) -> str:
    """The reference of the first presence that would be a search and no question: wider or longer than allowed.

    Empty: none. A unit that may ask for a whole district or year learns where ours are from the answers alone.
    """
    longest = timedelta(days=days)
    return next(
        (one.reference for one in asked if one.radius_m > radius_m or one.to_at - one.from_at > longest), ""
    )


def _same_time(one: Presence, other: Presence, margin: timedelta) -> bool:
    return one.from_at <= other.to_at + margin and other.from_at <= one.to_at + margin


def _same_place(one: Presence, other: Presence) -> bool:
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return False
    reach_km = (one.radius_m + other.radius_m) / 1000
    if abs(one.latitude - other.latitude) * _KM_PER_DEGREE > reach_km + 1e-9:
        return False
    return distance_km((one.longitude, one.latitude), (other.longitude, other.latitude)) <= reach_km
