"""Plans: what the solver makes, the independent checker accepts; what is wrong, it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.planning.check import violations
from kaval.engine.rules.planning.routes import Ground, greedy, improve, simple_bound
from kaval.engine.rules.planning.shapes import Plan, Site, Team, Travel
from kaval.engine.rules.planning.solve import plan
from kaval.engine.rules.planning.travel import distance_km, travel_seconds
from kaval.engine.rules.planning.waves import capacities, linked_groups
from tests.engine.planning.ground import FIRST_ENTRY, land


def _wrong(made: Plan, sites: list[Site]) -> list[str]:
    return violations(made, sites, first_entry_at=FIRST_ENTRY)


def test_a_plan_holds_every_site_once_and_starts_together() -> None:
    sites, teams = land(11, 4, linked=3)
    made = plan(sites, teams, first_entry_at=FIRST_ENTRY)

    assert _wrong(made, sites) == []
    assert sorted(stop.site_id for stop in made.stops) == [site.site_id for site in sites]
    assert {stop.arrive_at for stop in made.stops if stop.wave == 0} == {FIRST_ENTRY}
    assert 0 < made.lower_bound <= made.objective
    assert (made.unplaced, made.idle, made.notes) == ((), (), ())


def test_the_same_input_in_any_order_gives_the_same_plan() -> None:
    sites, teams = land(24, 9, districts=2, linked=2)

    assert plan(sites, teams, first_entry_at=FIRST_ENTRY) == plan(
        sites[::-1], teams[::-1], first_entry_at=FIRST_ENTRY
    )


def test_a_search_is_no_worse_than_exchanges_and_its_bound_no_lower() -> None:
    sites, teams = land(30, 10, seed=4)
    quick = plan(sites, teams, first_entry_at=FIRST_ENTRY, effort=0)
    long = plan(sites, teams, first_entry_at=FIRST_ENTRY)

    assert _wrong(quick, sites) == _wrong(long, sites) == []
    assert quick.lower_bound <= long.lower_bound <= long.objective <= quick.objective


def test_two_waves_are_solved_to_the_end() -> None:
    sites, teams = land(16, 9, seed=2)
    made = plan(sites, teams, first_entry_at=FIRST_ENTRY)

    assert made.objective == made.lower_bound


def test_a_small_plan_is_the_best_of_all() -> None:
    sites, teams = land(4, 2, seed=3)
    made = plan(sites, teams, first_entry_at=FIRST_ENTRY)
    ways = []
    for first in range(4):
        for second in range(4):
            for third in range(4):
                if len({first, second, third}) == 3:
                    chain = [first, second, third, ({0, 1, 2, 3} - {first, second, third}).pop()]
                    ways.append(
                        sum(
                            _leg(teams[n], sites[chain[2 * n]])
                            + _way(sites[chain[2 * n]], sites[chain[2 * n + 1]])
                            for n in (0, 1)
                        )
                    )

    assert made.objective == min(ways) == made.lower_bound


def _leg(team: Team, site: Site) -> int:
    return travel_seconds(
        (team.latitude or 0, team.longitude or 0), (site.latitude, site.longitude), Travel()
    )


def _way(one: Site, other: Site) -> int:
    return travel_seconds((one.latitude, one.longitude), (other.latitude, other.longitude), Travel())


def test_more_teams_than_sites_leave_some_idle() -> None:
    sites, teams = land(3, 5)
    made = plan(sites, teams, first_entry_at=FIRST_ENTRY)

    assert (len(made.stops), len(made.idle), _wrong(made, sites)) == (3, 2, [])


def test_a_district_without_teams_is_said_not_lost() -> None:
    sites, teams = land(6, 2, districts=2)
    made = plan(sites, [team for team in teams if team.district_id == "D00"], first_entry_at=FIRST_ENTRY)

    assert [site for site, _ in made.unplaced] == ["S0001", "S0003", "S0005"]
    assert _wrong(made, sites) == []


def test_links_reach_over_districts() -> None:
    sites, teams = land(18, 4, districts=2, linked=4)
    made = plan(sites, teams, first_entry_at=FIRST_ENTRY)
    waves = {stop.wave for stop in made.stops if stop.site_id in ("S0000", "S0001", "S0002", "S0003")}

    assert (len(waves), _wrong(made, sites)) == (1, [])


def test_a_group_too_large_for_one_wave_is_said() -> None:
    sites, teams = land(6, 2, linked=3)
    made = plan(sites, teams, first_entry_at=FIRST_ENTRY)

    assert made.notes == ("No single wave holds the linked sites S0000, S0001, S0002.",)
    assert _wrong(made, sites) == ["linked sites S0000, S0001, S0002 lie in different waves"]


def test_links_join_through_others() -> None:
    sites, _ = land(4, 1)
    given_links = [("a",), ("a", "b"), ("b",), ("c",)]
    linked = [replace(site, links=links) for site, links in zip(sites, given_links, strict=True)]

    assert [[site.site_id for site in group] for group in linked_groups(linked)] == [
        ["S0000", "S0001", "S0002"]
    ]


def test_doubled_ids_are_refused() -> None:
    sites, teams = land(2, 1)

    with pytest.raises(ValueError, match="two sites carry the id S0000"):
        plan([sites[0], sites[0]], teams, first_entry_at=FIRST_ENTRY)
    with pytest.raises(ValueError, match="has no zone"):
        plan(sites, teams, first_entry_at=FIRST_ENTRY.replace(tzinfo=None))


def test_a_stop_may_state_its_own_time() -> None:
    sites, teams = land(2, 1)
    made = plan([replace(site, minutes=30) for site in sites], teams, first_entry_at=FIRST_ENTRY)

    assert made.stops[0].leave_at - made.stops[0].arrive_at == timedelta(minutes=30)
    assert made.stops[1].arrive_at.second == 0


@settings(max_examples=15)
@given(st.integers(0, 16), st.integers(1, 6), st.integers(0, 3), st.integers(0, 50))
def test_every_plan_passes_the_second_opinion(sites: int, teams: int, linked: int, seed: int) -> None:
    places, crews = land(sites, teams, linked=min(linked, teams), seed=seed)
    made = plan(places, crews, first_entry_at=FIRST_ENTRY)

    assert [one for one in _wrong(made, places) if "linked" not in one or not made.notes] == []
    assert made.lower_bound <= made.objective


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda made: replace(made, stops=made.stops[1:]), "S"),
        (lambda made: replace(made, stops=(*made.stops, made.stops[0])), "stands 2 times"),
        (lambda made: _at(made, 0, team_id="nobody"), "team nobody is unknown"),
        (lambda made: _at(made, 0, site_id="nowhere"), "site nowhere is unknown"),
        (
            lambda made: _at(made, 0, arrive_at=FIRST_ENTRY - timedelta(minutes=1)),
            "does not start with the others",
        ),
        (lambda made: _at(made, 1, arrive_at=FIRST_ENTRY), "cannot reach"),
        (lambda made: _at(made, 1, wave=0), "has a wave that is not its order"),
        (lambda made: _at(made, 1, order=5), "gap in the order"),
        (lambda made: _at(made, 0, leave_at=FIRST_ENTRY - timedelta(hours=1)), "before it arrives"),
        (
            lambda made: replace(made, unplaced=((made.stops[0].site_id, ""),), stops=made.stops[1:]),
            "is left out",
        ),
        (lambda made: replace(made, stops=made.stops[:2]), "idle team"),
        (
            lambda made: replace(made, teams=tuple(replace(team, district_id="D09") for team in made.teams)),
            "is sent to",
        ),
    ],
)
def test_the_second_opinion_names_what_is_wrong(change: object, words: str) -> None:
    sites, teams = land(6, 3)
    made = plan(sites, teams, first_entry_at=FIRST_ENTRY)

    assert any(words in one for one in _wrong(change(made), sites))  # type: ignore[operator]


def _at(made: Plan, index: int, **changes: object) -> Plan:
    stops = list(made.stops)
    stops[index] = replace(stops[index], **changes)  # type: ignore[arg-type]
    return replace(made, stops=tuple(stops))


def test_loads_and_distances_are_plain() -> None:
    assert capacities(7, 3) == (3, 3, 1)
    assert capacities(2, 3) == (2,)
    assert capacities(0, 3) == ()
    assert distance_km((0.0, 0.0), (0.0, 1.0)) == pytest.approx(111.195, abs=0.01)
    assert travel_seconds((9.0, 76.0), (9.0, 76.0), Travel()) == 300
    assert travel_seconds(
        (0.0, 0.0), (0.0, 1.0), Travel(road_factor=1.0, speed_kmh=111.195)
    ) == pytest.approx(3600, abs=1)


def test_exchanges_never_lengthen() -> None:
    ground = Ground([[5, 1, 9]], [[0, 4, 2], [4, 0, 8], [2, 8, 0]], [None, None, None])
    chains = greedy(ground)

    assert simple_bound(ground) <= ground.total(improve(ground, chains)) <= ground.total(chains)


@pytest.mark.parametrize(("sites", "teams"), [(600, 320), pytest.param(862, 280, marks=pytest.mark.slow)])
def test_a_whole_state_is_planned_near_the_bound(sites: int, teams: int) -> None:
    places, crews = land(sites, teams, districts=20, seed=7)
    made = plan(places, crews, first_entry_at=FIRST_ENTRY)

    assert _wrong(made, places) == []
    assert made.objective <= 1.15 * made.lower_bound
