"""The two queues of subjects: before anybody knows who the person is (stage 1), and after (stage 2).

A subject stands in one of them: in the second from its first assessment as a person on. A band that an officer set goes
before the band of the rules.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf

from kaval.engine.rules.triage import BAND_CODES
from kaval.station.models import (
    Assessment,
    District,
    Observation,
    Officer,
    Provider,
    Report,
    Subject,
    SubjectLead,
)
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of
from kaval.station.queries.reasons import ReasonLine, reason_lines

_POINTS: Final = {1: "score", 2: "person_score"}
_PLACES: Final = {1: "band", 2: "person_band"}
LONGEST: Final = 3650


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a queue is narrowed to; empty, False or None: not. `expiring_days`: provider records end within them."""

    stage: int = 1
    band: str = ""
    source: str = ""
    provider: str = ""
    district: uuid.UUID | None = None
    overdue: bool = False
    mine: bool = False
    untaken: bool = False
    parked: bool = False
    expiring_days: int | None = None

    @property
    def narrowed(self) -> bool:
        """True when it takes anything away."""
        return self != QueueFilter(self.stage, parked=self.parked)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A subject in a queue. `due_at` None: no clock runs; `records_until` None: no address with a usable time."""

    id: uuid.UUID
    number: str
    points: float
    band: str
    band_set: bool
    due_at: datetime | None
    records_until: datetime | None
    first_seen_at: datetime | None
    leads: int
    sources: tuple[str, ...]
    reasons: tuple[ReasonLine, ...]
    officer: str
    mine: bool
    parked_at: datetime | None
    parked_by_rule: str
    parked_text: str
    level: int | None


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many subjects stand where; overdue, mine and untaken of the queue looked at."""

    before: int
    after: int
    overdue: int
    mine: int
    untaken: int
    parked: int
    unassessed: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What a queue can be narrowed to, as values and names."""

    bands: tuple[str, ...]
    sources: tuple[str, ...]
    providers: tuple[tuple[str, str], ...]
    districts: tuple[District, ...]


def queue_page(
    viewer: Officer, chosen: QueueFilter, *, now: datetime, page: int = 1, size: int = 50
) -> Page[QueueRow]:
    """One page of a queue in triage order: band, points, the evidence that expires first, who has waited longest."""
    rows = _narrowed(viewer, chosen, now=now).select_related("assigned_to", "attribution")
    found = page_of(in_triage_order(rows, chosen.stage), page, lambda row: row, size=size)
    ids = [row.pk for row in found]
    why, sources = newest_reasons(ids, chosen.stage), _sources(ids)
    shown = tuple(
        _row(row, viewer, stage=chosen.stage, reasons=why.get(row.pk, ()), sources=sources[row.pk])
        for row in found
    )
    return Page(shown, found.number, found.total, found.size)


def queue_counts(viewer: Officer, stage: int, *, now: datetime) -> QueueCounts:
    """The numbers above a queue."""
    in_queue, parked = Q(parked_at=None, assessed_at__isnull=False), Q(parked_at__isnull=False)
    here = in_queue & _of_stage(stage)
    return QueueCounts(
        **scope.subjects_seen(viewer).aggregate(
            before=Count("pk", filter=in_queue & _of_stage(1)),
            after=Count("pk", filter=in_queue & _of_stage(2)),
            overdue=Count("pk", filter=here & Q(due_at__lt=now)),
            mine=Count("pk", filter=here & Q(assigned_to=viewer)),
            untaken=Count("pk", filter=here & Q(assigned_to=None)),
            parked=Count("pk", filter=parked & _of_stage(stage)),
            unassessed=Count("pk", filter=Q(assessed_at=None)),
        )
    )  # fmt: skip


def queue_choices(viewer: Officer) -> Choices:
    """What the lists of a queue's filter offer."""
    sources = Report.objects.filter(lead__isnull=False).order_by("source_system")
    return Choices(
        BAND_CODES,
        tuple(sources.values_list("source_system", flat=True).distinct()),
        tuple(Provider.objects.order_by("name").values_list("code", "name")),
        tuple(scope.districts_seen(viewer)),
    )


def subjects_among(viewer: Officer, ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Those of the ids that are subjects in reach, once each."""
    return list(scope.subjects_seen(viewer).filter(pk__in=set(ids)).values_list("pk", flat=True))


def band_in_force(subject: Subject, stage: int) -> str:
    """A person's band before that of the rules."""
    return subject.set_band or (subject.person_band if stage == 2 else subject.band)


def stage_of(subject: Subject) -> int:
    """The queue a subject stands in."""
    return 1 if subject.person_score is None else 2


def in_triage_order(rows: QuerySet[Subject], stage: int) -> QuerySet[Subject]:
    """The rows in the order in which they are to be looked at."""
    return rows.annotate(place=_place(stage)).order_by(
        "place",
        F(_POINTS[stage]).desc(nulls_last=True),
        F("records_until").asc(nulls_last=True),
        "first_seen_at",
        "number",
    )


def rank_of(
    viewer: Officer, subject: Subject, *, points: float | None = None, band: str = ""
) -> tuple[int, int]:
    """Which place of how many a subject has in its queue; with other points and another band, which it would have.

    A subject that waits outside the queue gets the place it would have in it.
    """
    stage = stage_of(subject)
    mine = (subject.person_score if stage == 2 else subject.score) if points is None else points
    rows = scope.subjects_seen(viewer).filter(_of_stage(stage), parked_at=None, assessed_at__isnull=False)
    others = rows.exclude(pk=subject.pk).annotate(place=_place(stage))
    place = (
        BAND_CODES.index(code)
        if (code := band or band_in_force(subject, stage)) in BAND_CODES
        else len(BAND_CODES)
    )
    score = _POINTS[stage]
    earlier = (
        Q(first_seen_at__lt=subject.first_seen_at)
        if subject.first_seen_at
        else Q(first_seen_at__isnull=False)
    )
    tied = earlier | Q(first_seen_at=subject.first_seen_at, number__lt=subject.number)
    if subject.records_until is None:
        expiring = Q(records_until__isnull=False) | (Q(records_until=None) & tied)
    else:
        expiring = Q(records_until__lt=subject.records_until) | (
            Q(records_until=subject.records_until) & tied
        )
    before = Q(place__lt=place) | Q(place=place) & (
        Q(**{f"{score}__gt": mine}) | Q(**{score: mine}) & expiring
    )
    counted = others.aggregate(before=Count("pk", filter=before), others=Count("pk"))
    return counted["before"] + 1, counted["others"] + 1


def _of_stage(stage: int) -> Q:
    return Q(person_score__isnull=stage == 1)


def _in_force(stage: int) -> Coalesce:
    return Coalesce(NullIf(F("set_band"), Value("")), F(_PLACES[stage]))


def _place(stage: int) -> Case:
    """The number of the band in force, the most urgent 0; a band nobody knows comes last."""
    whens = [
        When(Q(set_band=code) | Q(set_band="", **{_PLACES[stage]: code}), then=Value(number))
        for number, code in enumerate(BAND_CODES)
    ]
    return Case(*whens, default=Value(len(BAND_CODES)), output_field=IntegerField())


def _narrowed(viewer: Officer, chosen: QueueFilter, *, now: datetime) -> QuerySet[Subject]:
    rows = scope.subjects_seen(viewer).filter(_of_stage(chosen.stage), assessed_at__isnull=False)
    rows = rows.filter(parked_at__isnull=not chosen.parked)
    if chosen.band:
        rows = rows.alias(in_force=_in_force(chosen.stage)).filter(in_force=chosen.band)
    if chosen.overdue:
        rows = rows.filter(due_at__lt=now)
    if chosen.mine:
        rows = rows.filter(assigned_to=viewer)
    if chosen.untaken:
        rows = rows.filter(assigned_to=None)
    if chosen.expiring_days is not None:
        rows = rows.filter(
            records_until__gte=now, records_until__lt=now + timedelta(days=chosen.expiring_days)
        )
    if chosen.district is not None:
        rows = rows.filter(attribution__place__district=chosen.district)
    if chosen.source:
        links = SubjectLead.objects.filter(subject=OuterRef("pk"), lead__report__source_system=chosen.source)
        rows = rows.filter(Exists(links))
    if chosen.provider:
        seen = Observation.objects.filter(
            lead__subject_link__subject=OuterRef("pk"), provider_code=chosen.provider
        )
        rows = rows.filter(Exists(seen))
    return rows


def _row(
    subject: Subject, viewer: Officer, *, stage: int, reasons: tuple[ReasonLine, ...], sources: Sequence[str]
) -> QueueRow:
    attribution = getattr(subject, "attribution", None)
    return QueueRow(
        id=subject.pk,
        number=subject.number,
        points=(subject.person_score if stage == 2 else subject.score) or 0.0,
        band=band_in_force(subject, stage),
        band_set=bool(subject.set_band),
        due_at=subject.due_at,
        records_until=subject.records_until,
        first_seen_at=subject.first_seen_at,
        leads=subject.lead_count,
        sources=tuple(sources),
        reasons=reasons[:2],
        officer=str(subject.assigned_to) if subject.assigned_to else "",
        mine=subject.assigned_to_id == viewer.pk,
        parked_at=subject.parked_at,
        parked_by_rule=subject.parked_by_rule,
        parked_text=subject.parked_text,
        level=attribution.level if attribution else None,
    )


def newest_reasons(ids: Sequence[uuid.UUID], stage: int) -> Mapping[uuid.UUID, tuple[ReasonLine, ...]]:
    """The reasons of the newest assessment of a stage, by subject; one that has none is not there."""
    rows = (
        Assessment.objects.filter(subject__in=ids, stage=stage)
        .order_by("subject_id", "-at", "-pk")
        .distinct("subject_id")
    )
    return {row["subject_id"]: reason_lines(row["reasons"]) for row in rows.values("subject_id", "reasons")}


def _sources(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[str]]:
    rows: Any = SubjectLead.objects.filter(subject__in=ids).order_by("lead__report__source_system")
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for subject, source in rows.values_list("subject_id", "lead__report__source_system").distinct():
        found[subject].append(source)
    return found
