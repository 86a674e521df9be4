"""Figures of an operation counted from its rows by the engine's definitions; nothing here is typed or stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, OuterRef, Subquery

from kaval.engine.rules.statistics.counting import (
    ArrestRow,
    CrimeRow,
    ExhibitRow,
    SeizureReportRow,
    SiteRow,
    count_operation,
)
from kaval.engine.rules.statistics.figures import DEFINITIONS, Definition, OperationFigures
from kaval.engine.rules.statistics.handling import HANDLING
from kaval.station.models import Arrest, Crime, FieldEvent, Officer, Operation, Outcome, SeizureReport
from kaval.station.queries import scope
from kaval.station.queries.handling import reports_by_handling


@dataclass(frozen=True, slots=True)
class DistrictLine:
    """A line of the table: the district's name and one number for each definition, in their order."""

    name: str
    name_ml: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """How many sites ended in one way, and their part of all sites that have ended."""

    code: str
    count: int
    share: float

    @property
    def percent(self) -> str:
        """The share in hundredths."""
        return f"{100 * self.share:.1f}"


@dataclass(frozen=True, slots=True)
class StatisticsSheet:
    """The figures of one operation. `whole` is false when the viewer's reach is a part of the state.

    `handling`: NCMEC's reports of the whole station by its own sorting, each for itself; empty without that reach.
    """

    definitions: tuple[Definition, ...]
    districts: tuple[DistrictLine, ...]
    total: tuple[int, ...]
    outcomes: tuple[OutcomeLine, ...]
    sites: int
    as_of: datetime
    whole: bool
    handling: tuple[tuple[Definition, int], ...] = ()


def outcome_figures(viewer: Officer, operation: Operation, *, as_of: datetime) -> StatisticsSheet:
    """The figures per district of an operation as of an instant, within the viewer's reach."""
    figures = figures_of(viewer, operation, as_of=as_of)
    names = {district.code: district for district in scope.districts_seen(viewer)}
    keys = [definition.key for definition in DEFINITIONS]
    lines = tuple(
        DistrictLine(
            names[one.district].name, names[one.district].name_ml, tuple(one.value(key) for key in keys)
        )
        for one in figures.districts
    )
    sites = scope.sites_seen(viewer).filter(operation=operation)
    whole = scope.reach_of(viewer) is scope.Reach.STATE
    handled = reports_by_handling() if whole else None
    return StatisticsSheet(
        DEFINITIONS,
        lines,
        tuple(figures.state.value(key) for key in keys),
        _outcomes(viewer, operation),
        sites.count(),
        figures.as_of,
        whole,
        tuple((one, handled.value(one.key)) for one in HANDLING) if handled else (),
    )


def figures_of(viewer: Officer, operation: Operation, *, as_of: datetime) -> OperationFigures:
    """The figures of an operation counted from its rows as of an instant, within the viewer's reach."""
    sites = scope.sites_seen(viewer).filter(operation=operation)
    reached = (
        FieldEvent.objects.filter(site=OuterRef("pk"), kind="at_door")
        .order_by()
        .values("site")
        .annotate(first=Min("at"))
        .values("first")
    )
    stood: Any = sites.annotate(reached=Subquery(reached)).values_list(
        "pk", "district__code", "stop__team_id", "reached"
    )
    site_rows = [SiteRow(str(pk), code, str(team) if team else None, at) for pk, code, team, at in stood]
    reports = {
        site: str(pk)
        for pk, site in SeizureReport.objects.filter(site__in=sites).values_list("pk", "site_id")
    }
    return count_operation(
        site_rows,
        operation=operation.code,
        as_of=as_of,
        districts=[one.code for one in scope.districts_seen(viewer)],
        exhibits=[
            ExhibitRow(str(pk), str(site), True, at)
            for pk, site, at in scope.exhibits_seen(viewer)
            .filter(site__operation=operation)
            .values_list("pk", "site_id", "seized_at")
        ],
        crimes=[
            CrimeRow(str(pk), str(site), at, reports.get(site))
            for pk, site, at in Crime.objects.filter(site__in=sites).values_list(
                "pk", "site_id", "registered_at"
            )
        ],
        seizure_reports=[
            SeizureReportRow(str(pk), str(site), at)
            for pk, site, at in SeizureReport.objects.filter(site__in=sites).values_list(
                "pk", "site_id", "reported_at"
            )
        ],
        arrests=[
            ArrestRow(person or str(pk), str(site), at)
            for pk, person, site, at in Arrest.objects.filter(crime__site__in=sites).values_list(
                "pk", "person_ref", "crime__site_id", "at"
            )
        ],
    )


def _outcomes(viewer: Officer, operation: Operation) -> tuple[OutcomeLine, ...]:
    codes = Counter(
        Outcome.objects.filter(site__in=scope.sites_seen(viewer).filter(operation=operation)).values_list(
            "code", flat=True
        )
    )
    total = sum(codes.values())
    return tuple(
        OutcomeLine(code, number, number / total)
        for code, number in sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    )
