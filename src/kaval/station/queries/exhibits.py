"""Exhibits with their chain of custody, what the laboratory counted on them, and what equals a known file."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from kaval.engine.rules.custody.chain import ChainProblem, CustodyStep, check_chain
from kaval.station.models import CustodyEvent, Examination, Exhibit, Finding, Officer
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class ExhibitRow:
    """An exhibit in a list. `known` None: not examined."""

    id: uuid.UUID
    number: str
    kind: str
    make: str
    model: str
    district: str
    operation: str
    site_number: int
    seal: str
    seized_at: datetime
    holder: str
    known: int | None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A file equal to an entry of a hash set: where it lay, its digests, the sets that know it. No picture, ever."""

    id: uuid.UUID
    path: str
    state: str
    size: int
    md5: str
    sha1: str
    sha256: str
    matches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExhibitSheet:
    """One exhibit with custody, examination and findings; `problems` are the gaps of its chain, empty: it is whole."""

    exhibit: Exhibit
    custody: tuple[CustodyEvent, ...]
    problems: tuple[ChainProblem, ...]
    examination: Examination | None
    findings: Page[FindingRow]
    by_category: tuple[tuple[str, int], ...]


def exhibits_held(
    viewer: Officer, *, text: str = "", kind: str = "", examined: str = "", page: int = 1
) -> Page[ExhibitRow]:
    """Exhibits in reach by number, with their present holder; `examined` is `yes`, `no` or empty."""
    holder = CustodyEvent.objects.filter(exhibit=OuterRef("pk")).order_by("-seq").values("holder_to")[:1]
    rows = (
        scope.exhibits_seen(viewer)
        .select_related("site__district", "site__operation", "examination")
        .annotate(holder=Subquery(holder))
        .order_by("number")
    )
    if text.strip():
        wanted = text.strip()
        rows = rows.filter(
            Q(number__icontains=wanted)
            | Q(seal__icontains=wanted)
            | Q(serial__iexact=wanted)
            | Q(imei=wanted)
        )
    if kind:
        rows = rows.filter(kind=kind)
    if examined in ("yes", "no"):
        rows = rows.filter(examination__isnull=examined == "no")
    return page_of(rows, page, _row)


def kinds_of_exhibits(viewer: Officer) -> tuple[str, ...]:
    """The kinds of device that occur."""
    return tuple(scope.exhibits_seen(viewer).order_by("kind").values_list("kind", flat=True).distinct())


def exhibit_by_id(viewer: Officer, exhibit_id: uuid.UUID, *, page: int = 1) -> ExhibitSheet:
    """One exhibit with custody and findings.

    Raises:
        NotVisible: no such exhibit in the viewer's reach.
    """
    rows = scope.exhibits_seen(viewer).select_related(
        "site__district", "site__operation", "site__crime", "seized_by", "examination__by"
    )
    exhibit = scope.found(rows, exhibit_id)
    custody = tuple(CustodyEvent.objects.filter(exhibit=exhibit).select_related("by").order_by("seq"))
    examination: Examination | None = getattr(exhibit, "examination", None)
    findings = (
        Finding.objects.filter(examination=examination).order_by("path", "sha256")
        if examination
        else Finding.objects.none()
    )
    return ExhibitSheet(
        exhibit,
        custody,
        _gaps(custody),
        examination,
        page_of(findings, page, _finding),
        _categories(findings.values_list("matches", flat=True)),
    )


def _gaps(custody: Sequence[CustodyEvent]) -> tuple[ChainProblem, ...]:
    return check_chain(
        [
            CustodyStep(one.event, one.at, one.holder_from, one.holder_to, one.seal_before, one.seal_after)
            for one in custody
        ]
    )


def _row(exhibit: Any) -> ExhibitRow:
    examination = getattr(exhibit, "examination", None)
    return ExhibitRow(
        exhibit.pk,
        exhibit.number,
        exhibit.kind,
        exhibit.make,
        exhibit.model,
        exhibit.site.district.name,
        exhibit.site.operation.code,
        exhibit.site.number,
        exhibit.seal,
        exhibit.seized_at,
        exhibit.holder or "",
        examination.known if examination else None,
    )


def _finding(row: Finding) -> FindingRow:
    return FindingRow(
        row.pk,
        row.path,
        row.state,
        row.size,
        row.md5,
        row.sha1,
        row.sha256,
        tuple(_match(one) for one in _matches(row.matches)),
    )


def _matches(stored: Any) -> list[dict[str, Any]]:
    return [one for one in stored if isinstance(one, dict)] if isinstance(stored, list) else []


def _match(one: dict[str, Any]) -> str:
    version = str(one.get("version", ""))
    known_by = f"{one.get('set', 'hash set')} {version[:12]}…" if version else str(one.get("set", "hash set"))
    return f"{known_by}, {_category(one)}"


def _category(one: dict[str, Any]) -> str:
    """The category with its scheme, never a bare number (see `Finding`)."""
    code = one.get("code", one.get("category"))
    scheme = f"{one.get('scheme') or 'a scheme not stated'} {one.get('scheme_version', '')}".strip()
    return "no category" if code in (None, "") else f"category {code} of {scheme}"


def _categories(stored: Any) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for matches in stored:
        counted.update({_category(one) for one in _matches(matches)})
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
