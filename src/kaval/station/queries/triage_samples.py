"""Parked subjects drawn by lot to check the rule that parked them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from kaval.engine.rules import triage
from kaval.station.models import Officer, ParkedSample
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of
from kaval.station.queries.reasons import ReasonLine
from kaval.station.queries.triage_queue import newest_reasons

BY_PERSON = "person"


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A drawn subject. `parked_text` as the rule gave it, empty once it is back; `verdict` empty: nobody looked."""

    id: uuid.UUID
    subject: uuid.UUID
    number: str
    points: float
    leads: int
    parked_text: str
    reasons: tuple[ReasonLine, ...]
    rule_version: str
    drawn: str
    drawn_at: datetime
    verdict: str
    text: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RuleRate:
    """How often one version of the rule parked wrongly. `share` and `interval` None: nothing was judged."""

    rule_version: str
    drawn: int
    judged: int
    wrong: int
    share: float | None
    interval: tuple[float, float] | None


def samples_to_judge(viewer: Officer, page: int = 1) -> Page[SampleRow]:
    """What was drawn and nobody has judged, oldest draw first."""
    return _page(
        _in_reach(viewer).filter(verdict="").order_by("drawn_at", "drawn", "subject__number"), page, size=20
    )


def samples_judged(viewer: Officer, limit: int = 20) -> tuple[SampleRow, ...]:
    """The last verdicts, newest first."""
    return _page(_in_reach(viewer).exclude(verdict="").order_by("-at", "-pk"), 1, size=limit).rows


def rule_rates(viewer: Officer) -> tuple[RuleRate, ...]:
    """The share of wrong parks of each version of the rule, with its 95 % interval."""
    rows = (
        _in_reach(viewer)
        .order_by("rule_version")
        .values("rule_version")
        .annotate(
            drawn_=Count("pk"),
            judged=Count("pk", filter=~Q(verdict="")),
            wrong=Count("pk", filter=Q(verdict="wrong")),
        )
    )
    return tuple(
        RuleRate(
            row["rule_version"],
            row["drawn_"],
            row["judged"],
            row["wrong"],
            row["wrong"] / row["judged"] if row["judged"] else None,
            triage.wilson(row["wrong"], row["judged"]) if row["judged"] else None,
        )
        for row in rows
    )


def parked_unchecked(viewer: Officer) -> int:
    """How many subjects a rule keeps out of the queue that no draw has hit yet."""
    rows = scope.subjects_seen(viewer).filter(parked_at__isnull=False, samples=None)
    return rows.exclude(parked_by_rule=BY_PERSON).count()


def _in_reach(viewer: Officer) -> QuerySet[ParkedSample]:
    return ParkedSample.objects.filter(subject__in=scope.subjects_seen(viewer))


def _page(rows: QuerySet[ParkedSample], page: int, *, size: int) -> Page[SampleRow]:
    found = page_of(rows.select_related("subject", "by"), page, lambda row: row, size=size)
    reasons = newest_reasons([row.subject_id for row in found], stage=1)
    shown = tuple(_row(row, reasons.get(row.subject_id, ())) for row in found)
    return Page(shown, found.number, found.total, found.size)


def _row(row: ParkedSample, reasons: tuple[ReasonLine, ...]) -> SampleRow:
    return SampleRow(
        row.pk,
        row.subject_id,
        row.subject.number,
        row.subject.score,
        row.subject.lead_count,
        row.subject.parked_text,
        reasons,
        row.rule_version,
        row.drawn,
        row.drawn_at,
        row.verdict,
        row.text,
        str(row.by) if row.by else "",
        row.at,
    )
