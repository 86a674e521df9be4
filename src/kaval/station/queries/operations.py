"""Operations with their plan: teams, stops, waves, approvals, freeze, numbered changes, and the solver's report."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from kaval.station.models import Approval, Officer, Operation, PlanChange, Site, Stop, Team, TeamMember
from kaval.station.queries import scope
from kaval.station.roles import MAY_DO

FEW_TEAMS = 24
# A stop that the plan in force does not hold keeps its row, with an order from here on.
OUT = 1000


@dataclass(frozen=True, slots=True)
class OperationRow:
    """An operation in a list, with counts within the viewer's reach."""

    id: uuid.UUID
    code: str
    name: str
    name_ml: str
    state: str
    first_entry_at: datetime
    sites: int
    teams: int
    done: int


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop of a team's morning; planned times. `address` is empty for viewers who need no door."""

    order: int
    wave: int
    arrive_at: datetime
    leave_at: datetime
    site_number: int
    site_id: uuid.UUID
    locality: str
    address: str
    state: str
    children_expected: bool | None


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team with its members and stops."""

    id: uuid.UUID
    number: int
    members: tuple[tuple[str, str], ...]
    stops: tuple[StopRow, ...]


@dataclass(frozen=True, slots=True)
class DistrictTeams:
    """A district's part of a plan. `listed` is empty unless the district was asked for, or the plan is small."""

    id: uuid.UUID
    name: str
    name_ml: str
    teams: int
    stops: int
    listed: tuple[TeamRow, ...]


@dataclass(frozen=True, slots=True)
class OperationSheet:
    """One operation. `approvals` are those under the plan that was frozen, in a draft under the present one; `void`
    those under earlier ones.
    """

    operation: Operation
    sites: int
    states: tuple[tuple[str, int], ...]
    teams: int
    waves: tuple[tuple[int, int, datetime, datetime], ...]
    approvals: tuple[Approval, ...]
    void: tuple[Approval, ...]
    changes: tuple[PlanChange, ...]
    report: tuple[tuple[str, str], ...]
    legal_basis: tuple[tuple[str, str], ...]
    districts: tuple[DistrictTeams, ...]


def operations_seen(viewer: Officer) -> tuple[OperationRow, ...]:
    """Operations in reach, the latest first."""
    sites = dict(_counts(scope.sites_seen(viewer), "operation"))
    done = dict(_counts(scope.sites_seen(viewer).filter(state="done"), "operation"))
    teams = dict(_counts(scope.teams_seen(viewer).filter(stood_down_at=None), "operation"))
    rows = scope.operations_seen(viewer).order_by("-first_entry_at", "code")[:200]
    return tuple(
        OperationRow(
            row.pk,
            row.code,
            row.name,
            row.name_ml,
            row.state,
            row.first_entry_at,
            sites.get(row.pk, 0),
            teams.get(row.pk, 0),
            done.get(row.pk, 0),
        )
        for row in rows
    )


def operation_seen(viewer: Officer, operation_id: uuid.UUID) -> Operation:
    """The operation row alone.

    Raises:
        NotVisible: no such operation in the viewer's reach.
    """
    return scope.found(scope.operations_seen(viewer).select_related("commander"), operation_id)


def operation_by_id(
    viewer: Officer, operation_id: uuid.UUID, *, district: uuid.UUID | None = None
) -> OperationSheet:
    """One operation with its plan; teams by name only of the district given, or of all when they are few.

    Raises:
        NotVisible: no such operation in the viewer's reach.
    """
    operation = operation_seen(viewer, operation_id)
    sites = scope.sites_seen(viewer).filter(operation=operation)
    approvals = tuple(
        Approval.objects.filter(operation=operation).select_related("by").order_by("at", "place")
    )
    states = _counts(sites, "state")
    teams = scope.teams_seen(viewer).filter(operation=operation, stood_down_at=None)
    number = teams.count()
    waves = (
        _stops_of(teams)
        .order_by("wave")
        .values_list("wave")
        .annotate(Count("pk"), Min("arrive_at"), Max("arrive_at"))
    )
    return OperationSheet(
        operation,
        sum(count for _, count in states),
        tuple(states),
        number,
        tuple(waves),
        tuple(one for one in approvals if one.plan_digest == operation.plan_digest),
        tuple(one for one in approvals if one.plan_digest != operation.plan_digest),
        tuple(_changes(viewer, operation, sites).select_related("site", "by").order_by("number")),
        plain_pairs(operation.plan_report),
        plain_pairs(operation.legal_basis),
        _district_teams(viewer, teams, district, few=number <= FEW_TEAMS),
    )


def plain_pairs(stored: Any, *, prefix: str = "") -> tuple[tuple[str, str], ...]:
    """A stored JSON object as name and text, nested objects flattened; lists are joined or, when long, counted."""
    if not isinstance(stored, dict):
        return ()
    pairs: list[tuple[str, str]] = []
    for key, value in stored.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, dict):
            pairs += plain_pairs(value, prefix=f"{name}: ")
        elif isinstance(value, list):
            flat = all(not isinstance(one, (dict, list)) for one in value) and len(value) <= 12
            pairs.append((name, ", ".join(map(str, value)) if flat else f"{len(value)} entries"))
        else:
            pairs.append(
                (
                    name,
                    {True: "yes", False: "no", None: "unknown"}[value]
                    if value is None or isinstance(value, bool)
                    else f"{value:,}"
                    if isinstance(value, int)
                    else str(value),
                )
            )
    return tuple(pairs)


def _counts(rows: Any, column: str) -> list[tuple[Any, int]]:
    return list(
        rows.order_by().values_list(column).annotate(number=Count("pk", distinct=True)).order_by(column)
    )


def _stops_of(teams: QuerySet[Team]) -> QuerySet[Stop]:
    """The stops of these teams that the plan in force holds."""
    return Stop.objects.filter(team__in=teams, order__lt=OUT)


def _changes(viewer: Officer, operation: Operation, sites: QuerySet[Site]) -> QuerySet[PlanChange]:
    """Numbered changes about what lies in reach: its sites, teams and officers."""
    rows = PlanChange.objects.filter(operation=operation)
    reach = scope.reach_of(viewer)
    if reach is scope.Reach.STATE:
        return rows
    near = Q(site__in=sites)
    if reach is scope.Reach.DISTRICT:
        near |= Q(team__district=viewer.district_id) | Q(officer__district=viewer.district_id)
    return rows.filter(near)


def _needs_doors(viewer: Officer) -> bool:
    """Doors are named to those who go there, those who approve going there, and nobody else."""
    return (
        scope.reach_of(viewer) is scope.Reach.TEAM
        or not MAY_DO["approve_plan"].isdisjoint(viewer.roles)
        or "district_chief" in viewer.roles
    )


def _district_teams(
    viewer: Officer, teams: QuerySet[Team], district: uuid.UUID | None, *, few: bool
) -> tuple[DistrictTeams, ...]:
    stops = dict(_stops_of(teams).order_by().values_list("team__district").annotate(Count("pk")))
    counted = (
        teams.order_by("district__name")
        .values_list("district", "district__name", "district__name_ml")
        .annotate(number=Count("pk"))
    )
    wanted = teams.filter(district_id=district) if district else teams if few else teams.none()
    listed = _teams_by_name(viewer, wanted)
    return tuple(
        DistrictTeams(key, name, name_ml, number, stops.get(key, 0), tuple(listed.get(key, ())))
        for key, name, name_ml, number in counted
    )


def _teams_by_name(viewer: Officer, teams: QuerySet[Team]) -> dict[uuid.UUID, list[TeamRow]]:
    doors = _needs_doors(viewer)
    stops: dict[uuid.UUID, list[StopRow]] = defaultdict(list)
    for stop in _stops_of(teams).select_related("site__place").order_by("team_id", "order"):
        stops[stop.team_id].append(
            StopRow(
                stop.order,
                stop.wave,
                stop.arrive_at,
                stop.leave_at,
                stop.site.number,
                stop.site_id,
                stop.site.place.locality,
                stop.site.place.address if doors else "",
                stop.site.state,
                stop.site.children_expected,
            )
        )
    members: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    serving = TeamMember.objects.filter(team__in=teams, left_at=None)
    for member in serving.select_related("officer").order_by("officer__number"):
        members[member.team_id].append((member.role, str(member.officer)))
    found: dict[uuid.UUID, list[TeamRow]] = defaultdict(list)
    for team in teams.order_by("number"):
        crew = tuple(sorted(members[team.pk], key=lambda one: (one[0] != "leader", one)))
        found[team.district_id].append(TeamRow(team.pk, team.number, crew, tuple(stops[team.pk])))
    return found
