"""The plan as a board: lanes of teams with their stops, the districts with their figures, what found no team."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from kaval.engine.rules.field.states import BEFORE_THE_DOOR
from kaval.station.models import Officer, Operation, PlanVersion, Site, SiteLink, Stop, Team, TeamMember
from kaval.station.queries import scope
from kaval.station.queries.operations import FEW_TEAMS, OUT, _needs_doors, operation_seen


@dataclass(frozen=True, slots=True)
class Bar:
    """A stop of a lane. `address` is empty for viewers who need no door; `together`: numbers of the sites that must
    be entered in the same wave; degrees are WGS84.
    """

    site_id: uuid.UUID
    number: int
    locality: str
    address: str
    state: str
    order: int
    wave: int
    arrive_at: datetime
    leave_at: datetime
    latitude: float
    longitude: float
    together: tuple[int, ...]
    children: bool | None


@dataclass(frozen=True, slots=True)
class Lane:
    """A team's morning. `base` is where it sets out: name, longitude, latitude; None: not known."""

    id: uuid.UUID
    label: str
    district_id: uuid.UUID
    members: tuple[tuple[str, str], ...]
    base: tuple[str, float, float] | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class DistrictPart:
    """One district's part of the plan; `first_at` to `latest_at` are entries, None without a stop. `most` and
    `fewest` are places of one team. `bound` is the proved least latest entry in minutes, None: not proved.
    """

    id: uuid.UUID
    code: str
    name: str
    name_ml: str
    sites: int
    teams: int
    stops: int
    first_at: datetime | None
    latest_at: datetime | None
    most: int
    fewest: int
    kilometres: float | None
    bound: int | None
    gap: float | None


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why a district has no plan, in words, the best way out first."""

    district: str
    text: str
    text_ml: str
    ways_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The plan's objective beside its proved lower bound; `gap` is the worst of the three."""

    value: Mapping[str, float]
    bound: Mapping[str, float]
    gap: float | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A site where it lies, in WGS84 degrees. `wave` and `team` None and empty: no stop in force: never placed,
    withdrawn or deferred.
    """

    id: uuid.UUID
    number: int
    locality: str
    district: str
    district_id: uuid.UUID
    longitude: float
    latitude: float
    state: str
    wave: int | None
    team: str


@dataclass(frozen=True, slots=True)
class PlanBoard:
    """An operation's plan in a viewer's reach; `lanes` are empty unless a district was chosen or teams are few."""

    operation: Operation
    version: int
    figures: Figures | None
    parts: tuple[DistrictPart, ...]
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    shortages: tuple[Shortage, ...]
    notes: tuple[str, ...]

    @property
    def loose(self) -> tuple[Mark, ...]:
        """The sites without a stop."""
        return tuple(mark for mark in self.marks if mark.wave is None)

    def chosen(self, district: uuid.UUID | None) -> DistrictPart | None:
        """The part of a district in reach."""
        return next((part for part in self.parts if part.id == district), None)


def plan_board(viewer: Officer, operation_id: uuid.UUID, *, district: uuid.UUID | None) -> PlanBoard:
    """The plan in force of one operation.

    Raises:
        NotVisible: no such operation in the viewer's reach.
    """
    operation = operation_seen(viewer, operation_id)
    plan = _plan_in_force(operation)
    teams = scope.teams_seen(viewer).filter(operation=operation, stood_down_at=None)
    sites = scope.sites_seen(viewer).filter(operation=operation)
    stops = Stop.objects.filter(team__in=teams, order__lt=OUT).exclude(site__state__in=BEFORE_THE_DOOR)
    parts = _parts(viewer, teams, sites, stops=stops, plan=plan)
    few = sum(part.teams for part in parts) <= FEW_TEAMS
    wanted = teams.filter(district_id=district) if district else teams if few else teams.none()
    if district:
        sites = sites.filter(district_id=district)
    names = {part.code: part for part in parts}
    return PlanBoard(
        operation,
        plan["number"],
        _figures(plan) if scope.reach_of(viewer) is scope.Reach.STATE else None,
        parts,
        _lanes(viewer, wanted, stops, operation=operation),
        _marks(sites, stops),
        tuple(_shortages(plan, names)),
        tuple(str(note) for note in plan["notes"]) if scope.reach_of(viewer) is scope.Reach.STATE else (),
    )


def _plan_in_force(operation: Operation) -> dict[str, Any]:
    """What the version in force says of itself, without its teams and stops, which are rows."""
    asked = ("objective", "lower_bound", "gap", "infeasible", "notes", "districts")
    row = (
        PlanVersion.objects.filter(operation=operation, number=operation.plan_number)
        .values("number", *(f"plan__{name}" for name in asked))
        .first()
    )
    found = {name: row[f"plan__{name}"] for name in asked} if row else dict.fromkeys(asked)
    return {
        **found,
        "number": row["number"] if row else 0,
        "infeasible": found["infeasible"] or [],
        "notes": found["notes"] or [],
        "districts": {one.get("district"): one for one in found["districts"] or []},
    }


def _figures(plan: Mapping[str, Any]) -> Figures | None:
    return Figures(plan["objective"], plan["lower_bound"] or {}, plan["gap"]) if plan["objective"] else None


def _parts(
    viewer: Officer,
    teams: QuerySet[Team],
    sites: QuerySet[Site],
    *,
    stops: QuerySet[Stop],
    plan: Mapping[str, Any],
) -> tuple[DistrictPart, ...]:
    counted = dict(sites.order_by().values_list("district").annotate(Count("pk")))
    times = {
        key: (number, first, latest)
        for key, number, first, latest in stops.order_by()
        .values_list("team__district")
        .annotate(Count("pk"), Min("arrive_at"), Max("arrive_at"))
    }
    loads: dict[uuid.UUID, list[int]] = defaultdict(list)
    per_team = Counter(stops.order_by().values_list("team_id", flat=True))
    for key, home in teams.order_by().values_list("pk", "district"):
        loads[home].append(per_team[key])
    parts = []
    for row in scope.districts_seen(viewer):
        if row.pk not in counted and row.pk not in loads:
            continue
        said = plan["districts"].get(row.code, {})
        load = loads.get(row.pk, [])
        parts.append(
            DistrictPart(
                row.pk,
                row.code,
                row.name,
                row.name_ml,
                counted.get(row.pk, 0),
                len(load),
                *times.get(row.pk, (0, None, None)),
                max(load, default=0),
                min(load, default=0),
                (said.get("objective") or {}).get("kilometres"),
                (said.get("lower_bound") or {}).get("latest_entry_minutes"),
                said.get("gap"),
            )
        )
    return tuple(parts)


def _lanes(
    viewer: Officer, teams: QuerySet[Team], stops: QuerySet[Stop], *, operation: Operation
) -> tuple[Lane, ...]:
    doors = _needs_doors(viewer)
    bars: dict[uuid.UUID, list[Bar]] = defaultdict(list)
    together = _together(operation)
    for stop in stops.filter(team__in=teams).select_related("site__place").order_by("team_id", "order"):
        site, place = stop.site, stop.site.place
        bars[stop.team_id].append(
            Bar(
                site.pk,
                site.number,
                place.locality,
                place.address if doors else "",
                site.state,
                stop.order,
                stop.wave,
                stop.arrive_at,
                stop.leave_at,
                float(place.latitude),
                float(place.longitude),
                together.get(site.number, ()),
                site.children_expected,
            )
        )
    crew: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    members = TeamMember.objects.filter(team__in=teams, left_at=None).select_related("officer")
    for member in members.order_by("officer__number"):
        crew[member.team_id].append((member.role, str(member.officer)))
    return tuple(
        Lane(
            team.pk,
            team.code or str(team.number),
            team.district_id,
            tuple(sorted(crew[team.pk], key=lambda one: (one[0] != "leader", one))),
            (team.base.name, float(team.base.longitude), float(team.base.latitude)) if team.base else None,
            tuple(bars[team.pk]),
        )
        for team in teams.select_related("base").order_by("district__name", "number")
    )


def _together(operation: Operation) -> dict[int, tuple[int, ...]]:
    """By site number the numbers of those that share a link with it; a link nobody shares says nothing."""
    shared: dict[tuple[str, str], list[int]] = defaultdict(list)
    links = SiteLink.objects.filter(site__operation=operation, withdrawn_at=None)
    for kind, key, number in links.order_by("site__number").values_list("kind", "key", "site__number"):
        shared[kind, key].append(number)
    found: dict[int, set[int]] = defaultdict(set)
    for numbers in shared.values():
        for number in numbers:
            found[number] |= set(numbers) - {number}
    return {number: tuple(sorted(others)) for number, others in found.items()}


def _marks(sites: QuerySet[Site], stops: QuerySet[Stop]) -> tuple[Mark, ...]:
    placed = {
        site: (wave, code or str(number))
        for site, wave, code, number in stops.values_list("site", "wave", "team__code", "team__number")
    }
    columns = (
        "pk", "number", "place__locality", "district__name", "district_id", "place__longitude",
        "place__latitude", "state",
    )  # fmt: skip
    rows: Any = sites.order_by("number").values_list(*columns)
    return tuple(Mark(*row, *placed.get(row[0], (None, ""))) for row in rows)


def _shortages(plan: Mapping[str, Any], parts: Mapping[str, DistrictPart]) -> Iterable[Shortage]:
    for lack in plan["infeasible"]:
        part = parts.get(lack.get("district", ""))
        # A lack of another district is not told; one of the whole state has no district.
        if part is None and lack.get("district"):
            continue
        yield Shortage(
            part.name if part else "",
            lack.get("text", ""),
            lack.get("text_ml", ""),
            tuple((one.get("text", ""), one.get("text_ml", "")) for one in lack.get("relaxations", [])),
        )
