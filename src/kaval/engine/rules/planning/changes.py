"""What may change between the plan and the door, and the problem as it stands after a change.

A change says what happened, never how the plan should answer; `repair` finds the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.planning.problem import Officer, Problem, Site, Team

SLACK_MINUTES = 30  # by which a day may become longer so that fewer people move


@dataclass(frozen=True, slots=True)
class OfficerOut:
    """An officer cannot serve that day."""

    officer_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OfficerIn:
    """An officer can serve who could not, or whose entry in the roster changed."""

    officer: Officer
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TeamOut:
    """A whole team drops out: none of its officers can serve."""

    team_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SiteOut:
    """A place is withdrawn."""

    site_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SiteIn:
    """A new place, as spill-over gives one."""

    site: Site
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SiteChanged:
    """A place whose facts changed: children expected, limits of time, armed, links; `site` is the whole new entry."""

    site: Site
    reason: str = ""


Event = OfficerOut | OfficerIn | TeamOut | SiteOut | SiteIn | SiteChanged


def after(problem: Problem, event: Event, *, teams: Sequence[Team] = ()) -> Problem:
    """The problem after the change; `teams` are those of the plan, needed when a team drops out.

    Raises:
        RefusedError: P-KNOWN, the change names an officer, a team or a place that is not there, or a new place that is.
    """
    match event:
        case OfficerOut(officer_id):
            known(officer_id, (one.officer_id for one in problem.officers), what="officer")
            return _without(problem, {officer_id})
        case OfficerIn(officer):
            others = [one for one in problem.officers if one.officer_id != officer.officer_id]
            return replace(problem, officers=(*others, officer))
        case TeamOut(team_id):
            known(team_id, (one.team_id for one in teams), what="team")
            return _without(problem, set(next(one for one in teams if one.team_id == team_id).officers))
        case SiteOut(site_id):
            known(site_id, (one.site_id for one in problem.sites), what="place")
            return replace(problem, sites=tuple(one for one in problem.sites if one.site_id != site_id))
        case SiteIn(site):
            if any(one.site_id == site.site_id for one in problem.sites):
                raise RefusedError("P-KNOWN", f"place {site.site_id} is already in the operation")
            return replace(problem, sites=(*problem.sites, site))
        case SiteChanged(site):
            known(site.site_id, (one.site_id for one in problem.sites), what="place")
            sites = tuple(site if one.site_id == site.site_id else one for one in problem.sites)
            return replace(problem, sites=sites)


def known(wanted: str, there: Iterable[str], *, what: str) -> None:
    """Refuses an id that nothing has.

    Raises:
        RefusedError: P-KNOWN.
    """
    if wanted not in set(there):
        raise RefusedError("P-KNOWN", f"there is no {what} {wanted} here")


def _without(problem: Problem, gone: set[str]) -> Problem:
    return replace(problem, officers=tuple(one for one in problem.officers if one.officer_id not in gone))
