"""A plan as one JSON object, and back: the output of `kaval plan --json`, described in docs/planning.md.

Instants are ISO 8601 in IST, distances kilometres with three places, gaps shares (0.01 is one percent; null where the
bound is 0 and the value is not, so that no share can be given).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from math import inf, isfinite
from typing import Any

from kaval.engine.formats.planning._columns import instant_of
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import (
    ROLES,
    DistrictReport,
    Gaps,
    Lack,
    Objective,
    Plan,
    Point,
    Problem,
    Relaxation,
    Stop,
    Team,
)

Json = dict[str, Any]


def write_plan(
    plan: Plan, problem: Problem, *, seconds: float = 0.0, first_feasible_seconds: float | None = None
) -> Json:
    """The plan as JSON members, ready for `json.dumps`; seconds are what the making took, for the record only."""
    gaps = plan.objective.gap_to(plan.lower_bound)
    return {
        "operation": problem.operation,
        "first_entry_at": _at(problem.rules.first_entry_at),
        "teams": [_team(team) for team in plan.teams],
        "stops": [_stop(stop) for stop in plan.stops],
        "objective": _objective(plan.objective),
        "lower_bound": _objective(plan.lower_bound),
        "gaps": _gaps(gaps),
        "gap": _share(gaps.worst),
        "seconds": round(seconds, 2),
        "first_feasible_seconds": None
        if first_feasible_seconds is None
        else round(first_feasible_seconds, 2),
        "infeasible": [_lack(lack) for lack in plan.lacks] or None,
        "unplaced": [{"place": place, "why": why} for place, why in plan.unplaced],
        "idle": list(plan.idle),
        "notes": list(dict.fromkeys((*problem.notes, *plan.notes))),
        "districts": [_district(report) for report in plan.districts],
    }


def plan_bytes(document: Json) -> bytes:
    """The object as a file: two spaces deep, Malayalam left readable."""
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def read_plan(content: bytes | Mapping[str, Any], *, file: str = "plan.json") -> Plan:
    """The plan of such an object; kilometres come back as whole metres, instants in UTC.

    Raises:
        ReaderError: no such object; names the member.
    """
    given: Any = content
    if isinstance(content, bytes):
        try:
            given = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as problem:
            raise ReaderError(
                f"no JSON: {problem}", file=file, mend="Give the output of kaval plan --json"
            ) from None
    try:
        return _plan(given)
    except KeyError as missing:
        problem_text = f"the member {missing} is missing"
    except (TypeError, ValueError, AttributeError, OverflowError) as wrong:
        problem_text = f"a member is not what a plan has there ({wrong})"
    raise ReaderError(problem_text, file=file, mend="Give the output of kaval plan --json")


def _at(at: datetime) -> str:
    return at.astimezone(IST).isoformat()


def _team(team: Team) -> Json:
    base = team.base
    return {
        "team": team.team_id,
        "district": team.district_id,
        "base": None if base is None else base.key,
        "base_point": None
        if base is None
        else {"latitude": base.latitude, "longitude": base.longitude, "terrain": base.terrain},
        "members": team.members,
    }


def _stop(stop: Stop) -> Json:
    return {
        "team": stop.team_id,
        "place": stop.site_id,
        "order": stop.order,
        "wave": stop.wave,
        "arrive_at": _at(stop.arrive_at),
        "leave_at": _at(stop.leave_at),
    }


def _objective(objective: Objective) -> Json:
    return {
        "latest_entry_minutes": objective.latest_entry_minutes,
        "unequal_load": objective.unequal_load,
        "kilometres": objective.metres / 1000,
    }


def _share(gap: float) -> float | None:
    return round(gap, 6) if isfinite(gap) else None


def _gaps(gaps: Gaps) -> Json:
    return {
        "latest_entry_minutes": _share(gaps.latest_entry_minutes),
        "unequal_load": _share(gaps.unequal_load),
        "kilometres": _share(gaps.metres),
    }


def _lack(lack: Lack) -> Json:
    return {
        "district": lack.district_id,
        "rules": list(lack.rules),
        "text": lack.text,
        "text_ml": lack.text_ml,
        "about": list(lack.about),
        "relaxations": [
            {"kind": one.kind, "amount": one.amount, "text": one.text, "text_ml": one.text_ml}
            for one in lack.relaxations
        ],
    }


def _district(report: DistrictReport) -> Json:
    return {
        "district": report.district_id,
        "places": report.sites,
        "teams": report.teams,
        "objective": _objective(report.objective),
        "lower_bound": _objective(report.lower_bound),
        "gap": _share(report.objective.gap_to(report.lower_bound).own),
    }


def _plan(given: Mapping[str, Any]) -> Plan:
    return Plan(
        tuple(_read_team(one) for one in given["teams"]),
        tuple(_read_stop(one) for one in given["stops"]),
        _read_objective(given["objective"]),
        _read_objective(given["lower_bound"]),
        tuple(_read_district(one) for one in given.get("districts", ())),
        tuple((str(one["place"]), str(one["why"])) for one in given.get("unplaced", ())),
        tuple(str(one) for one in given.get("idle", ())),
        tuple(_read_lack(one) for one in given.get("infeasible") or ()),
        tuple(str(one) for one in given.get("notes", ())),
    )


def _read_team(given: Mapping[str, Any]) -> Team:
    members = {str(role): str(officer) for role, officer in given["members"].items()}
    at = given.get("base_point")
    base = None
    if given.get("base") and at:
        point = (float(at["latitude"]), float(at["longitude"]))
        base = Point(str(given["base"]), *point, str(at.get("terrain", "")))
    return Team(
        str(given["team"]),
        str(given["district"]),
        members["leader"],
        members["cyber"],
        members["technical"],
        members["woman"],
        base=base,
        more=tuple((role, officer) for role, officer in members.items() if role not in ROLES),
    )


def _read_stop(given: Mapping[str, Any]) -> Stop:
    return Stop(
        str(given["team"]),
        str(given["place"]),
        int(given["order"]),
        int(given["wave"]),
        instant_of(given["arrive_at"]),
        instant_of(given["leave_at"]),
    )


def _read_objective(given: Mapping[str, Any]) -> Objective:
    kilometres = float(given["kilometres"])
    if not -inf < kilometres < inf:
        raise ValueError("kilometres are no number")
    return Objective(int(given["latest_entry_minutes"]), int(given["unequal_load"]), round(kilometres * 1000))


def _read_district(given: Mapping[str, Any]) -> DistrictReport:
    return DistrictReport(
        str(given["district"]),
        int(given["places"]),
        int(given["teams"]),
        _read_objective(given["objective"]),
        _read_objective(given["lower_bound"]),
    )


def _read_lack(given: Mapping[str, Any]) -> Lack:
    return Lack(
        str(given["district"]),
        tuple(given["rules"]),
        str(given["text"]),
        str(given["text_ml"]),
        tuple(given["about"]),
        tuple(
            Relaxation(str(one["kind"]), int(one["amount"]), str(one["text"]), str(one["text_ml"]))
            for one in given["relaxations"]
        ),
    )
