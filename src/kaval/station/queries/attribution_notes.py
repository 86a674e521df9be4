"""What people and rules put beside the addresses of a subject: corroboration, deconfliction, a child, explanations,
reasons for going on.

Two corroborations are computed, so that nobody has to type what the records show: two reports that came apart and name
the same account, and a telephone number that the report and the provider's answer both give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.attribution.facts import Corroboration, Deconfliction, Explanation, Override
from kaval.station.ids import derive_text
from kaval.station.models import (
    CheckOverride,
    ChildNote,
    ContradictionNote,
    CorroborationNote,
    DeconflictionNote,
    LeadIdentifier,
    WatchedKey,
)
from kaval.station.queries.attribution_told import chunks

# Who computed it, where no officer noted it.
RULE = "rule"


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number one report gives of its account, in normal form, and where."""

    value: str
    source: SourceRef
    at: datetime


@dataclass
class Notes:
    """What is on record beside the addresses, by subject."""

    corroborations: dict[UUID, tuple[Corroboration, ...]] = field(default_factory=dict)
    numbers: dict[UUID, tuple[Number, ...]] = field(default_factory=dict)
    deconflictions: dict[UUID, Deconfliction] = field(default_factory=dict)
    children: dict[UUID, bool] = field(default_factory=dict)
    explanations: dict[UUID, tuple[Explanation, ...]] = field(default_factory=dict)
    overrides: dict[UUID, tuple[Override, ...]] = field(default_factory=dict)


def notes(subjects: Collection[UUID], *, at: datetime) -> Notes:
    """Everything noted about these subjects by then."""
    found = Notes()
    for some in chunks(subjects):
        noted, named = _noted(some), list(_named(some))
        found.corroborations |= _merged(noted, _second_reports(named))
        found.numbers |= _numbers(named)
        found.deconflictions |= _deconflictions(some, named, at)
        rows = ChildNote.objects.filter(subject__in=some).order_by("at", "id")
        found.children |= dict(rows.values_list("subject_id", "likely"))
        found.explanations |= _explanations(some)
        found.overrides |= _overrides(some)
    return found


def same_number(
    numbers: Iterable[Number], contact: frozenset[str], *, provider: str
) -> Iterator[Corroboration]:
    """The corroboration that a report's number is a contact number of the customer in the provider's answer (A-42)."""
    for one in numbers:
        if one.value in contact:
            text = f"The telephone number of the report is the contact number in the answer of {provider}."
            yield Corroboration("phone", text, one.source, RULE, one.at)


@dataclass(frozen=True, slots=True)
class _Named:
    """An identifier an accepted lead of a subject names as the reported party's, and the document that says so."""

    subject: UUID
    kind: str
    value: str
    strength: str
    lead: int
    sha256: str
    place: str
    locator: str
    at: datetime

    @property
    def document(self) -> tuple[str, str]:
        """The sealed file, or the member of a sealed archive: two rows of one table are one document."""
        member, mark, _ = self.place.partition("!")
        return self.sha256, member if mark else ""


def _named(subjects: list[UUID]) -> Iterator[_Named]:
    rows = LeadIdentifier.objects.filter(
        lead__subject_link__subject__in=subjects, lead__state="accepted", party="reported", origin="field"
    ).exclude(identifier__strength="container")
    for row in rows.order_by("lead__number", "identifier_id").values_list(
        "lead__subject_link__subject", "identifier__kind", "identifier__value", "identifier__strength",
        "lead__number", "lead__report__sealed__sha256", "lead__report__locator", "locator", "lead__accepted_at",
    ):  # fmt: skip
        yield _Named(*row)


def _second_reports(named: Iterable[_Named]) -> dict[UUID, tuple[Corroboration, ...]]:
    """The first two accepted reports of different documents that name the same strong identifier, for each subject."""
    first: dict[tuple[UUID, str, str], _Named] = {}
    found: dict[UUID, tuple[Corroboration, ...]] = {}
    for one in named:
        if one.strength != "strong" or one.subject in found:
            continue
        other = first.setdefault((one.subject, one.kind, one.value), one)
        if other.document != one.document:
            text = (
                f"Reports {other.lead} and {one.lead} came in different sealed files and name the same "
                f"{one.kind.replace('_', ' ')}."
            )
            source = SourceRef(one.sha256, one.locator)
            found[one.subject] = (Corroboration("second_report", text, source, RULE, one.at),)
    return found


def _numbers(named: Iterable[_Named]) -> dict[UUID, tuple[Number, ...]]:
    found: dict[UUID, dict[str, Number]] = defaultdict(dict)
    for one in named:
        if one.kind == "phone":
            found[one.subject].setdefault(
                one.value, Number(one.value, SourceRef(one.sha256, one.locator), one.at)
            )
    return {subject: tuple(numbers.values()) for subject, numbers in found.items()}


def _noted(subjects: list[UUID]) -> dict[UUID, tuple[Corroboration, ...]]:
    found: dict[UUID, list[Corroboration]] = defaultdict(list)
    rows = CorroborationNote.objects.filter(subject__in=subjects).select_related("sealed", "by")
    for row in rows.order_by("at", "id"):
        source = SourceRef(row.sealed.sha256 if row.sealed else "", row.locator)
        found[row.subject_id].append(Corroboration(row.kind, row.text, source, row.by.number, row.at))
    return {subject: tuple(held) for subject, held in found.items()}


def _merged(
    noted: Mapping[UUID, tuple[Corroboration, ...]], computed: Mapping[UUID, tuple[Corroboration, ...]]
) -> dict[UUID, tuple[Corroboration, ...]]:
    return {subject: (*noted.get(subject, ()), *computed.get(subject, ())) for subject in {*noted, *computed}}


def _deconflictions(subjects: list[UUID], named: Iterable[_Named], at: datetime) -> dict[UUID, Deconfliction]:
    """The latest answer of the others; a watched key of another unit is a conflict whatever the note says."""
    rows = DeconflictionNote.objects.filter(subject__in=subjects).select_related("by").order_by("at", "id")
    found = {
        row.subject_id: Deconfliction(row.at, row.by.number, row.conflict, row.reference) for row in rows
    }
    held = WatchedKey.objects.filter(
        kind="other_unit", withdrawn_at=None, valid_until__gte=at.astimezone(IST).date()
    )
    watched = {row.digest: row for row in held.select_related("entered_by")}
    for one in named if watched else ():
        row = watched.get(derive_text("watched", one.kind, one.value))
        if row is not None:
            whom = f"{row.holder} {row.reference}"[:120]
            found[one.subject] = Deconfliction(row.entered_at, row.entered_by.number, True, whom)
    return found


def _explanations(subjects: list[UUID]) -> dict[UUID, tuple[Explanation, ...]]:
    found: dict[UUID, list[Explanation]] = defaultdict(list)
    rows = ContradictionNote.objects.filter(subject__in=subjects).select_related("by")
    for row in rows.order_by("at", "id"):
        found[row.subject_id].append(Explanation(str(row.observation_id), row.by.number, row.text))
    return {subject: tuple(held) for subject, held in found.items()}


def _overrides(subjects: list[UUID]) -> dict[UUID, tuple[Override, ...]]:
    """Reasons for going on that nobody withdrew."""
    found: dict[UUID, list[Override]] = defaultdict(list)
    rows = CheckOverride.objects.filter(subject__in=subjects, withdrawn_at=None).select_related("by")
    for row in rows.order_by("at", "id"):
        about = str(row.observation_id) if row.observation_id else ""
        found[row.subject_id].append(Override(row.check_id, row.by.number, row.rank, row.at, row.text, about))
    return {subject: tuple(held) for subject, held in found.items()}
