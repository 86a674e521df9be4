"""A problem of planning from the rows of an operation, and a plan into rows.

A plan names a site by its number in four digits (`0017`), an officer by the service number, a team by its code
(`KTM-03`) and a police station by its code. Team, member and stop rows show the version in force and nothing else:
nothing is ever deleted, so a team that is not in it is stood down, a member has left, and a stop keeps its team with an
order of `OUT` or more.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from kaval.engine.formats.planning import read_plan, write_plan
from kaval.engine.formats.planning._settings import read_settings
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.engine.kernel.instant import IST, iso_utc
from kaval.engine.rules.field.states import BEFORE_THE_DOOR, FIRST_STATE
from kaval.engine.rules.planning import problem as shapes
from kaval.engine.rules.planning.difference import Difference
from kaval.station.audit import Acting
from kaval.station.ids import derive
from kaval.station.models import (
    District,
    Officer,
    OfficerConflict,
    Operation,
    PlanChange,
    PlanVersion,
    Site,
    SiteLink,
    Station,
    Stop,
    Team,
    TeamMember,
)
from kaval.station.queries.operations import OUT

_ABSENT = {"officer_out": True, "officer_in": False}


def locked(operation: Operation, *states: str) -> Operation:
    """The operation as it stands, not as the caller once read it; locked until the transaction ends.

    Raises:
        RefusedError: G-STATE, it is in none of the states.
    """
    row = (
        Operation.objects.select_for_update(of=("self",))
        .select_related("commander__station")
        .get(id=operation.id)
    )
    if row.state not in states:
        raise RefusedError(
            "G-STATE", f"operation {row.code} is {row.state}; this needs {' or '.join(states)}"
        )
    return row


def put_change(act: Acting, operation: Operation, *, kind: str, reason: str, **about: Any) -> PlanChange:
    """The next numbered change; `about`: site, team, officer, version."""
    last = PlanChange.objects.filter(operation=operation).aggregate(last=Max("number"))["last"] or 0
    return PlanChange.objects.create(
        id=derive("change", operation.id, last + 1),
        operation=operation,
        number=last + 1,
        kind=kind,
        reason=reason,
        by=act.by,
        at=act.at,
        **about,
    )


def place_key(number: int) -> str:
    """How plans name the site of this number."""
    return f"{number:04d}"


def rules_of(operation: Operation) -> shapes.Rules:
    """The rules of an operation: the usual ones, what the commander set, and its own first entry.

    Raises:
        RefusedError: G-RULES, a rule is set to what it cannot be; the text names it.
    """
    given = {
        "last_entry_at": _written(operation.day_end_at),
        **operation.rules,
        "first_entry_at": _written(operation.first_entry_at),
    }
    try:
        return read_settings(json.dumps(given).encode()).rules
    except ReaderError as wrong:
        raise RefusedError("G-RULES", str(wrong)) from None


def problem_of(operation: Operation) -> shapes.Problem:
    """Everything the plan of this operation is made from, as the rows say it now; withdrawn and deferred sites and
    officers a numbered change took out are left out.

    Raises:
        RefusedError: G-RULES, as `rules_of`.
    """
    sites = sites_by_key(operation)
    officers = _officers(operation, sites)
    stations = list(Station.objects.select_related("district").order_by("code"))
    rules, notes = rules_of(operation), _not_stated(officers, sites.values())
    return shapes.Problem(
        operation.code,
        rules,
        _sites(sites),
        officers,
        tuple(
            shapes.StationPoint(
                row.code,
                row.district.code,
                shapes.Point(row.code, row.latitude, row.longitude, row.terrain),
                row.name,
                row.district.name,
            )
            for row in stations
        ),
        notes=notes,
    )


def sites_by_key(operation: Operation) -> dict[str, Site]:
    """The sites a plan is made for, by the name plans give them."""
    rows = operation.sites.exclude(state__in=BEFORE_THE_DOOR)
    return {
        place_key(site.number): site
        for site in rows.select_related("place__station", "district").order_by("number")
    }


def closed_teams(operation: Operation) -> frozenset[str]:
    """Teams that a numbered change took out after they had been at a place: they stay in the plan and take no more."""
    changes = PlanChange.objects.filter(operation=operation, kind="team_out", team__stood_down_at=None)
    return frozenset(changes.values_list("team__code", flat=True))


def under_way(operation: Operation) -> frozenset[str]:
    """The places whose team has set out or been there: a repair leaves them as they are."""
    numbers = operation.sites.exclude(state__in=(FIRST_STATE, *BEFORE_THE_DOOR))
    return frozenset(map(place_key, numbers.values_list("number", flat=True)))


def site_shape(site: Site, links: tuple[str, ...] = ()) -> shapes.Site:
    """A site as planning sees it."""
    return shapes.Site(
        place_key(site.number),
        site.district.code,
        site.place.station.code,
        site.place.latitude,
        site.place.longitude,
        kind=site.kind,
        minutes=site.planned_minutes,
        terrain=site.place.station.terrain,
        village=site.village,
        basis=site.search_basis,
        not_before=site.not_before,
        not_after=site.not_after,
        children=site.children_expected,
        woman_expected=site.woman_expected,
        armed=site.armed,
        cwc_contact=site.cwc_contact,
        witnesses=tuple(site.witnesses),
        links=links,
    )


def version_in_force(operation: Operation) -> PlanVersion | None:
    """The plan the teams go by; None: none was made yet."""
    return PlanVersion.objects.filter(operation=operation, number=operation.plan_number).first()


def digest_in_force(operation: Operation) -> str:
    """The digest of the plan the teams go by; empty: none was made yet."""
    held = PlanVersion.objects.filter(operation=operation, number=operation.plan_number)
    return held.values_list("digest", flat=True).first() or ""


def plan_of(version: PlanVersion) -> shapes.Plan:
    """The plan a version holds."""
    return read_plan(version.plan)


def put_version(
    act: Acting, operation: Operation, plan: shapes.Plan, *, problem: shapes.Problem, made: str, **said: Any
) -> PlanVersion:
    """Keeps a plan as the next version of the operation; `said`: difference, people_moved, before, text."""
    last = PlanVersion.objects.filter(operation=operation).aggregate(last=Max("number"))["last"] or 0
    document = write_plan(plan, problem)
    # How long the making took is no part of a plan: the same plan is the same row on every machine.
    document["seconds"] = document["first_feasible_seconds"] = None
    return PlanVersion.objects.create(
        id=derive("plan version", operation.id, last + 1),
        operation=operation,
        number=last + 1,
        made=made,
        digest=digest_of(plan, number=last + 1),
        plan=document,
        report=_report(document),
        by=act.by,
        at=act.at,
        **said,
    )


def difference_plain(found: Difference) -> dict[str, Any]:
    """A difference as a version keeps it; places, teams and officers by the names plans give them."""

    def stop(one: shapes.Stop | None) -> dict[str, Any] | None:
        return (
            None
            if one is None
            else {"team": one.team_id, "order": one.order, "arrive_at": _written(one.arrive_at)}
        )

    return {
        "people_moved": found.people_moved,
        "latest_before": found.latest_before,
        "latest_after": found.latest_after,
        "people": [
            {
                "officer": one.officer_id,
                "was": one.was,
                "now": one.now,
                "added": list(one.added),
                "dropped": list(one.dropped),
                "moved": one.moved,
            }
            for one in found.people
        ],
        "stops": [{"place": one.site_id, "was": stop(one.was), "now": stop(one.now)} for one in found.stops],
        "teams": [
            {"team": one.team_id, "was": one.was is not None, "now": one.now is not None}
            for one in found.teams
        ],
    }


def digest_of(plan: shapes.Plan, *, number: int) -> str:
    """What two people sign: who goes where, when, in which version."""
    return content_digest(
        {
            "version": number,
            "teams": [[team.team_id, *map(list, team.members.items())] for team in plan.teams],
            "stops": [
                [stop.team_id, stop.site_id, stop.order, iso_utc(stop.arrive_at), iso_utc(stop.leave_at)]
                for stop in plan.stops
            ],
            "unplaced": [site for site, _ in plan.unplaced],
        }
    )


def put_in_force(operation: Operation, version: PlanVersion, *, at: datetime) -> None:
    """Makes team, member and stop rows say what a version says; a draft is signed as this version from now on."""
    plan = plan_of(version)
    teams = _write_teams(operation, plan, at)
    _write_members(operation, plan, teams, at=at)
    _write_stops(operation, plan, teams)
    operation.plan_number = version.number
    operation.plan_report = version.report
    columns = ["plan_number", "plan_report"]
    if operation.state == "draft":
        operation.plan_digest = version.digest
        columns.append("plan_digest")
    operation.save(update_fields=columns)


def _written(at: datetime) -> str:
    return at.astimezone(IST).isoformat()


def _sites(sites: Mapping[str, Site]) -> tuple[shapes.Site, ...]:
    links = _links(sites.values())
    return tuple(site_shape(site, tuple(links[site.id])) for site in sites.values())


def site_of(operation: Operation, site: Site) -> shapes.Site:
    """A site as the rows have it now, with its links."""
    row = operation.sites.select_related("place__station", "district").get(id=site.id)
    return site_shape(row, tuple(_links([row])[row.id]))


def _links(sites: Iterable[Site]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = SiteLink.objects.filter(site__in=list(sites), withdrawn_at=None).order_by("kind", "key")
    for site_id, kind, key in rows.values_list("site_id", "kind", "key"):
        found[site_id].append(f"{kind}:{key}")
    return found


def _officers(operation: Operation, sites: Mapping[str, Site]) -> tuple[shapes.Officer, ...]:
    """The roster of the day. Who was taken out stays in it as long as the plan names him, at a desk: he was there."""
    place_of = {site.place_id: key for key, site in sites.items()}
    conflicts = _conflicts(place_of)
    absent = taken_out(operation)
    version = version_in_force(operation) if absent else None
    named = {one for team in plan_of(version).teams for one in team.officers} if version else set()
    return tuple(
        _officer(row, conflicts[row.id], out=row.id in absent)
        for row in Officer.objects.select_related("station", "district").order_by("number")
        if row.id not in absent or row.number in named
    )


def officer_of(operation: Operation, officer: Officer) -> shapes.Officer:
    """An officer as planning sees one who can serve."""
    place_of = {site.place_id: key for key, site in sites_by_key(operation).items()}
    row = Officer.objects.select_related("station", "district").get(id=officer.id)
    return _officer(row, _conflicts(place_of)[row.id])


def _conflicts(place_of: Mapping[UUID, str]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    rows = OfficerConflict.objects.filter(ended_at=None, place__in=list(place_of))
    for officer, place in rows.values_list("officer_id", "place_id"):
        found[officer].add(place_of[place])
    return found


def _officer(row: Officer, conflicts: set[str], *, out: bool = False) -> shapes.Officer:
    return shapes.Officer(
        row.number,
        row.rank,
        row.gender,
        row.station.code if row.station else "",
        row.district.code if row.district else "",
        frozenset(row.skills),
        "out" if out else "" if "field_officer" in row.roles else "desk",
        row.leave_from,
        row.leave_to,
        row.off_duty_at,
        frozenset(row.villages),
        frozenset(conflicts),
        row.armed,
        row.vehicle,
    )


def taken_out(operation: Operation) -> set[UUID]:
    """Officers whom numbered changes took out of the day: by name, or with their team, and not back since."""
    found: set[UUID] = set()
    changes = PlanChange.objects.filter(operation=operation).order_by("number")
    for kind, team, officer in changes.values_list("kind", "team_id", "officer_id"):
        if kind == "team_out":
            found.update(TeamMember.objects.filter(team=team).values_list("officer_id", flat=True))
        elif kind in _ABSENT and officer is not None:
            (found.add if _ABSENT[kind] else found.discard)(officer)
    return found


def _not_stated(officers: tuple[shapes.Officer, ...], sites: Any) -> tuple[str, ...]:
    """What nobody stated and no rule therefore looks at, in words."""
    serving, sites = [one for one in officers if not one.role], list(sites)
    stated = {
        "No officer's end of duty is stated: rest is not checked.": any(one.off_duty_at for one in serving),
        "No officer's village is stated: P-VILLAGE is not checked.": any(one.villages for one in serving),
        "No site's village is stated: P-VILLAGE is not checked.": any(site.village for site in sites),
        "No officer's interest in a place is stated: P-CONFLICT is not checked.": any(
            one.conflicts for one in serving
        ),
        "No officer is stated to be armed or not: armed members are not planned.": any(
            one.armed is not None for one in serving
        ),
        "No officer is stated to have a vehicle or not: vehicles are not planned.": any(
            one.vehicle is not None for one in serving
        ),
        "No witness is named yet: P-WITNESS is not checked.": any(site.witnesses for site in sites),
    }
    return tuple(text for text, known in stated.items() if not known)


def _report(document: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a plan that a page shows beside it."""
    lacks = document["infeasible"] or []
    return {
        "objective": document["objective"],
        "lower_bound": document["lower_bound"],
        "gap": document["gap"],
        "teams": len(document["teams"]),
        "stops": len(document["stops"]),
        "waves": max((stop["wave"] for stop in document["stops"]), default=-1) + 1,
        "unplaced": len(document["unplaced"]),
        "idle": len(document["idle"]),
        "lacks": [lack["text"] for lack in lacks],
        "lacks_ml": [lack["text_ml"] for lack in lacks],
        "notes": document["notes"],
    }


def _write_teams(operation: Operation, plan: shapes.Plan, at: datetime) -> dict[str, Team]:
    held = {team.code: team for team in Team.objects.filter(operation=operation).order_by("number")}
    districts = {row.code: row for row in District.objects.all()}
    stations = {row.code: row for row in Station.objects.all()}
    last = max((team.number for team in held.values()), default=0)
    rows: dict[str, Team] = dict(held)
    fresh: list[Team] = []
    for shape in plan.teams:
        team = rows.get(shape.team_id)
        if team is None:
            team = rows[shape.team_id] = Team(
                id=derive("team", operation.id, shape.team_id),
                operation=operation,
                number=last + len(fresh) + 1,
                district=districts[shape.district_id],
                code=shape.team_id,
            )
            fresh.append(team)
        team.base = stations.get(shape.base.key) if shape.base else None
    named = {shape.team_id for shape in plan.teams}
    for code, team in rows.items():
        team.stood_down_at = None if code in named else team.stood_down_at or at
    Team.objects.bulk_create(fresh, batch_size=500)
    Team.objects.bulk_update(held.values(), ["base", "stood_down_at"], batch_size=500)
    return rows


def _write_members(
    operation: Operation, plan: shapes.Plan, teams: Mapping[str, Team], *, at: datetime
) -> None:
    """An officer has one row in an operation: it goes with the officer from team to team."""
    numbers = {row.number: row for row in Officer.objects.all()}
    held = {row.officer_id: row for row in TeamMember.objects.filter(operation=operation)}
    fresh: list[TeamMember] = []
    serving: set[UUID] = set()
    for shape in plan.teams:
        for role, number in shape.members.items():
            officer = numbers[number]
            if officer.id in serving:
                continue
            serving.add(officer.id)
            row = held.get(officer.id)
            if row is None:
                row = TeamMember(
                    id=derive("member", operation.id, number), operation=operation, officer=officer
                )
                fresh.append(row)
            row.team, row.role, row.left_at = teams[shape.team_id], role, None
    for officer_id, row in held.items():
        if officer_id not in serving and row.left_at is None:
            row.left_at = at
    TeamMember.objects.bulk_create(fresh, batch_size=500)
    TeamMember.objects.bulk_update(held.values(), ["team", "role", "left_at"], batch_size=500)


def _write_stops(operation: Operation, plan: shapes.Plan, teams: Mapping[str, Team]) -> None:
    sites = {place_key(number): site for site, number in operation.sites.values_list("id", "number")}
    held = {row.site_id: row for row in Stop.objects.filter(site__operation=operation)}
    fresh: list[Stop] = []
    planned: set[UUID] = set()
    for stop in plan.stops:
        site = sites[stop.site_id]
        planned.add(site)
        row = held.get(site)
        if row is None:
            row = Stop(id=derive("stop", operation.id, stop.site_id), site_id=site)
            fresh.append(row)
        row.team, row.order, row.wave = teams[stop.team_id], stop.order, stop.wave
        row.arrive_at, row.leave_at = stop.arrive_at, stop.leave_at
    numbers = {site: int(key) for key, site in sites.items()}
    for site, row in held.items():
        if site not in planned:
            row.order = OUT + numbers[site]
    Stop.objects.bulk_create(fresh, batch_size=500)
    Stop.objects.bulk_update(
        held.values(), ["team", "order", "wave", "arrive_at", "leave_at"], batch_size=500
    )
