"""Leads in triage order, and one lead with everything that led from its bytes to a verdict."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from kaval.engine.kernel.instant import ist_text, utc_text
from kaval.station.models import (
    Act,
    Assessment,
    Lead,
    LeadIdentifier,
    Observation,
    Officer,
    ReadingWarning,
    ReportedFile,
    ReportReceipt,
    SubjectLead,
)
from kaval.station.queries import scope
from kaval.station.queries.arrivals import DifferenceRow, EnclosedRow, differences_of, enclosures_of
from kaval.station.queries.connection_words import HIDDEN_PARTIES
from kaval.station.queries.lead_fields import plain_fields, restricted_names, signal_text
from kaval.station.queries.paging import Page, page_of
from kaval.station.queries.reasons import CheckLine, ReasonLine, band_words, check_lines, reason_lines

ZONE_FROM = {
    "in_value": "stated in the value",
    "header": "from the file's header",
    "profile": "from the sender's profile",
    "assumed": "only assumed",
    "none": "not stated",
}
# NCMEC's own sorting of a report, by the name a filter has; never added up.
HANDLINGS = {"referral": "referral", "informational": "informational", "not stated": ""}
_LISTED = (
    "number",
    "state",
    "report__title",
    "report__kind",
    "report__source_system",
    "report__source_id",
    "report__received_at",
    "report__quality",
)


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What a list of leads is narrowed to; empty text means no narrowing."""

    text: str = ""
    state: str = ""
    kind: str = ""
    source: str = ""
    handling: str = ""


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead in a list. `band` and `score` are empty for viewers without the area of subjects, or before triage."""

    id: uuid.UUID
    number: int
    title: str
    kind: str
    source: str
    source_id: str
    state: str
    received_at: datetime
    quality: float
    subject: str = ""
    band: str = ""
    score: float | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """An address at an instant: the text as received beside UTC and IST, and what the provider's answer says."""

    ip: str
    port: int | None
    transport: str
    role: str
    event: str
    as_received: str
    utc: str
    ist: str
    offset_source: str
    precision: str
    locator: str
    problem: str
    provider: str
    origin: str = "field"
    confidence: str = ""
    request: str = ""
    reference: str = ""
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    resolution: str = ""
    reasons: tuple[ReasonLine, ...] = ()

    @property
    def zone_words(self) -> str:
        """Where the offset from UTC came from, in words."""
        return ZONE_FROM.get(self.offset_source, self.offset_source)


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """An identifier named in a lead; `value` is empty when it is restricted (a victim's, a reporter's)."""

    kind: str
    value: str
    as_received: str
    party: str
    strength: str
    restricted: bool
    origin: str = "field"
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """A triage snapshot: points and the reasons that add up to them."""

    stage: int
    score: float
    band: str
    reasons: tuple[ReasonLine, ...]
    missing: tuple[str, ...]
    rule_version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AttributionRow:
    """How far the evidence reaches and which checks stop it. `holder` is a reference of the provider, never a name.

    `broken`: a seal it rests on was found broken; `held_back`: it is in quarantine.
    """

    level: int
    provider: str
    holder: str
    locality: str
    district: str
    checks: tuple[CheckLine, ...]
    at: datetime
    analyst: str
    subject: uuid.UUID
    broken: bool = False
    held_back: bool = False

    @property
    def stopping(self) -> tuple[CheckLine, ...]:
        """The checks that keep the matter where it is."""
        return tuple(line for line in self.checks if line.stops)

    @property
    def open(self) -> tuple[CheckLine, ...]:
        """The checks that did not pass, whether they stop or not."""
        return tuple(line for line in self.checks if line.verdict != "PASS")

    @property
    def passed(self) -> tuple[CheckLine, ...]:
        """The checks that passed."""
        return tuple(line for line in self.checks if line.verdict == "PASS")


@dataclass(frozen=True, slots=True)
class ActRow:
    """One line of history."""

    at: datetime
    name: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """What only viewers with the area of subjects see of a lead: its link, triage and attribution."""

    id: uuid.UUID
    number: str
    linked_by: str
    linked_at: datetime
    link_reasons: tuple[ReasonLine, ...]
    assessments: tuple[AssessmentRow, ...]
    attribution: AttributionRow | None


@dataclass(frozen=True, slots=True)
class LeadSheet:
    """One lead with its history.

    `lead` carries report, sealed file and reading; `restricted` lists names of fields only.
    """

    lead: Lead
    row: LeadRow
    incident_utc: str
    incident_ist: str
    receipts: tuple[ReportReceipt, ...]
    warnings: tuple[ReadingWarning, ...]
    reasons: tuple[ReasonLine, ...]
    fields: tuple[tuple[str, str], ...]
    restricted: tuple[str, ...]
    missing: tuple[str, ...]
    signals: tuple[str, ...]
    identifiers: tuple[IdentifierRow, ...]
    files: tuple[ReportedFile, ...]
    observations: tuple[ObservationRow, ...]
    subject: SubjectPart | None
    differences: tuple[DifferenceRow, ...] = ()
    enclosures: tuple[EnclosedRow, ...] = ()
    acts: tuple[ActRow, ...] = field(default=())


def open_leads(viewer: Officer, *, chosen: LeadFilter, page: int = 1) -> Page[LeadRow]:
    """Leads in triage order (highest score first, unassessed last), narrowed, one page.

    Text is looked for in the source's number, the title, the lead's number and, exactly, among identifiers.
    """
    rows = _narrowed(scope.leads_seen(viewer), chosen)
    with_subject = scope.area_is_shown(viewer, "subjects")
    if with_subject:
        rows = (
            rows.select_related("report", "subject_link__subject__attribution")
            .order_by(F("subject_link__subject__score").desc(nulls_last=True), "number")
            .only(
                *_LISTED,
                "subject_link__subject__number",
                "subject_link__subject__score",
                "subject_link__subject__band",
                "subject_link__subject__attribution__level",
            )
        )
    else:
        rows = rows.select_related("report").order_by("number").only(*_LISTED)
    return page_of(rows, page, lambda lead: lead_row(lead, with_subject=with_subject))


def choices_of_leads(viewer: Officer) -> dict[str, list[str]]:
    """What a list of leads can be narrowed to: the states, kinds and sources that occur."""
    rows = scope.leads_seen(viewer).order_by()
    seen = set(rows.values_list("state", "report__kind", "report__source_system").distinct())
    return {
        name: sorted({row[place] for row in seen}) for place, name in enumerate(("state", "kind", "source"))
    }


def leads_by_handling(viewer: Officer, *, chosen: LeadFilter) -> tuple[tuple[str, int], ...]:
    """How many CyberTips are referrals, informational, or neither was stated: three counts that nobody adds up.

    Narrowed like the list by everything but the handling itself. Other sources know no handling and are not counted.
    """
    rows = _narrowed(scope.leads_seen(viewer), replace(chosen, handling="")).order_by()
    rows = rows.filter(report__source_system="ncmec")
    found = dict(rows.values_list("report__handling").annotate(number=Count("pk")))
    return tuple((name, found.get(value, 0)) for name, value in HANDLINGS.items())


def lead_by_id(viewer: Officer, lead_id: uuid.UUID) -> LeadSheet:
    """One lead with its history.

    Raises:
        NotVisible: no such lead in the viewer's reach.
    """
    rows = scope.leads_seen(viewer).select_related(
        "report__sealed__reading",
        "by",
        "subject_link__by",
        "subject_link__subject__attribution__provider",
        "subject_link__subject__attribution__place__district",
        "subject_link__subject__attribution__analyst",
    )
    lead = scope.found(rows, lead_id)
    report = lead.report
    with_subject = scope.area_is_shown(viewer, "subjects")
    reading = getattr(report.sealed, "reading", None)
    warnings = (
        ReadingWarning.objects.filter(reading=reading).select_related("seen_by").order_by("place", "code")
    )
    subject = _subject_part(lead) if with_subject else None
    return LeadSheet(
        lead=lead,
        row=lead_row(lead, with_subject=with_subject),
        incident_utc=utc_text(report.incident_at) if report.incident_at else "",
        incident_ist=ist_text(report.incident_at) if report.incident_at else "",
        receipts=tuple(
            ReportReceipt.objects.filter(report=report)
            .select_related("receipt__sealed", "receipt__by")
            .order_by("receipt__received_at", "receipt__name")
        ),
        warnings=tuple(warnings[:100]) if reading else (),
        reasons=reason_lines(lead.reasons),
        fields=plain_fields(report.fields),
        restricted=restricted_names(report),
        missing=tuple(map(str, report.missing)),
        signals=tuple(signal_text(one) for one in report.signals),
        identifiers=_identifiers(lead),
        files=tuple(ReportedFile.objects.filter(lead=lead).order_by("locator", "name")[:200]),
        observations=observation_rows(lead.observations.all(), with_answers=with_subject),
        subject=subject,
        differences=differences_of(report),
        enclosures=enclosures_of(report),
        acts=acts_about([lead.pk, report.pk, report.sealed_id] + ([subject.id] if subject else [])),
    )


def lead_row(lead: Lead, *, with_subject: bool) -> LeadRow:
    """A lead as a line of a list."""
    report = lead.report
    link = getattr(lead, "subject_link", None) if with_subject else None
    subject = link.subject if link else None
    attribution = getattr(subject, "attribution", None) if subject else None
    return LeadRow(
        lead.pk,
        lead.number,
        report.title,
        report.kind,
        report.source_system,
        report.source_id,
        lead.state,
        report.received_at,
        report.quality,
        subject=subject.number if subject else "",
        band=band_words(subject.band) if subject else "",
        score=subject.score if subject and subject.band else None,
        level=attribution.level if attribution else None,
    )


def observation_rows(
    rows: QuerySet[Observation], *, with_answers: bool, limit: int = 200
) -> tuple[ObservationRow, ...]:
    """Observations in order of time, unknown times last."""
    ordered = rows.select_related("request_row__request__provider", "resolution").order_by(
        F("at").asc(nulls_last=True), "ip", "locator"
    )[:limit]
    return tuple(_observation(one, with_answers=with_answers) for one in ordered)


def attribution_row(attribution: Any) -> AttributionRow:
    """An attribution as a sheet shows it; needs provider, place, district and analyst loaded."""
    place = attribution.place
    return AttributionRow(
        attribution.level,
        attribution.provider.name if attribution.provider else "",
        attribution.customer_ref,
        place.locality if place else "",
        place.district.name if place else "",
        check_lines(attribution.checks),
        attribution.at,
        str(attribution.analyst),
        subject=attribution.subject_id,
        broken=bool(attribution.broken),
        held_back=attribution.quarantined_at is not None,
    )


def assessment_rows(rows: Iterable[Assessment]) -> tuple[AssessmentRow, ...]:
    """Triage snapshots, the newest first."""
    return tuple(
        AssessmentRow(
            one.stage,
            one.score,
            band_words(one.band),
            reason_lines(one.reasons),
            tuple(map(str, one.missing)),
            one.rule_version,
            one.at,
        )
        for one in rows
    )


def acts_about(subjects: list[uuid.UUID]) -> tuple[ActRow, ...]:
    """The acts on these rows, oldest first."""
    acts = (
        Act.objects.filter(subject__in=subjects)
        .select_related("by")
        .order_by("at", "recorded_at", "key")[:100]
    )
    return tuple(ActRow(act.at, act.name.replace("_", " "), str(act.by), act.note) for act in acts)


def _narrowed(rows: QuerySet[Lead], chosen: LeadFilter) -> QuerySet[Lead]:
    if chosen.state:
        rows = rows.filter(state=chosen.state)
    if chosen.kind:
        rows = rows.filter(report__kind=chosen.kind)
    if chosen.source:
        rows = rows.filter(report__source_system=chosen.source)
    if chosen.handling in HANDLINGS:
        rows = rows.filter(report__handling=HANDLINGS[chosen.handling], report__source_system="ncmec")
    text = chosen.text.strip()
    if not text:
        return rows
    named = LeadIdentifier.objects.filter(lead=OuterRef("pk"), identifier__value=text.lower()).exclude(
        party__in=HIDDEN_PARTIES
    )
    wanted: Q = Q(report__source_id__icontains=text) | Q(report__title__icontains=text) | Q(Exists(named))
    if text.isascii() and text.isdigit() and len(text) < 18:
        wanted |= Q(number=int(text))
    return rows.filter(wanted)


def _subject_part(lead: Lead) -> SubjectPart | None:
    link: SubjectLead | None = getattr(lead, "subject_link", None)
    if link is None:
        return None
    attribution = getattr(link.subject, "attribution", None)
    return SubjectPart(
        link.subject_id,
        link.subject.number,
        str(link.by),
        link.at,
        reason_lines(link.reasons),
        assessment_rows(Assessment.objects.filter(subject=link.subject).order_by("-at", "-stage")[:5]),
        attribution_row(attribution) if attribution else None,
    )


def _identifiers(lead: Lead) -> tuple[IdentifierRow, ...]:
    rows = (
        LeadIdentifier.objects.filter(lead=lead)
        .select_related("identifier")
        .order_by("party", "identifier__kind")
    )
    return tuple(_identifier(row) for row in rows[:200])


def _identifier(row: LeadIdentifier) -> IdentifierRow:
    hidden = row.party in HIDDEN_PARTIES
    return IdentifierRow(
        row.identifier.kind,
        "" if hidden else row.identifier.value,
        "" if hidden else row.as_received,
        row.party,
        row.identifier.strength,
        hidden,
        row.origin,
        row.confidence,
    )


def _observation(one: Observation, *, with_answers: bool) -> ObservationRow:
    asked = getattr(one, "request_row", None) if with_answers else None
    resolution = getattr(one, "resolution", None) if with_answers else None
    return ObservationRow(
        one.ip,
        one.port,
        one.transport,
        one.role,
        one.event,
        one.time_text,
        utc_text(one.at) if one.at else "",
        ist_text(one.at) if one.at else "",
        one.offset_source,
        one.precision,
        one.locator,
        one.problem,
        one.provider_code,
        one.origin,
        one.confidence,
        request=asked.request.number if asked else "",
        reference=asked.reference if asked else "",
        sent_at=asked.request.sent_at if asked else None,
        answered_at=asked.request.answered_at if asked else None,
        resolution=resolution.state if resolution else "",
        reasons=reason_lines(resolution.reasons) if resolution else (),
    )
