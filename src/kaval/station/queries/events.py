"""Other units' events, and where they meet ours: a site's number, whom to ring and under which reference, no more.

What is open is worked out from what stands now (events, stop times, identifiers), never from what somebody computed
before: a new event or an earlier stop is open at once, also for the freeze (G-DECON).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from kaval.engine.kernel import identifier as identifiers
from kaval.engine.rules.planning.deconflict import MARGIN, Pointer, Presence, pointers
from kaval.station.ids import derive_text
from kaval.station.models import EventPointer, LeadIdentifier, Officer, Operation, Site, UnitEvent
from kaval.station.queries import scope
from kaval.station.queries.operations import operation_seen
from kaval.station.queries.paging import Page, page_of

# How far around an own site another unit's business counts as near, beside the radius that unit gave.
OWN_RADIUS_M: Final = 100
ANSWERED: Final = ("draft", "approved", "frozen", "live")
_GONE: Final = ("withdrawn", "deferred")
Digest = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class OpenPointer:
    """A site and an event that meet, not cleared since the event was told. `id` names it in `clear_pointer`."""

    id: uuid.UUID
    site_id: uuid.UUID
    site: int
    why: str
    event_id: uuid.UUID
    reference: str
    unit: str
    contact: str


@dataclass(frozen=True, slots=True)
class EventsSheet:
    """The page of one operation: what is open, what was cleared, and the events other units told of."""

    operation: Operation
    open: tuple[OpenPointer, ...]
    cleared: tuple[EventPointer, ...]
    events: Page[UnitEvent]


def identity_key(kind: str, value: str) -> str:
    """The keyed digest of an identifier in normal form, as events are held: without the station's key it says
    nothing."""
    return derive_text("event identity", kind, value)


def pointer_id(pointer: Pointer) -> uuid.UUID:
    """The identifier of the row of a pointer, whether it is written yet or not."""
    return uuid.UUID(derive_text("event pointer", pointer.site_id, pointer.event, pointer.why))


def open_pointers(operation: Operation) -> tuple[OpenPointer, ...]:
    """Where an operation meets other units' events and nobody has cleared it: empty, or the plan is not frozen.

    A clearance holds for the event as it was told then; told anew, it is open again.
    """
    met = meeting(operation)
    events = UnitEvent.objects.in_bulk({uuid.UUID(one.event) for one in met})
    numbers = dict(operation.sites.values_list("pk", "number"))
    rows = EventPointer.objects.filter(operation=operation).values_list("pk", "cleared_at")
    cleared = {key: at for key, at in rows if at is not None}
    found = []
    for one in met:
        event, key = events[uuid.UUID(one.event)], pointer_id(one)
        if key in cleared and cleared[key] >= event.at:
            continue
        site = uuid.UUID(one.site_id)
        found.append(
            OpenPointer(
                key, site, numbers[site], one.why, event.pk, event.reference, event.unit, event.contact
            )
        )
    return tuple(sorted(found, key=lambda each: (each.site, each.unit, each.reference, each.why)))


def open_pointers_seen(viewer: Officer, operation: Operation) -> tuple[OpenPointer, ...]:
    """The open pointers at sites in the viewer's reach."""
    reach = set(scope.sites_seen(viewer).filter(operation=operation).values_list("pk", flat=True))
    return tuple(one for one in open_pointers(operation) if one.site_id in reach)


def meeting(operation: Operation) -> tuple[Pointer, ...]:
    """Every site of the operation and event that meet now, by their ids, cleared or not."""
    events = [_presence(event) for event in UnitEvent.objects.filter(withdrawn_at=None).order_by("pk")]
    return pointers(presences([operation], identity_key), events, margin=MARGIN) if events else ()


def meeting_question(asked: Presence, digest: Digest) -> tuple[Operation, ...]:
    """The operations with a site that a question of another unit meets, by their codes.

    `digest` is the one the question's identities were made with.
    """
    ours = list(Operation.objects.filter(state__in=ANSWERED).order_by("code"))
    met = {one.site_id for one in pointers(presences(ours, digest), [asked], margin=MARGIN)}
    owners = set(Site.objects.filter(pk__in=met).values_list("operation_id", flat=True))
    return tuple(one for one in ours if one.pk in owners)


def presences(operations: Iterable[Operation], digest: Digest) -> list[Presence]:
    """The sites of operations that are still to be searched: when, where, and the identifiers of their subjects.

    When: the stop where a plan is in force, else from the first entry to the end of the day.
    """
    rows = list(
        Site.objects.filter(operation__in=operations)
        .exclude(state__in=_GONE)
        .select_related("operation", "place", "stop", "attribution")
        .order_by("operation__code", "number")
    )
    named = _identities({site.attribution.subject_id for site in rows}, digest)
    found = []
    for site in rows:
        stop, operation = getattr(site, "stop", None), site.operation
        found.append(
            Presence(
                str(site.pk),
                operation.first_entry_at if stop is None else stop.arrive_at,
                operation.day_end_at if stop is None else stop.leave_at,
                site.place.latitude,
                site.place.longitude,
                OWN_RADIUS_M,
                frozenset(named[site.attribution.subject_id]),
            )
        )
    return found


def events_sheet(viewer: Officer, operation_id: uuid.UUID, *, page: int = 1) -> EventsSheet:
    """Everything the page of an operation's events shows, of sites in the viewer's reach.

    Raises:
        NotVisible: no such operation in reach.
    """
    operation = operation_seen(viewer, operation_id)
    reach = scope.sites_seen(viewer).filter(operation=operation)
    cleared = EventPointer.objects.filter(operation=operation, site__in=reach).exclude(cleared_at=None)
    return EventsSheet(
        operation,
        open_pointers_seen(viewer, operation),
        tuple(cleared.select_related("site", "event", "cleared_by").order_by("-cleared_at", "pk")[:200]),
        page_of(UnitEvent.objects.order_by("-from_at", "unit", "reference"), page, lambda row: row),
    )


def event_by_id(viewer: Officer, event_id: uuid.UUID) -> UnitEvent:
    """One event of another unit, for whoever sees that area.

    Raises:
        NotVisible: there is none, or the area is not the viewer's.
    """
    shown = scope.area_is_shown(viewer, "events")
    return scope.found(UnitEvent.objects.all() if shown else UnitEvent.objects.none(), event_id)


def _presence(event: UnitEvent) -> Presence:
    return Presence(
        str(event.pk),
        event.from_at,
        event.to_at,
        event.latitude,
        event.longitude,
        event.radius_m or 0,
        frozenset(event.identity_keys),
    )


def _identities(subjects: set[uuid.UUID], digest: Digest) -> defaultdict[uuid.UUID, set[str]]:
    """The digests of what reports name as their subject's own, without what stands for many people."""
    rows: QuerySet[LeadIdentifier, tuple[uuid.UUID, str, str]] = (
        LeadIdentifier.objects.filter(lead__subject_link__subject__in=subjects, party="reported")
        .values_list("lead__subject_link__subject", "identifier__kind", "identifier__value")
        .distinct()
    )
    found: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
    for subject, kind, value in rows.order_by("identifier__kind", "identifier__value"):
        if identifiers.holder(kind) != "many":
            found[subject].add(digest(kind, value))
    return found
