"""Notices in a viewer's reach: what a report touches, by whom it was seen.

Of another unit's matter only whom to ask is told. What touches a frozen plan is told only to those who may see
operations or subjects: before the day, nobody else may learn that a place is in a plan.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kaval.station.models import Notice, Officer
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of

POINTERS = ("other_unit", "registered_offender")


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice. `subject_id` None: there is none, or the viewer may not see subjects. `pointer`: whom to ask."""

    id: uuid.UUID
    kind: str
    lead_id: uuid.UUID
    lead: int
    subject_id: uuid.UUID | None
    subject: str
    reference: str
    text: str
    text_ml: str
    raised_at: datetime
    seen_by: str
    seen_at: datetime | None

    @property
    def pointer(self) -> bool:
        """True when somebody else holds the matter."""
        return self.kind in POINTERS


def notices_raised(viewer: Officer, *, seen: bool | None = False, page: int = 1) -> Page[NoticeRow]:
    """Notices not seen yet, those seen, or (`seen` None) all; the newest first."""
    rows = notices_seen(viewer).select_related("lead", "subject", "seen_by").order_by("-raised_at", "pk")
    if seen is not None:
        rows = rows.filter(seen_at__isnull=not seen)
    with_subject = scope.area_is_shown(viewer, "subjects")
    return page_of(rows, page, lambda row: _row(row, with_subject=with_subject))


def notices_unseen(viewer: Officer) -> int:
    """How many notices nobody has seen; 0 for viewers who may not see any."""
    if not scope.area_is_shown(viewer, "notices"):
        return 0
    return notices_seen(viewer).filter(seen_at=None).count()


def notices_seen(viewer: Officer) -> QuerySet[Notice]:
    """The notices in a viewer's reach."""
    rows = Notice.objects.all()
    if scope.reach_of(viewer) is not scope.Reach.STATE:
        rows = rows.filter(lead__in=scope.leads_seen(viewer).values("pk"))
    if not any(scope.area_is_shown(viewer, area) for area in ("operations", "subjects")):
        rows = rows.exclude(kind="frozen_plan")
    return rows


def notice_by_id(viewer: Officer, notice_id: uuid.UUID) -> Notice:
    """One notice.

    Raises:
        NotVisible: no such notice in the viewer's reach.
    """
    return scope.found(notices_seen(viewer), notice_id)


def _row(row: Notice, *, with_subject: bool) -> NoticeRow:
    subject = row.subject if with_subject else None
    return NoticeRow(
        row.pk,
        row.kind,
        row.lead_id,
        row.lead.number,
        subject.pk if subject else None,
        subject.number if subject else "",
        row.reference,
        row.text,
        row.text_ml,
        row.raised_at,
        str(row.seen_by) if row.seen_by else "",
        row.seen_at,
    )
