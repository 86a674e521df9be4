"""Trouble met while reading received files: a person must have seen each."""

from __future__ import annotations

import uuid

from kaval.station.models import Officer, ReadingWarning
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of


def warnings_of_readings(
    viewer: Officer, *, seen: bool = False, code: str = "", page: int = 1
) -> Page[ReadingWarning]:
    """Warnings nobody has acknowledged yet, or those that were; by kind, then place. Empty without the area."""
    rows = (
        ReadingWarning.objects.filter(seen_by__isnull=not seen)
        if scope.area_is_shown(viewer, "warnings")
        else ReadingWarning.objects.none()
    )
    if code:
        rows = rows.filter(code=code)
    rows = rows.select_related("reading__sealed", "seen_by").prefetch_related("reading__sealed__receipts")
    return page_of(rows.order_by("code", "place", "pk"), page, lambda row: row)


def codes_of_warnings(viewer: Officer) -> tuple[str, ...]:
    """The kinds of warning nobody has acknowledged yet."""
    if not scope.area_is_shown(viewer, "warnings"):
        return ()
    return tuple(
        ReadingWarning.objects.filter(seen_by=None).order_by("code").values_list("code", flat=True).distinct()
    )


def warning_by_id(viewer: Officer, warning_id: uuid.UUID) -> ReadingWarning:
    """One warning.

    Raises:
        NotVisible: no such warning, or the viewer's roles do not open the area.
    """
    rows = ReadingWarning.objects.all() if scope.area_is_shown(viewer, "warnings") else ReadingWarning.objects.none()
    return scope.found(rows, warning_id)
