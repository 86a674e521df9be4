"""Trouble met while reading received files: a person must have seen each."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kaval.station.models import Officer, ReadingWarning, ReportReceipt
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of

# A file with more reports than this is not searched for the one a warning speaks of.
_REPORTS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A warning with what it is about: the delivery that brought its file, and the lead, where one can be named."""

    row: ReadingWarning
    file: str
    sha256: str
    delivery: uuid.UUID | None
    lead: uuid.UUID | None
    lead_number: int | None


def warnings_of_readings(
    viewer: Officer,
    *,
    seen: bool | None = False,
    code: str = "",
    delivery: uuid.UUID | None = None,
    page: int = 1,
) -> Page[WarningRow]:
    """Warnings nobody has acknowledged yet, those that were, or (`seen` None) all; by kind, then place."""
    rows = ReadingWarning.objects.all()
    if not scope.area_is_shown(viewer, "warnings"):
        rows = rows.none()
    if seen is not None:
        rows = rows.filter(seen_by__isnull=not seen)
    if code:
        rows = rows.filter(code=code)
    if delivery is not None:
        rows = rows.filter(reading__sealed__receipts__delivery=delivery).distinct()
    rows = rows.select_related("reading__sealed", "seen_by").prefetch_related("reading__sealed__receipts")
    found: Page[ReadingWarning] = page_of(rows.order_by("code", "place", "pk"), page, lambda row: row)
    return Page(_with_what_they_are_about(viewer, found.rows), found.number, found.total, found.size)


def codes_of_warnings(viewer: Officer, *, seen: bool | None = False) -> tuple[str, ...]:
    """The kinds of warning nobody has acknowledged yet, those that were, or all."""
    if not scope.area_is_shown(viewer, "warnings"):
        return ()
    rows = (
        ReadingWarning.objects.all()
        if seen is None
        else ReadingWarning.objects.filter(seen_by__isnull=not seen)
    )
    return tuple(rows.order_by("code").values_list("code", flat=True).distinct())


def warning_by_id(viewer: Officer, warning_id: uuid.UUID) -> ReadingWarning:
    """One warning.

    Raises:
        NotVisible: no such warning, or the viewer's roles do not open the area.
    """
    rows = (
        ReadingWarning.objects.all()
        if scope.area_is_shown(viewer, "warnings")
        else ReadingWarning.objects.none()
    )
    return scope.found(rows, warning_id)


def open_among(viewer: Officer, wanted: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Those of the warnings that exist and nobody has acknowledged, in a fixed order."""
    if not scope.area_is_shown(viewer, "warnings"):
        return []
    rows = ReadingWarning.objects.filter(pk__in=list(wanted), seen_by=None)
    return list(rows.order_by("code", "place", "pk").values_list("pk", flat=True))


def _with_what_they_are_about(viewer: Officer, rows: tuple[ReadingWarning, ...]) -> tuple[WarningRow, ...]:
    few = {one.reading.sealed_id for one in rows if one.reading.records <= _REPORTS_LOOKED_AT}
    named = ReportReceipt.objects.filter(
        receipt__sealed__in=few, report__lead__in=scope.leads_seen(viewer).values("pk")
    )
    leads: dict[uuid.UUID, dict[uuid.UUID, tuple[int, str]]] = defaultdict(dict)
    values = ("receipt__sealed", "report__lead__pk", "report__lead__number", "report__locator")
    for sealed, lead, number, locator in named.values_list(*values):
        leads[sealed][lead] = (number, locator)
    return tuple(_about(one, leads[one.reading.sealed_id]) for one in rows)


def _about(one: ReadingWarning, leads: dict[uuid.UUID, tuple[int, str]]) -> WarningRow:
    receipts = sorted(
        one.reading.sealed.receipts.all(), key=lambda receipt: (receipt.received_at, receipt.name)
    )
    first = receipts[0] if receipts else None
    lead, number = _lead_at(one.place, leads)
    return WarningRow(
        one,
        first.name if first else "",
        one.reading.sealed.sha256,
        next((receipt.delivery_id for receipt in receipts if receipt.delivery_id), None),
        lead,
        number,
    )


def _lead_at(place: str, leads: dict[uuid.UUID, tuple[int, str]]) -> tuple[uuid.UUID | None, int | None]:
    """The only lead of the file, or the one whose place in it begins the warning's place; nothing is guessed."""
    if len(leads) == 1:
        lead, (number, _) = next(iter(leads.items()))
        return lead, number
    inside = [(len(at), lead, number) for lead, (number, at) in leads.items() if at and _begins(place, at)]
    if not inside:
        return None, None
    _, lead, number = max(inside, key=lambda one: (one[0], -one[2]))
    return lead, number


def _begins(place: str, at: str) -> bool:
    return place == at or (place.startswith(at) and place[len(at)] in " /,:;!")
