"""The planning folder of a world: whole, readable, the day it was drawn with keeps every rule, and sizes as asked."""

from __future__ import annotations

import csv
import json
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from kaval.engine.formats.planning import Listed, plan_of_stops, read_problem
from kaval.engine.rules.planning.fit import absent_because
from kaval.engine.rules.planning.problem import DistrictReport, Objective, Plan, Problem, Site, Team
from kaval.engine.rules.planning.verify import violations
from kaval.simulation import FIGURES, ForeignFolder, write_world
from kaval.simulation.nation import write_operation

NOTHING = Objective(0, 0, 0)


def problem_at(folder: Path) -> Problem:
    return read_problem({path.name: path.read_bytes() for path in folder.iterdir()})


def crews(problem: Problem, district: str) -> list[Team]:
    """The crews of the drawn day: whoever is on duty, four by four, as the list has them; based where the leader is."""
    bases = {station.station_id: station.point for station in problem.stations}
    present = [
        officer
        for officer in problem.officers
        if officer.district_id == district and not absent_because(officer, problem.rules)
    ]
    assert len(present) % 4 == 0
    return [
        Team(
            f"{district}-T{first // 4 + 1:02d}",
            district,
            leader.officer_id,
            cyber.officer_id,
            technical.officer_id,
            woman.officer_id,
            bases[leader.station_id],
        )
        for first in range(0, len(present), 4)
        for leader, cyber, technical, woman in (present[first : first + 4],)
    ]


def drawn_day(problem: Problem) -> Plan:
    teams: list[Team] = []
    listed: list[Listed] = []
    reports = []
    for district in sorted({site.district_id for site in problem.sites}):
        left = [site.site_id for site in problem.sites if site.district_id == district]
        mine = crews(problem, district)
        teams += mine
        reports.append(DistrictReport(district, len(left), len(mine), NOTHING, NOTHING))
        for number, team in enumerate(mine):
            share = len(left) // (len(mine) - number)
            listed += [
                Listed(team.team_id, site, order, "")
                for site, order in zip(left[:share], count(1), strict=False)
            ]
            left = left[share:]
    return plan_of_stops(listed, Plan(tuple(teams), (), NOTHING, NOTHING, tuple(reports)), problem)


def test_a_world_has_the_places_of_its_day_and_its_teams(world: Path) -> None:
    figures = FIGURES[world.name]
    problem = problem_at(world / "planning")
    assert len(problem.sites) == figures.places
    assert (
        sum(len(crews(problem, one)) for one in {site.district_id for site in problem.sites}) == figures.teams
    )
    assert problem.notes == ()


def test_the_day_a_world_was_drawn_with_keeps_every_rule(world: Path) -> None:
    problem = problem_at(world / "planning")
    plan = drawn_day(problem)
    assert plan.unplaced == ()
    assert violations(problem, plan) == []


def test_its_officers_are_those_of_the_station_with_more_columns(world: Path) -> None:
    def rows(path: str) -> list[dict[str, str]]:
        with (world / path).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    station, planning = rows("station/officers.csv"), rows("planning/officers.csv")
    assert [{name: row[name] for name in station[0]} for row in planning] == station


def test_every_kind_of_rule_is_asked_somewhere(worlds: Path) -> None:
    problem = problem_at(
        write_world(operation="23.1", seed=7, out=worlds / "23.1", missing_tools="skip").path / "planning"
    )
    sites = problem.sites
    tied = [site for site in sites if site.links]
    assert 0.06 <= len(tied) / len(sites) <= 0.11
    asked = {
        "children": [site for site in sites if site.children and site.cwc_contact],
        "woman": [site for site in sites if site.woman_expected],
        "limits": [site for site in sites if site.basis == "POLICE_185"],
        "armed": [site for site in sites if site.armed],
        "rank": [site for site in sites if site.rank],
        "opens": [site for site in sites if site.not_before],
        "closes": [site for site in sites if site.not_after],
        "witness": [site for site in sites if site.witnesses],
    }
    assert {name for name, found in asked.items() if len(found) < 3} == set()
    assert sum(bool(officer.conflicts) for officer in problem.officers) > 10
    assert sum(bool(officer.villages) for officer in problem.officers) > 50
    assert {"city", "hill", "coast", "plain"} == {site.terrain for site in sites}


def test_links_tie_two_to_four_places_and_some_cross_districts(world: Path) -> None:
    groups: dict[str, list[Site]] = {}
    for site in problem_at(world / "planning").sites:
        for key in site.links:
            groups.setdefault(key, []).append(site)
    assert {len(group) for group in groups.values()} <= {2, 3, 4}
    if len(groups) > 5:
        assert any(len({site.district_id for site in group}) > 1 for group in groups.values())


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("nation") / "op"
    return write_operation(places=300, teams=110, districts=12, seed=3, out=out)


def test_a_nation_has_the_size_asked_for_and_a_day_that_keeps_every_rule(nation: Path) -> None:
    problem = problem_at(nation)
    assert len(problem.sites) == 300
    by_district = Counter(site.district_id for site in problem.sites)
    assert len(by_district) == 12
    assert sum(len(crews(problem, one)) for one in by_district) == 110
    assert violations(problem, drawn_day(problem)) == []


def test_the_same_seed_gives_the_same_folder_and_another_seed_another(nation: Path, tmp_path: Path) -> None:
    def written(seed: int) -> dict[str, bytes]:
        folder = write_operation(places=300, teams=110, districts=12, seed=seed, out=tmp_path / str(seed))
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    first = {path.name: path.read_bytes() for path in nation.iterdir()}
    assert written(3) == first
    assert written(4)["places.csv"] != first["places.csv"]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "op").mkdir()
    (tmp_path / "op" / "letter.txt").write_text("mine")
    with pytest.raises(ForeignFolder, match="choose another folder"):
        write_operation(places=10, teams=4, districts=2, seed=1, out=tmp_path / "op")
    assert (tmp_path / "op" / "letter.txt").read_text() == "mine"


@pytest.mark.parametrize("places, teams, districts", [(10, 4, 0), (10, 4, 5), (3, 4, 2), (9999, 900, 401)])
def test_sizes_that_cannot_be_are_refused(places: int, teams: int, districts: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a team in each"):
        write_operation(places=places, teams=teams, districts=districts, seed=1, out=tmp_path / "op")


def test_stations_carry_their_terrain_beside_what_a_world_has(world: Path) -> None:
    plain = json.loads((world / "station/stations.geojson").read_text("utf-8"))
    more = json.loads((world / "planning/stations.geojson").read_text("utf-8"))
    for feature in more["features"]:
        feature["properties"].pop("terrain", None)
    assert more == plain
