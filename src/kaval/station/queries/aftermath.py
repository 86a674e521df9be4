"""After the day: re-audits owed, the error register, what is held back, and the unit's figures about itself.

Headquarters only: the register is about attributions, which no district sees. Nobody is named: a matter is its number.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from kaval.engine.rules.attribution.level import Attribution as Verdict
from kaval.engine.rules.attribution.level import attribute
from kaval.station.models import (
    Attribution,
    AttributionError,
    ErrorNotice,
    Observation,
    Officer,
    Outcome,
    Quarantine,
    Reaudit,
    Site,
)
from kaval.station.queries import attribution_facts, scope

WARRANTS: Final = ("WARRANT_96", "WARRANT_97")


# ---------------------------------------------------------------- re-audits


@dataclass(frozen=True, slots=True)
class ReauditRow:
    """A re-audit that is owed or was made. `outcome_id` None: of an attribution in quarantine. `reaudit_id` None: not
    begun. `place` is the operation and the number of the site, empty for a held attribution."""

    outcome_id: uuid.UUID | None
    reaudit_id: uuid.UUID | None
    attribution_id: uuid.UUID
    subject: str
    place: str
    code: str
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    verdict: str
    held: bool


@dataclass(frozen=True, slots=True)
class ReauditSheet:
    """One re-audit with what came out otherwise; `may_judge` is false for the analyst who made the attribution."""

    row: ReauditRow
    subject_id: uuid.UUID
    level: int
    findings: tuple[Mapping[str, Any], ...]
    by: str
    text: str
    analyst: str
    may_judge: bool
    error_id: uuid.UUID | None


def reaudits_owed(viewer: Officer) -> tuple[ReauditRow, ...]:
    """Re-audits not finished, what is due first on top: of searches without a link, and of attributions held back."""
    owed = _outcomes(viewer).exclude(reaudit__finished_at__isnull=False)
    held = _reaudits(viewer).filter(outcome=None, finished_at=None)
    rows = [*(_of_outcome(row) for row in owed), *(_of_reaudit(row) for row in held)]
    return tuple(sorted(rows, key=lambda row: (row.due_at, row.subject)))


def reaudits_made(viewer: Officer, *, limit: int = 50) -> tuple[ReauditRow, ...]:
    """The re-audits finished last, the newest first."""
    rows = _reaudits(viewer).filter(finished_at__isnull=False).order_by("-finished_at", "pk")[:limit]
    return tuple(_of_reaudit(row) for row in rows)


def outcome_owing(viewer: Officer, outcome_id: uuid.UUID) -> Outcome:
    """An outcome that owes a re-audit.

    Raises:
        NotVisible: no such outcome in the viewer's reach.
    """
    return scope.found(_outcomes(viewer), outcome_id)


def reaudit_of(viewer: Officer, reaudit_id: uuid.UUID) -> Reaudit:
    """A re-audit that has begun.

    Raises:
        NotVisible: no such re-audit in the viewer's reach.
    """
    return scope.found(_reaudits(viewer), reaudit_id)


def reaudit_of_outcome(viewer: Officer, outcome_id: uuid.UUID) -> Reaudit:
    """The re-audit of a search, begun already.

    Raises:
        NotVisible: it has not begun, or the search is out of reach.
    """
    row = _reaudits(viewer).filter(outcome=outcome_owing(viewer, outcome_id)).first()
    if row is None:
        raise scope.NotVisible(str(outcome_id))
    return row


def reaudit_sheet(viewer: Officer, outcome_id: uuid.UUID) -> ReauditSheet:
    """The re-audit of one outcome, begun or not.

    Raises:
        NotVisible: no such outcome in the viewer's reach.
    """
    outcome = outcome_owing(viewer, outcome_id)
    return _sheet(
        viewer, _of_outcome(outcome), getattr(outcome, "reaudit", None), of=outcome.site.attribution
    )


def held_sheet(viewer: Officer, reaudit_id: uuid.UUID) -> ReauditSheet:
    """The re-audit of an attribution that was held back.

    Raises:
        NotVisible: no such re-audit in the viewer's reach.
    """
    reaudit = scope.found(_reaudits(viewer).filter(outcome=None), reaudit_id)
    return _sheet(viewer, _of_reaudit(reaudit), reaudit, of=reaudit.attribution)


def attribution_now(attribution: Attribution, *, at: datetime) -> Verdict | None:
    """The attribution made anew from the sealed bytes as of `at`, for the entry it was made for; nothing is stored.

    None: no observation is linked to the subject any more. The search it led to is not held against it (A-52).
    """
    subject = attribution.subject_id
    observations = attribution_facts.observations_by_subject(subject=subject).get(subject)
    if not observations:
        return None
    evidence = attribution_facts.evidence(at=at, subject=subject)
    evidence.gather({subject: observations})
    facts = evidence.facts(
        subject,
        observations,
        as_of=at,
        entry_at=attribution.entry_at or attribution.at,
        analyst_id=attribution.analyst.number,
    )
    return attribute(replace(facts, searched_observations=_searched_before(attribution)))


def _searched_before(attribution: Attribution) -> frozenset[str]:
    """The subject's observations, when a search of it came before the attribution was made."""
    earlier = Outcome.objects.filter(
        entered=True, site__attribution=attribution.pk, at__lt=attribution.at
    ).exists()
    if not earlier:
        return frozenset()
    rows = Observation.objects.filter(lead__subject_link__subject=attribution.subject_id)
    return frozenset(str(one) for one in rows.values_list("pk", flat=True))


def _outcomes(viewer: Officer) -> QuerySet[Outcome]:
    rows = Outcome.objects.filter(audit_due_at__isnull=False, site__in=scope.sites_seen(viewer))
    if not scope.area_is_shown(viewer, "aftermath"):
        rows = rows.none()
    return rows.select_related(
        "site__operation", "site__attribution__subject", "site__attribution__analyst", "reaudit__by"
    )


def _reaudits(viewer: Officer) -> QuerySet[Reaudit]:
    rows = Reaudit.objects.all() if scope.area_is_shown(viewer, "aftermath") else Reaudit.objects.none()
    return rows.select_related(
        "outcome__site__operation", "attribution__subject", "attribution__analyst", "by"
    )


def _of_outcome(row: Outcome) -> ReauditRow:
    reaudit = getattr(row, "reaudit", None)
    attribution = row.site.attribution
    return ReauditRow(
        row.pk,
        reaudit.pk if reaudit else None,
        attribution.pk,
        attribution.subject.number,
        _place(row.site),
        row.code,
        row.audit_due_at or row.at,
        reaudit.started_at if reaudit else None,
        reaudit.finished_at if reaudit else None,
        reaudit.verdict if reaudit else "",
        attribution.quarantined_at is not None,
    )


def _of_reaudit(row: Reaudit) -> ReauditRow:
    outcome, attribution = row.outcome, row.attribution
    return ReauditRow(
        outcome.pk if outcome else None,
        row.pk,
        attribution.pk,
        attribution.subject.number,
        _place(outcome.site) if outcome else "",
        outcome.code if outcome else "",
        row.due_at,
        row.started_at,
        row.finished_at,
        row.verdict,
        attribution.quarantined_at is not None,
    )


def _sheet(viewer: Officer, row: ReauditRow, reaudit: Reaudit | None, *, of: Attribution) -> ReauditSheet:
    error = of.errors.order_by("-confirmed_at").first()
    return ReauditSheet(
        row,
        of.subject_id,
        of.level,
        tuple(reaudit.findings) if reaudit else (),
        str(reaudit.by) if reaudit and reaudit.by else "",
        reaudit.text if reaudit else "",
        of.analyst.number,
        of.analyst_id != viewer.pk,
        error.pk if error else None,
    )


def _place(site: Site) -> str:
    return f"{site.operation.code} · {site.number}"


# ---------------------------------------------------------------- the error register


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """A line of the register: what is still owed, and how many attributions are held because of it."""

    id: uuid.UUID
    number: str
    subject: str
    cause: str
    people: int
    children: int
    confirmed_at: datetime
    notices_owed: int
    notices_given: int
    devices_returned_at: datetime | None
    sealed_at: datetime | None
    held: int


@dataclass(frozen=True, slots=True)
class HeldRow:
    """An attribution held back: what it shares, and `first`, the row that an act is about.

    `reaudit_id` is its re-audit under way, None: none; `sound`: one made since found it sound.
    """

    first: Quarantine
    subject_id: uuid.UUID
    subject: str
    shared: tuple[str, ...]
    lifted_at: datetime | None
    lifted_text: str
    reaudit_id: uuid.UUID | None
    sound: bool


@dataclass(frozen=True, slots=True)
class ErrorSheet:
    """One error with its notices and what it holds back. `seized`: how many devices were taken at the place."""

    error: AttributionError
    notices: tuple[ErrorNotice, ...]
    held: tuple[HeldRow, ...]
    seized: int


def errors_registered(viewer: Officer) -> QuerySet[AttributionError]:
    """The register in a viewer's reach."""
    rows = AttributionError.objects.select_related(
        "attribution__subject", "outcome__site__operation", "confirmed_by"
    )
    return rows if scope.area_is_shown(viewer, "aftermath") else rows.none()


def error_rows(viewer: Officer) -> tuple[ErrorRow, ...]:
    """The register, the newest first."""
    rows = errors_registered(viewer).annotate(
        owed=Count("notices", distinct=True),
        given=Count("notices", filter=Q(notices__given_at__isnull=False), distinct=True),
        held=Count("quarantines__attribution", filter=Q(quarantines__lifted_at__isnull=True), distinct=True),
    )
    return tuple(
        ErrorRow(
            row.pk,
            row.number,
            row.attribution.subject.number,
            row.cause,
            row.people_affected,
            row.children_affected,
            row.confirmed_at,
            row.owed,
            row.given,
            row.devices_returned_at,
            row.sealed_at,
            row.held,
        )
        for row in rows.order_by("-confirmed_at", "number")
    )


def error_sheet(viewer: Officer, error_id: uuid.UUID) -> ErrorSheet:
    """One line of the register with all that hangs on it.

    Raises:
        NotVisible: no such error in the viewer's reach.
    """
    error = scope.found(errors_registered(viewer), error_id)
    return ErrorSheet(
        error,
        tuple(error.notices.select_related("by").order_by("due_at", "owed_to")),
        _held(error),
        devices_taken(error),
    )


def devices_taken(error: AttributionError) -> int:
    """How many devices were seized in the search that the error is about; 0 without a search."""
    return error.outcome.site.exhibits.count() if error.outcome else 0


def _held(error: AttributionError) -> tuple[HeldRow, ...]:
    """What an error holds back, those still held first, each attribution once."""
    grouped: dict[uuid.UUID, list[Quarantine]] = defaultdict(list)
    rows = error.quarantines.select_related("attribution__subject").order_by("shared")
    for row in rows:
        grouped[row.attribution_id].append(row)
    audits: dict[uuid.UUID, list[Reaudit]] = defaultdict(list)
    made = Reaudit.objects.filter(attribution__in=grouped, started_at__gte=error.confirmed_at)
    for audit in made.order_by("started_at", "pk"):
        audits[audit.attribution_id].append(audit)
    found = [_held_row(rows, audits[attribution]) for attribution, rows in grouped.items()]
    return tuple(sorted(found, key=lambda one: (one.lifted_at is not None, one.subject)))


def _held_row(rows: list[Quarantine], audits: list[Reaudit]) -> HeldRow:
    first, subject = rows[0], rows[0].attribution.subject
    under_way = next((one.pk for one in audits if one.finished_at is None), None)
    finished = [one for one in audits if one.finished_at is not None]
    return HeldRow(
        first,
        subject.pk,
        subject.number,
        tuple(row.shared for row in rows),
        first.lifted_at,
        first.lifted_text,
        under_way,
        bool(finished) and finished[-1].verdict == "sound",
    )


def attribution_of_number(viewer: Officer, number: str) -> Attribution:
    """The attribution of a subject by the subject's number.

    Raises:
        NotVisible: none in the viewer's reach.
    """
    rows = Attribution.objects.filter(subject__in=scope.subjects_seen(viewer), subject__number=number)
    found = rows.select_related("subject", "analyst").first()
    if found is None:
        raise scope.NotVisible(number)
    return found


def sound_since(attribution_id: uuid.UUID, since: datetime) -> bool:
    """True when the last re-audit of an attribution finished after an instant found it sound."""
    last = (
        Reaudit.objects.filter(attribution=attribution_id, finished_at__gte=since)
        .order_by("-finished_at", "pk")
        .first()
    )
    return last is not None and last.verdict == "sound"
