"""The teams of a district from its officers: as many as there can be, and such that their places can be met.

A team is a leader, a cyber officer, a technical officer and a woman, four different officers of the district (police
practice, law_and_procedure.md 2.7), nobody absent. Who is together with whom follows what the places ask (a woman of
rank, arms, a leader of higher rank or of the place's own station, nobody with an interest or a home there), then the
police station. The same officers give the same teams, in whatever order they come.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaval.engine.rules.planning.crews import best_teams
from kaval.engine.rules.planning.explain import explain_formation
from kaval.engine.rules.planning.explain_words import fewer_teams_note
from kaval.engine.rules.planning.forming_model import ground_of
from kaval.engine.rules.planning.problem import Lack, Problem, Team


@dataclass(frozen=True, slots=True)
class Formed:
    """The teams of one district; `lack` when those asked for cannot be formed or some place has no team that fits;
    `notes` what the teams give up, in words."""

    teams: tuple[Team, ...]
    lack: Lack | None
    notes: tuple[str, ...] = ()


def form_teams(problem: Problem, district_id: str) -> Formed:
    """The teams of one district: as many as are asked for, else as many as the officers allow (proved), never more
    than places.

    With a lack the teams are those that can be formed all the same.
    """
    ground = ground_of(problem, district_id)
    if not ground.places:
        return Formed((), None)
    teams, left = best_teams(problem, ground, district_id)
    if left or len(teams) < (ground.asked or 0):
        return Formed(teams, explain_formation(problem, district_id))
    fewer = ground.number - len(teams)
    return Formed(teams, None, (fewer_teams_note(problem, district_id, fewer),) if fewer else ())
