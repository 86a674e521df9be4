"""Figures of an operation counted from its rows as of an instant; what had not happened by then is not counted.

A seizure report that becomes a crime moves one unit from one column to the other on the day it does (test T6 of
law_and_procedure.md 4.3), and is never in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import require_aware
from kaval.engine.rules.statistics.figures import (
    Arrests,
    Cases,
    Devices,
    DistrictFigures,
    OperationFigures,
    Places,
    SeizureReports,
    Teams,
)

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A planned place. `door_reached_at` None: no team stood at its door (withdrawn, deferred or not yet)."""

    site: str
    district: str
    team: str | None
    door_reached_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExhibitRow:
    """A thing seized at a place; `is_device` False for paper, SIM trays, packaging and the like."""

    exhibit: str
    site: str
    is_device: bool
    seized_at: datetime


@dataclass(frozen=True, slots=True)
class CrimeRow:
    """A crime registered; `from_seizure_report` names the report it grew out of, None when there was none."""

    crime: str
    site: str
    registered_at: datetime
    from_seizure_report: str | None = None


@dataclass(frozen=True, slots=True)
class SeizureReportRow:
    """A report under BNSS 106 about things seized at a place."""

    report: str
    site: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class ArrestRow:
    """An arrest of a person; two rows of one person count once."""

    person: str
    site: str
    arrested_at: datetime


def count_operation(
    sites: Iterable[SiteRow],
    *,
    operation: str,
    as_of: datetime,
    districts: Iterable[str],
    exhibits: Iterable[ExhibitRow] = (),
    crimes: Iterable[CrimeRow] = (),
    seizure_reports: Iterable[SeizureReportRow] = (),
    arrests: Iterable[ArrestRow] = (),
) -> OperationFigures:
    """The figures per district of `districts` (in that order, zeros included) as of an instant.

    Raises:
        RefusedError: a row names a place or district nobody knows (COUNT-SITE, COUNT-DISTRICT), or one id
        comes twice
            with different content (COUNT-TWICE): counting on would give a wrong figure without a word.
        ValueError: an instant without zone.
    """
    now = require_aware(as_of)
    order = tuple(districts)
    by_site = _unique(((row.site, row) for row in sites), kind="site")
    unknown = sorted({row.district for row in by_site.values()} - set(order))
    if unknown:
        raise RefusedError("COUNT-DISTRICT", f"sites name unknown districts: {', '.join(unknown)}")
    reached = {
        site: row
        for site, row in by_site.items()
        if row.door_reached_at is not None and row.door_reached_at <= now
    }
    place = {site: row.district for site, row in by_site.items()}
    crime_rows = [
        c for c in _unique(((c.crime, c) for c in crimes), kind="crime").values() if c.registered_at <= now
    ]
    grown = {c.from_seizure_report for c in crime_rows if c.from_seizure_report is not None}
    reports = _unique(((r.report, r) for r in seizure_reports), kind="seizure report")
    open_reports = [r for r in reports.values() if r.reported_at <= now and r.report not in grown]
    things = _unique(((e.exhibit, e) for e in exhibits), kind="exhibit")
    devices = [
        e
        for e in things.values()
        if e.is_device and e.seized_at <= now and _at(place, e.site) and e.site in reached
    ]
    columns: dict[str, Counter[str]] = {
        "places": Counter(row.district for row in reached.values()),
        "teams": Counter(_team_districts(reached.values()).values()),
        "devices": Counter(_at(place, row.site) for row in devices),
        "cases": Counter(_at(place, row.site) for row in crime_rows),
        "seizure_reports": Counter(_at(place, row.site) for row in open_reports),
        "arrests": Counter(_at(place, row.site) for row in _first_arrests(arrests, now)),
    }
    return OperationFigures(operation, now, tuple(_district(name, columns) for name in order))


def _district(name: str, columns: Mapping[str, Counter[str]]) -> DistrictFigures:
    return DistrictFigures(
        name,
        Places(columns["places"][name]),
        Teams(columns["teams"][name]),
        Devices(columns["devices"][name]),
        Cases(columns["cases"][name]),
        SeizureReports(columns["seizure_reports"][name]),
        Arrests(columns["arrests"][name]),
    )


def _unique(pairs: Iterable[tuple[str, Row]], *, kind: str) -> dict[str, Row]:
    seen: dict[str, Row] = {}
    for key, row in pairs:
        if seen.setdefault(key, row) != row:
            raise RefusedError("COUNT-TWICE", f"{kind} {key} comes twice with different content")
    return seen


def _at(place: Mapping[str, str], site: str) -> str:
    if site not in place:
        raise RefusedError("COUNT-SITE", f"a row names site {site}, which is not among the sites counted")
    return place[site]


def _team_districts(reached: Iterable[SiteRow]) -> dict[str, str]:
    """The district of each team's first stop; site ids break a tie so that input order never matters."""
    first: dict[str, str] = {}
    stops = sorted((row.door_reached_at, row.site, row) for row in reached if row.door_reached_at is not None)
    for _, _, row in stops:
        if row.team is not None:
            first.setdefault(row.team, row.district)
    return first


def _first_arrests(arrests: Iterable[ArrestRow], now: datetime) -> list[ArrestRow]:
    first: dict[str, ArrestRow] = {}
    for row in sorted(arrests, key=lambda r: (r.arrested_at, r.site, r.person)):
        if row.arrested_at <= now:
            first.setdefault(row.person, row)
    return list(first.values())
