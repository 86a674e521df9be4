"""Subjects in triage order, and one subject with leads, score and attribution sheet. A subscriber is not a suspect."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from kaval.station.models import Assessment, Lead, Observation, Officer, SecondReading, Site, Subject
from kaval.station.queries import scope
from kaval.station.queries.leads import (
    ActRow,
    AssessmentRow,
    AttributionRow,
    LeadRow,
    ObservationRow,
    acts_about,
    assessment_rows,
    attribution_row,
    lead_row,
    observation_rows,
)
from kaval.station.queries.paging import Page, page_of
from kaval.station.queries.reasons import ReasonLine, band_words, check_ids, reason_lines


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A subject in a list. `level` None: nobody has tried to attribute it yet."""

    id: uuid.UUID
    number: str
    leads: int
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    score: float
    band: str
    level: int | None
    blocked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkedLead:
    """A lead of a subject and why it was linked."""

    row: LeadRow
    reasons: tuple[ReasonLine, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SubjectSheet:
    """One subject with what it rests on."""

    subject: Subject
    band: str
    investigation: str
    links: tuple[LinkedLead, ...]
    assessments: tuple[AssessmentRow, ...]
    attribution: AttributionRow | None
    observations: tuple[ObservationRow, ...]
    second_readings: tuple[SecondReading, ...]
    sites: tuple[Site, ...]
    acts: tuple[ActRow, ...]


def subjects_by_score(
    viewer: Officer, *, blocked: str = "", level: int | None = None, page: int = 1
) -> Page[SubjectRow]:
    """Subjects, the highest score first; narrowed to those stopped by one check, or at one level."""
    rows = scope.subjects_seen(viewer).select_related("attribution").order_by("-score", "number")
    if blocked:
        rows = rows.filter(attribution__level__lt=2, attribution__blocked_by__contains=[blocked])
    if level is not None:
        rows = rows.filter(attribution__level=level)
    return page_of(rows, page, _row)


def survivor_of(viewer: Officer, subject_id: uuid.UUID) -> uuid.UUID | None:
    """The subject that one in reach was merged into, None when it was not. It may have been merged on in turn."""
    return (
        scope.subjects_ever_seen(viewer).filter(pk=subject_id).values_list("merged_into", flat=True).first()
    )


def subject_by_id(viewer: Officer, subject_id: uuid.UUID) -> SubjectSheet:
    """One subject with its leads, score and attribution.

    Raises:
        NotVisible: no such subject in the viewer's reach.
    """
    rows = scope.subjects_seen(viewer).select_related(
        "attribution__provider", "attribution__place__district", "attribution__analyst", "investigation"
    )
    subject = scope.found(rows, subject_id)
    leads = (
        Lead.objects.filter(subject_link__subject=subject)
        .select_related("report", "subject_link__by")
        .order_by("number")
    )
    attribution = getattr(subject, "attribution", None)
    investigation = getattr(subject, "investigation", None)
    observations = Observation.objects.filter(lead__subject_link__subject=subject)
    return SubjectSheet(
        subject,
        band_words(subject.band),
        investigation.number if investigation else "",
        tuple(_linked(lead) for lead in leads[:200]),
        assessment_rows(Assessment.objects.filter(subject=subject).order_by("-at", "-stage")[:10]),
        attribution_row(attribution) if attribution else None,
        observation_rows(observations, with_answers=True),
        tuple(
            SecondReading.objects.filter(observation__lead__subject_link__subject=subject)
            .select_related("by", "observation")
            .order_by("at", "pk")[:200]
        ),
        tuple(scope.sites_seen(viewer).filter(attribution__subject=subject).select_related("operation")),
        acts_about(
            [
                subject.pk,
                *([attribution.pk] if attribution else []),
                *([investigation.pk] if investigation else []),
            ]
        ),
    )


def _row(subject: Subject) -> SubjectRow:
    attribution = getattr(subject, "attribution", None)
    return SubjectRow(
        subject.pk,
        subject.number,
        subject.lead_count,
        subject.first_seen_at,
        subject.last_seen_at,
        subject.score,
        band_words(subject.band),
        attribution.level if attribution else None,
        check_ids(attribution.blocked_by) if attribution and attribution.level < 2 else (),
    )


def _linked(lead: Lead) -> LinkedLead:
    link = lead.subject_link
    return LinkedLead(lead_row(lead, with_subject=False), reason_lines(link.reasons), str(link.by), link.at)
