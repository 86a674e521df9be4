"""Why a subject stands where it stands: place, clock, reasons, what is missing, and what it was before."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.rules import triage
from kaval.engine.rules.triage import Band, Explanation, Line
from kaval.station.models import Assessment, Lead, Officer, Subject
from kaval.station.queries import scope
from kaval.station.queries.triage_quality import reporter
from kaval.station.queries.triage_queue import band_in_force, rank_of, stage_of

_HISTORY: Final = 30
_REPORTS: Final = 100


@dataclass(frozen=True, slots=True)
class Weighed:
    """A reason with its points and what it rests on, in both languages."""

    code: str
    points: float
    text: str
    text_ml: str
    rests_on: str
    rests_on_ml: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A question nobody has answered; `lowers`: its answer could only lower the place."""

    code: str
    asks: str
    asks_ml: str
    lowers: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """The newest assessment of one stage, told in sentences. `without` None: no reason gives points."""

    stage: int
    points: float
    at: datetime
    rule_version: str
    band: str
    explanation: Explanation
    reasons: tuple[Weighed, ...]
    missing: tuple[Unknown, ...]
    without: Line | None


@dataclass(frozen=True, slots=True)
class Without:
    """Where the subject would stand without its heaviest reason."""

    line: Line
    rank: int
    of: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete one report is, in percent of the parts asked of its kind, and what it lacks."""

    lead: uuid.UUID
    number: int
    title: str
    reporter: str
    received_at: datetime
    percent: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A reason that came, went or changed its points between two assessments."""

    text: str
    text_ml: str
    points: float


@dataclass(frozen=True, slots=True)
class Earlier:
    """An assessment in the history; `by` None: the first one of its stage."""

    stage: int
    at: datetime
    points: float
    band: str
    rule_version: str
    by: float | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class WhySheet:
    """Everything a supervisor asks about a place in the queue. `rank` is the place it would have when it is parked.

    `stages`: the one of its queue first; empty before the first assessment. `least` None: it has no report.
    """

    subject: Subject
    stage: int
    band: str
    rank: int
    of: int
    stages: tuple[Stage, ...]
    without: Without | None
    reports: tuple[Completeness, ...]
    least: float | None
    reporters: tuple[str, ...]
    history: tuple[Earlier, ...]


def why_sheet(viewer: Officer, subject_id: uuid.UUID) -> WhySheet:
    """Why a subject stands where it does.

    Raises:
        NotVisible: no such subject in the viewer's reach, or it was merged into another.
    """
    rows = scope.subjects_seen(viewer).select_related("assigned_to")
    subject = scope.found(rows, subject_id)
    stage = stage_of(subject)
    band, (rank, of) = band_in_force(subject, stage), rank_of(viewer, subject)
    newest = Assessment.objects.filter(subject=subject).order_by("-at", "-stage", "-pk")
    history = list(newest[:_HISTORY])
    stages = [
        _stage(row, subject, place=(rank, of) if row.stage == stage else (None, None))
        for row in _newest(history)
    ]
    stages.sort(key=lambda one: one.stage != stage)
    reports = _completeness(subject)
    return WhySheet(
        subject,
        stage,
        band,
        rank,
        of,
        tuple(stages),
        _without(viewer, subject, stages[0] if stages and stages[0].stage == stage else None),
        reports,
        min((one.percent for one in reports), default=None),
        tuple(sorted({one.reporter for one in reports})),
        _history(history),
    )


def score_of(row: Assessment) -> Score:
    """A stored snapshot as the engine made it."""
    stored: Iterable[dict[str, Any]] = row.reasons
    return Score(
        tuple(
            Reason(str(r["code"]), str(r["text"]), str(r.get("text_ml") or ""), float(r.get("weight") or 0.0))
            for r in stored
        ),
        row.rule_version,
        tuple(row.missing),
    )


def band_named(code: str, at: datetime) -> Band:
    """The band of a code as the clock table had it at an instant; a code that is gone is shown as it is."""
    known = triage.bands_on(at.astimezone(IST).date())
    return next((band for band in known if band.code == code), Band(code, 0, code, code))


def _newest(history: Sequence[Assessment]) -> list[Assessment]:
    found: dict[int, Assessment] = {}
    for row in history:
        found.setdefault(row.stage, row)
    return list(found.values())


def _stage(row: Assessment, subject: Subject, *, place: tuple[int | None, int | None]) -> Stage:
    score = score_of(row)
    told = triage.explain(
        score,
        band=band_named(subject.set_band or row.band, row.at),
        rank=place[0],
        of=place[1],
        at=row.at,
        language_free=subject.number,
    )
    lines = told.of_kind("raises", "lowers", "noted")
    return Stage(
        row.stage,
        score.value,
        row.at,
        row.rule_version,
        row.band,
        told,
        tuple(_weighed(reason, line) for reason, line in zip(score.reasons, lines, strict=True)),
        tuple(_unknown(code) for code in score.missing),
        next(iter(told.of_kind("without")), None),
    )


def _weighed(reason: Reason, line: Line) -> Weighed:
    """The sentence without its points and its reason: what is left says what it rests on."""
    points = triage.points_text(reason.weight, signed=True)
    rests_on = line.text.removeprefix(f"{points} {reason.text} ").removeprefix("(").removesuffix(")")
    rests_on_ml = line.text_ml.removeprefix(f"{points} {reason.text_ml} ").removeprefix("(").removesuffix(")")
    return Weighed(reason.code, reason.weight, reason.text, reason.text_ml, rests_on, rests_on_ml)


def _unknown(code: str) -> Unknown:
    factor = triage.factor_named(code)
    if factor is None:
        return Unknown(code, code, code, lowers=False)
    return Unknown(code, factor.ASKS, factor.ASKS_ML, lowers=factor.RANGE[1] <= 0)


def _without(viewer: Officer, subject: Subject, stage: Stage | None) -> Without | None:
    if stage is None or stage.without is None:
        return None
    value = stage.without.points
    score = Score((Reason("without", "", "", value),), stage.rule_version)
    band = subject.set_band or triage.band(score, at=stage.at).code
    return Without(stage.without, *rank_of(viewer, subject, points=value, band=band))


def _completeness(subject: Subject) -> tuple[Completeness, ...]:
    rows = (
        Lead.objects.filter(subject_link__subject=subject)
        .annotate(reporter=reporter("report__"))
        .order_by("number")
        .values_list(
            "pk", "number", "report__title", "reporter", "report__received_at", "report__quality", "report__missing"
        )
    )  # fmt: skip
    return tuple(Completeness(*row[:6], missing=tuple(map(str, row[6]))) for row in rows[:_REPORTS])


def _history(rows: Sequence[Assessment]) -> tuple[Earlier, ...]:
    """Newest first, each compared with the one of its stage before it."""
    found = []
    for number, row in enumerate(rows):
        before = next((each for each in rows[number + 1 :] if each.stage == row.stage), None)
        changes = _changes(score_of(before), score_of(row)) if before else ()
        by = round(row.score - before.score, 4) if before else None
        found.append(Earlier(row.stage, row.at, row.score, row.band, row.rule_version, by, changes))
    return tuple(found)


def _changes(before: Score, after: Score) -> tuple[Change, ...]:
    was, now = ({reason.code: reason for reason in score.reasons} for score in (before, after))
    found = []
    for code in sorted({*was, *now}):
        said = now.get(code) or was[code]
        points = (now[code].weight if code in now else 0.0) - (was[code].weight if code in was else 0.0)
        if round(points, 4):
            found.append(Change(said.text, said.text_ml, round(points, 4)))
    return tuple(sorted(found, key=lambda change: -abs(change.points)))
