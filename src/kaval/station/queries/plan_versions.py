"""Versions of a plan as a person may see them: the list, one of them, two side by side.

A district sees its own teams and stops of a version, a team member none: what a whole plan says is need-to-know.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kaval.engine.formats.planning import read_plan
from kaval.engine.rules.planning.difference import Difference, PlanRow, compare, difference
from kaval.engine.rules.planning.problem import Plan
from kaval.station.models import Approval, Officer, Operation, PlanVersion
from kaval.station.queries import scope
from kaval.station.queries.operations import operation_seen


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in a list. `made`: solved, by_hand, imported, repaired; `signed`: who signed it, in order.

    `before`: the version it was made from, None: the first. `gap` None: no share can be given.
    """

    id: uuid.UUID
    number: int
    made: str
    by: str
    at: datetime
    text: str
    digest: str
    teams: int
    stops: int
    unplaced: int
    latest_entry_minutes: int
    unequal_load: int
    kilometres: float
    gap: float | None
    people_moved: int
    before: int | None
    in_force: bool
    signed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionSheet:
    """One version: `plan` as `kaval plan --json` prints it, as far as the viewer's reach goes."""

    operation: Operation
    row: VersionRow
    plan: dict[str, Any]
    report: dict[str, Any]
    difference: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions side by side, and everything that is not the same in them."""

    operation: Operation
    first: VersionRow
    second: VersionRow
    rows: tuple[PlanRow, ...]
    difference: Difference


def versions_seen(viewer: Officer, operation_id: uuid.UUID) -> tuple[VersionRow, ...]:
    """The versions of an operation's plan, the latest first; none for team members.

    Raises:
        NotVisible: no such operation in the viewer's reach.
    """
    operation = operation_seen(viewer, operation_id)
    if scope.reach_of(viewer) is scope.Reach.TEAM:
        return ()
    signed = _signatures(operation)
    rows = PlanVersion.objects.filter(operation=operation).select_related("by", "before")
    listed = rows.defer("plan", "difference", "before__plan", "before__difference").order_by("-number")
    return tuple(_row(version, operation, signed) for version in listed)


def version_by_number(viewer: Officer, operation_id: uuid.UUID, number: int) -> VersionSheet:
    """One version of an operation's plan.

    Raises:
        NotVisible: no such operation or version in the viewer's reach.
    """
    operation = operation_seen(viewer, operation_id)
    version = _version(viewer, operation, number)
    sites = _places_seen(viewer, operation)
    return VersionSheet(
        operation,
        _row(version, operation, _signatures(operation)),
        _part(version.plan, sites, viewer),
        version.report,
        version.difference,
    )


def compare_versions(viewer: Officer, operation_id: uuid.UUID, *, first: int, second: int) -> Comparison:
    """Two versions of an operation's plan side by side, in the order given.

    Raises:
        NotVisible: no such operation or version in the viewer's reach.
    """
    operation = operation_seen(viewer, operation_id)
    sites, signed = _places_seen(viewer, operation), _signatures(operation)
    held = [_version(viewer, operation, number) for number in (first, second)]
    plans = [_plan(version, sites, viewer) for version in held]
    named = [(f"{version.number}", plan) for version, plan in zip(held, plans, strict=True)]
    rows = [_row(version, operation, signed) for version in held]
    return Comparison(operation, rows[0], rows[1], compare(named), difference(*plans))


def _version(viewer: Officer, operation: Operation, number: int) -> PlanVersion:
    rows = PlanVersion.objects.filter(operation=operation, number=number).select_related("by", "before")
    version = rows.first()
    if version is None or scope.reach_of(viewer) is scope.Reach.TEAM:
        raise scope.NotVisible(str(number))
    return version


def _places_seen(viewer: Officer, operation: Operation) -> set[str]:
    numbers = scope.sites_seen(viewer).filter(operation=operation).values_list("number", flat=True)
    return {f"{number:04d}" for number in numbers}


def _plan(version: PlanVersion, sites: set[str], viewer: Officer) -> Plan:
    return read_plan(_part(version.plan, sites, viewer))


def _part(document: dict[str, Any], sites: set[str], viewer: Officer) -> dict[str, Any]:
    """A plan as far as the viewer's reach goes: sums of the state stay, doors and people of other districts do not."""
    if scope.reach_of(viewer) is scope.Reach.STATE:
        return document
    home = viewer.district.code if viewer.district else ""
    teams = [team for team in document["teams"] if team["district"] == home]
    named = {team["team"] for team in teams}
    return {
        **document,
        "teams": teams,
        "stops": [stop for stop in document["stops"] if stop["place"] in sites and stop["team"] in named],
        "unplaced": [one for one in document["unplaced"] if one["place"] in sites],
        "idle": [team for team in document["idle"] if team in named],
        "infeasible": [one for one in document["infeasible"] or () if one["district"] == home] or None,
        "districts": [one for one in document["districts"] if one["district"] == home],
    }


def _signatures(operation: Operation) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = Approval.objects.filter(operation=operation).select_related("by").order_by("place", "at")
    for approval in rows:
        found.setdefault(approval.plan_digest, []).append(str(approval.by))
    return found


def _row(version: PlanVersion, operation: Operation, signed: dict[str, list[str]]) -> VersionRow:
    report = version.report
    objective = report.get("objective", {})
    return VersionRow(
        version.pk,
        version.number,
        version.made,
        str(version.by),
        version.at,
        version.text,
        version.digest,
        report.get("teams", 0),
        report.get("stops", 0),
        report.get("unplaced", 0),
        objective.get("latest_entry_minutes", 0),
        objective.get("unequal_load", 0),
        objective.get("kilometres", 0.0),
        report.get("gap"),
        version.people_moved,
        version.before.number if version.before else None,
        version.number == operation.plan_number,
        tuple(signed.get(version.digest, ())),
    )
