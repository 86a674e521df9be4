"""What waits for a person on one attribution: open HOLDs, contradictions, links, other units, a child, and the history.

What may be let pass is decided here once, for the page that offers it and for the act that does it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Prefetch, Q, QuerySet

from kaval.engine.rules.attribution.case import Stage
from kaval.engine.rules.attribution.checks import ALL_CHECKS
from kaval.engine.rules.attribution.rank import rank_at_least, rank_to_lift
from kaval.station.models import (
    AnswerFile,
    Attribution,
    CheckOverride,
    ChildNote,
    ContradictionNote,
    CorroborationNote,
    DeconflictionNote,
    Observation,
    Officer,
    Operation,
    Report,
    SealedFile,
    Subject,
)
from kaval.station.queries import scope
from kaval.station.queries.reasons import CheckLine, check_ids, check_lines

CORROBORATION_KINDS: Final = (
    "phone",
    "email_recovery",
    "device",
    "second_report",
    "payment_delivery",
    "profile",
    "location",
)
OBSERVATION_CHECKS: Final = frozenset(
    check.id for check in ALL_CHECKS if check.stage in (Stage.ASK, Stage.ANSWER)
)
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Hold:
    """An open HOLD: what it demands, what was found, the rank it needs, and whether this officer may let it pass.

    `refused` names why not: `self`, `rank`, or empty when the officer may.
    """

    line: CheckLine
    rank: str
    refused: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An observation that points to another customer, with what was said about it so far."""

    observation: Observation
    notes: tuple[ContradictionNote, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person did to the attribution. `kind` is a word of the page, `text` the officer's own."""

    at: datetime
    by: str
    kind: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a person may still do about one subject's attribution."""

    subject: Subject
    attribution: Attribution | None
    holds: tuple[Hold, ...]
    overrides: tuple[CheckOverride, ...]
    observations: tuple[Observation, ...]
    contradictions: tuple[Contradiction, ...]
    corroborations: tuple[CorroborationNote, ...]
    sources: tuple[SealedFile, ...]
    deconflictions: tuple[DeconflictionNote, ...]
    children: tuple[ChildNote, ...]
    history: tuple[Step, ...]

    @property
    def child(self) -> ChildNote | None:
        """The last word on whether the holder is a child, None when nobody said anything."""
        return self.children[0] if self.children else None


def open_holds(row: Attribution) -> tuple[CheckLine, ...]:
    """The HOLDs that stop this attribution now: neither passed nor let pass.

    One that was let pass for a single observation stays open until the attribution no longer names it.
    """
    given = CheckOverride.objects.filter(subject=row.subject_id, withdrawn_at=None)
    passed = {one.check_id for one in given if one.observation_id is None}
    partly = {one.check_id for one in given} - passed
    named = set(check_ids(row.blocked_by))
    return tuple(
        line
        for line in check_lines(row.checks)
        if line.kind == "HOLD"
        and line.stops
        and line.check not in passed
        and (line.check in named or line.check not in partly)
    )


def why_not(officer: Officer, row: Attribution, check: str) -> str:
    """Why this officer may not let the HOLD pass (`self`, `rank`), empty when nothing speaks against it."""
    if row.analyst_id == officer.pk:
        return "self"
    return "" if rank_at_least(officer.rank, rank_to_lift(check)) else "rank"


def likely_child(subject: uuid.UUID) -> bool | None:
    """The last word on whether the account holder is a child; None: nobody said anything."""
    note = ChildNote.objects.filter(subject=subject).order_by("at", "pk").last()
    return note.likely if note else None


def sources_of(subject: uuid.UUID) -> QuerySet[SealedFile]:
    """The sealed files that speak of a subject: its reports, and the answers to what was asked about it."""
    reports = Report.objects.filter(lead__subject_link__subject=subject)
    answers = AnswerFile.objects.filter(
        Q(request__rows__observation__lead__subject_link__subject=subject)
        | Q(request__accounts__lead__subject_link__subject=subject)
    )
    return SealedFile.objects.filter(Q(pk__in=reports.values("sealed")) | Q(pk__in=answers.values("sealed")))


def desk_of(viewer: Officer, subject_id: uuid.UUID) -> Desk:
    """The desk of one subject.

    Raises:
        NotVisible: no such subject in the viewer's reach.
    """
    subject = scope.found(
        scope.subjects_seen(viewer).select_related("attribution__analyst", "attribution__place"), subject_id
    )
    row: Attribution | None = getattr(subject, "attribution", None)
    overrides = tuple(
        CheckOverride.objects.filter(subject=subject)
        .select_related("by", "withdrawn_by", "observation")
        .order_by("-at", "pk")[:_SHOWN]
    )
    notes = tuple(
        ContradictionNote.objects.filter(subject=subject)
        .select_related("by", "observation")
        .order_by("-at", "pk")
    )
    corroborations = tuple(
        CorroborationNote.objects.filter(subject=subject).select_related("by", "sealed").order_by("-at", "pk")
    )
    asked = tuple(
        DeconflictionNote.objects.filter(subject=subject).select_related("by").order_by("-at", "pk")
    )
    children = tuple(ChildNote.objects.filter(subject=subject).select_related("by").order_by("-at", "pk"))
    return Desk(
        subject,
        row,
        tuple(
            Hold(line, rank_to_lift(line.check), why_not(viewer, row, line.check)) for line in open_holds(row)
        )
        if row
        else (),
        overrides,
        tuple(Observation.objects.filter(lead__subject_link__subject=subject).order_by("at", "pk")[:_SHOWN]),
        _contradictions(row, notes),
        corroborations,
        tuple(sources_of(subject.pk).order_by("sha256")[:_SHOWN]),
        asked,
        children,
        _history((overrides, notes, corroborations, asked, children)),
    )


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A subject of an operation and the last time others were asked about it (None: never)."""

    subject: Subject
    last: DeconflictionNote | None


def operation_to_ask(viewer: Officer, operation_id: uuid.UUID) -> tuple[Operation, tuple[ToAsk, ...]]:
    """An operation and the subjects of its sites, each once, those never asked about first.

    Raises:
        NotVisible: no such operation in the viewer's reach.
    """
    operation = scope.found(scope.operations_seen(viewer), operation_id)
    notes = DeconflictionNote.objects.select_related("by").order_by("-at", "pk")
    rows = (
        scope.subjects_seen(viewer)
        .filter(attribution__sites__operation=operation)
        .distinct()
        .order_by("number")
        .prefetch_related(Prefetch("deconflictions", queryset=notes, to_attr="asked_about"))
    )
    listed = [ToAsk(row, next(iter(getattr(row, "asked_about", ())), None)) for row in rows]
    return operation, tuple(sorted(listed, key=lambda one: one.last is not None))


def _contradictions(row: Attribution | None, notes: Iterable[ContradictionNote]) -> tuple[Contradiction, ...]:
    if row is None or not row.contradicted_by:
        return ()
    said: dict[uuid.UUID, list[ContradictionNote]] = {}
    for note in notes:
        said.setdefault(note.observation_id, []).append(note)
    against = Observation.objects.filter(pk__in=row.contradicted_by).order_by("at", "pk")
    return tuple(Contradiction(one, tuple(said.get(one.pk, ()))) for one in against)


def _history(
    parts: tuple[
        tuple[CheckOverride, ...],
        tuple[ContradictionNote, ...],
        tuple[CorroborationNote, ...],
        tuple[DeconflictionNote, ...],
        tuple[ChildNote, ...],
    ],
) -> tuple[Step, ...]:
    overrides, notes, corroborations, asked, children = parts
    steps = [
        Step(one.at, str(one.by), "override", f"{one.check_id}, {one.rank}", one.text) for one in overrides
    ]
    steps += [
        Step(one.withdrawn_at, str(one.withdrawn_by), "withdrawn", one.check_id, "")
        for one in overrides
        if one.withdrawn_at is not None
    ]
    steps += [Step(one.at, str(one.by), "explained", one.observation.ip, one.text) for one in notes]
    steps += [Step(one.at, str(one.by), "corroborated", one.kind, one.text) for one in corroborations]
    steps += [Step(one.at, str(one.by), "asked", one.asked, one.reference) for one in asked]
    steps += [
        Step(one.at, str(one.by), "child" if one.likely else "no_child", "", one.text) for one in children
    ]
    return tuple(sorted(steps, key=lambda one: one.at, reverse=True))
