"""Every rule of a plan: a day that keeps it, and the same day with one thing wrong, which breaks that rule only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kaval.engine.rules.planning.problem import DistrictReport, Lack, Objective, Point, Stop, Terrain
from kaval.engine.rules.planning.verify import violations
from tests.engine.planning.verify_ground import Change, Day, at, day


def _same(one: Day) -> Day:
    return one


def _linked(one: Day) -> Day:
    return one.site("a1", links=("account:x",)).site("k1", links=("account:x", "group:y"))


def _idle(one: Day) -> Day:
    """K-1 gives its only place up: it is left out with a reason, and K-1 stands idle."""
    lack = Lack("KTM", ("P-WARRANT",), "no time", "സമയമില്ല", ("k1",))
    return (
        one.without("k1")
        .says(unplaced=(("k1", "no time"),), lacks=(lack,), idle=("K-1",))
        .sums(70, 1, 10_000)
    )


def _three_for_one(one: Day) -> Day:
    """A-1 has all three places of ALP, and A-2 stands idle because a3 may be entered at nine only."""
    third = Stop("A-1", "a3", 3, 2, at("09:20"), at("10:20"))
    return (
        one.site("a3", not_before=at("09:00"))
        .without("a3")
        .says(stops=(*one.without("a3").plan.stops, third), idle=("A-2",))
        .sums(140, 3, 13_000)
    )


# rule, what makes the day such that the rule has something to say, what breaks it
CASES: dict[str, tuple[str, Change, Change]] = {
    "cyber": ("P-CYBER", _same, lambda one: one.officer("A-1-cyber", skills=frozenset())),
    "cyber not named": ("P-CYBER", _same, lambda one: one.team("A-1", cyber="")),
    "technical": (
        "P-TECHNICAL",
        _same,
        lambda one: one.officer("A-2-technical", skills=frozenset({"search"})),
    ),
    "woman": (
        "P-WOMAN",
        lambda one: one.officer("A-1-leader", gender="F"),
        lambda one: one.officer("A-1-woman", gender="M"),
    ),
    "local": (
        "P-LOCAL",
        lambda one: one.rules(local="station"),
        lambda one: one.site("a2", station_id="ALP-OTHER"),
    ),
    "leader's rank": ("P-RANK", _same, lambda one: one.officer("K-1-leader", rank="ASI")),
    "unknown rank": ("P-RANK", _same, lambda one: one.officer("K-1-leader", rank="CHIEF")),
    "rank of the basis": (
        "P-RANK",
        lambda one: one.site("a2", rank="INSPECTOR"),
        lambda one: one.officer("A-1-leader", rank="SI"),
    ),
    "desk": ("P-DESK", _same, lambda one: one.officer("A-1-cyber", role="custodian")),
    "leave": (
        "P-LEAVE",
        lambda one: one.officer("A-1-cyber", leave_from=date(2026, 2, 1), leave_to=date(2026, 2, 21)),
        lambda one: one.officer("A-1-cyber", leave_to=date(2026, 2, 22)),
    ),
    "open leave": (
        "P-LEAVE",
        lambda one: one.officer("A-1-cyber", leave_from=date(2026, 2, 23)),
        lambda one: one.officer("A-1-cyber", leave_from=date(2026, 2, 22)),
    ),
    "rest": (
        "P-REST",
        lambda one: one.officer("A-1-cyber", off_duty_at=at("06:00").replace(day=21, hour=22)),
        lambda one: one.officer("A-1-cyber", off_duty_at=at("06:01").replace(day=21, hour=22)),
    ),
    "conflict": (
        "P-CONFLICT",
        lambda one: one.officer("A-1-woman", conflicts=frozenset({"a3"})),
        lambda one: one.officer("A-1-woman", conflicts=frozenset({"a2"})),
    ),
    "village": (
        "P-VILLAGE",
        lambda one: one.site("a1", village="North").officer("A-1-woman", villages=frozenset({"South"})),
        lambda one: one.officer("A-1-woman", villages=frozenset({"South", "North"})),
    ),
    "armed": (
        "P-ARMED",
        lambda one: one.site("a1", armed=True).officer("A-1-cyber", armed=True),
        lambda one: one.officer("A-1-cyber", armed=None),
    ),
    "vehicle": (
        "P-VEHICLE",
        lambda one: (
            one.rules(needs=one.problem.rules.needs | {"vehicle"})
            .officer("A-1-leader", vehicle=True)
            .officer("A-2-leader", vehicle=True)
            .officer("K-1-leader", vehicle=True)
        ),
        lambda one: one.officer("A-2-leader", vehicle=False),
    ),
    "district of the place": (
        "P-DISTRICT",
        lambda one: one.rules(needs=frozenset({"cyber", "technical", "woman"})),
        lambda one: (
            one.team("K-1", district_id="ALP")
            .officer("K-1-leader", district_id="ALP")
            .officer("K-1-cyber", district_id="ALP")
            .officer("K-1-technical", district_id="ALP")
            .officer("K-1-woman", district_id="ALP")
            .sums(70, 1, 10_000)
        ),
    ),
    "district of an officer": ("P-DISTRICT", _same, lambda one: one.officer("K-1-cyber", district_id="ALP")),
    "limits": (
        "P-LIMITS",
        lambda one: one.site("a1", basis="POLICE_185"),
        lambda one: one.site("a1", station_id="ALP-OTHER"),
    ),
    "no woman of rank": (
        "P-CHILD",
        lambda one: one.site("a1", children=True, cwc_contact="CWC desk"),
        lambda one: one.officer("A-1-woman", rank="SCPO"),
    ),
    "a woman expected": (
        "P-CHILD",
        lambda one: one.site("a1", woman_expected=True),
        lambda one: one.officer("A-1-woman", rank="ASI"),
    ),
    "no contact for children": (
        "P-CHILD",
        lambda one: one.site("a1", children=True, cwc_contact="CWC desk"),
        lambda one: one.site("a1", cwc_contact=""),
    ),
    "sunrise": (
        "P-SUN",
        lambda one: _shifted(one, "06:45"),
        lambda one: _shifted(one, "06:30"),
    ),
    "not before": (
        "P-WARRANT",
        lambda one: one.site("a2", not_before=at("08:10")),
        lambda one: one.site("a2", not_before=at("08:11")),
    ),
    "not after": (
        "P-WARRANT",
        lambda one: one.site("a2", not_after=at("08:10")),
        lambda one: one.site("a2", not_after=at("08:09")),
    ),
    "end of the day": (
        "P-DAY",
        lambda one: one.rules(last_entry_at=at("08:10")),
        lambda one: one.rules(last_entry_at=at("08:09")),
    ),
    "linked, too far apart": ("P-LINK", _linked, lambda one: one.rules(link_minutes=4)),
    "linked, two waves": ("P-LINK", _linked, lambda one: one.site("a2", links=("group:y",))),
    "first wave": ("P-FIRST", _same, lambda one: one.rules(wave_minutes=4)),
    "before the first entry": (
        "P-FIRST",
        lambda one: one.sums(70, 1, 10_000),
        lambda one: one.stop("a3", arrive_at=at("06:59")),
    ),
    "most stops": ("P-STOPS", _same, lambda one: one.rules(most_stops=1)),
    "planned and left out": ("P-ONCE", _same, lambda one: one.says(unplaced=(("a2", "late"),))),
    "place lost": ("P-ONCE", _same, lambda one: one.without("a2").sums(5, 0, 5_000)),
    "left out without a reason": ("P-ONCE", _idle, lambda one: one.says(lacks=())),
    "officer in two teams": (
        "P-ONCE",
        _same,
        lambda one: one.team("A-2", more=(("driver", "A-1-cyber"),)),
    ),
    "team twice": ("P-ONCE", _same, lambda one: one.says(teams=(*one.plan.teams, one.plan.teams[0]))),
    "unknown place": (
        "P-KNOWN",
        lambda one: one.says(unplaced=()),
        lambda one: one.says(unplaced=(("nowhere", "late"),)),
    ),
    "unknown team": (
        "P-KNOWN",
        _idle,
        lambda one: one.says(
            stops=(*one.plan.stops, Stop("K-9", "k1", 1, 0, at("07:00"), at("08:00"))), unplaced=()
        ),
    ),
    "unknown officer": (
        "P-KNOWN",
        _same,
        lambda one: one.team("A-2", more=(("driver", "nobody"),)),
    ),
    "unknown base": ("P-KNOWN", _same, lambda one: one.team("K-1", base=Point("elsewhere", 9.59, 76.35))),
    "base moved on the map": (
        "P-SUM",
        lambda one: replace(one, problem=replace(one.problem, matrix={})).sums(70, 1, 7_784),
        lambda one: one.team("A-1", base=Point("base-1", 9.49, 76.35)).sums(70, 1, 6_227),
    ),
    "idle with places": ("P-IDLE", _idle, lambda one: one.says(idle=("K-1", "A-2"))),
    "idle and not said": ("P-IDLE", _idle, lambda one: one.says(idle=())),
    "idle though it could": ("P-IDLE", _three_for_one, lambda one: one.site("a3", not_before=at("07:10"))),
    "too soon": ("P-WAY", _same, lambda one: _matrix(one, ("a1", "a2"), (11, 5000))),
    "stay too short": ("P-WAY", _same, lambda one: one.stop("a3", leave_at=at("07:59"))),
    "stay by kind": (
        "P-WAY",
        lambda one: one.rules(minutes_by_kind={"": 90, "shop": 60}).site("a3", minutes=None, kind="shop"),
        lambda one: one.site("a3", kind="mill"),
    ),
    "witness": (
        "P-WITNESS",
        lambda one: one.site("a2", witnesses=("w1",)).site("k1", witnesses=("w1", "w2")),
        lambda one: one.site("a3", witnesses=("w2",)),
    ),
    "order with a gap": (
        "P-ORDER",
        _same,
        lambda one: one.stop("a2", order=3, wave=2),
    ),
    "wave": ("P-ORDER", _same, lambda one: one.stop("a2", wave=0)),
    "minutes of the day": ("P-SUM", _same, lambda one: _objective(one, Objective(71, 1, 10_000))),
    "load of the day": ("P-SUM", _same, lambda one: _objective(one, Objective(70, 2, 10_000))),
    "metres of the day": ("P-SUM", _same, lambda one: _objective(one, Objective(70, 1, 9_999))),
    "sums of a district": ("P-SUM", _same, lambda one: _report(one, objective=Objective(6, 0, 0))),
    "places of a district": ("P-SUM", _same, lambda one: _report(one, sites=2)),
    "district without a report": ("P-SUM", _same, lambda one: one.says(districts=one.plan.districts[:1])),
    "bound": ("P-BOUND", _same, lambda one: one.says(lower_bound=Objective(70, 1, 10_001))),
    "bound of a district": ("P-BOUND", _same, lambda one: _report(one, lower_bound=Objective(6, 0, 0))),
}


def _shifted(one: Day, first: str) -> Day:
    """The whole day moved so that the first entry is at this clock time; sums stay."""
    by = at(first) - one.problem.rules.first_entry_at
    stops = tuple(
        replace(stop, arrive_at=stop.arrive_at + by, leave_at=stop.leave_at + by) for stop in one.plan.stops
    )
    return one.rules(first_entry_at=at(first)).says(stops=stops)


def _matrix(one: Day, pair: tuple[str, str], way: tuple[int, int | None]) -> Day:
    return replace(one, problem=replace(one.problem, matrix={**one.problem.matrix, pair: way}))


def _objective(one: Day, objective: Objective) -> Day:
    return one.says(objective=objective)


def _report(one: Day, **changes: object) -> Day:
    first, second = one.plan.districts
    changed: DistrictReport = replace(second, **changes)  # type: ignore[arg-type]
    return one.says(districts=(first, changed))


@pytest.mark.parametrize("case", CASES)
def test_a_rule_is_broken_alone(case: str) -> None:
    rule, ready, break_it = CASES[case]
    sound = ready(day())
    assert violations(sound.problem, sound.plan) == []
    assert break_it(sound).rules_broken() == {rule}


def test_every_rule_of_the_contract_has_a_case() -> None:
    solver = (
        "CYBER TECHNICAL WOMAN LOCAL RANK DESK LEAVE REST CONFLICT VILLAGE ARMED VEHICLE DISTRICT LIMITS CHILD SUN "
        "WARRANT DAY LINK FIRST STOPS ONCE WAY WITNESS ORDER"
    )
    own = "KNOWN IDLE SUM BOUND"
    assert {rule for rule, *_ in CASES.values()} == {f"P-{name}" for name in f"{solver} {own}".split()}


def test_words_name_team_place_and_times_in_both_languages() -> None:
    one = day().site("a2", not_after=at("08:09"))
    (found,) = violations(one.problem, one.plan)
    assert found.about == ("A-1", "a2")
    assert found.text == (
        "Team A-1 enters place a2 at 22.02. 08:10:00; it may not be entered after 22.02. 08:09:00."
    )
    assert "A-1" in found.text_ml
    assert "08:09" in found.text_ml


@pytest.mark.parametrize("case", CASES)
def test_every_case_speaks_both_languages(case: str) -> None:
    _, ready, break_it = CASES[case]
    broken = break_it(ready(day()))
    for found in violations(broken.problem, broken.plan):
        assert found.text
        assert "{" not in found.text
        assert any("\u0d00" <= letter <= "\u0d7f" for letter in found.text_ml)
        assert "{" not in found.text_ml


def test_a_repaired_plan_may_leave_a_team_idle() -> None:
    one = _three_for_one(day()).site("a3", not_before=at("07:10"))
    assert violations(one.problem, one.plan, repaired=True) == []


def test_needs_not_in_force_ask_for_nothing() -> None:
    one = day().rules(needs=frozenset()).team("A-1", cyber="", technical="", woman="")
    assert one.rules_broken() == set()


def test_an_entry_after_midnight_lies_before_that_days_sunrise() -> None:
    one = _shifted(day(), "18:00")
    late = one.stop("a2", arrive_at=at("01:00").replace(day=23), leave_at=at("02:00").replace(day=23))
    assert late.sums(420, 1, 10_000).rules_broken() == {"P-SUN"}


def test_speed_and_road_are_those_of_the_harder_terrain() -> None:
    terrains = {"": Terrain(60.0, 1.0), "hill": Terrain(20.0, 2.0)}
    one = replace(day(), problem=replace(day().problem, matrix={}))
    one = one.rules(terrains=terrains, least_minutes=0).site("a2", terrain="hill")
    # 0.01 degrees of latitude are 1.112 km: on the hill 2.224 km at 20 km/h, 6.67 minutes, so 7.
    soon = one.stop("a2", arrive_at=at("08:06"), leave_at=at("09:06")).sums(66, 1, 5_560)
    then = one.stop("a2", arrive_at=at("08:07"), leave_at=at("09:07")).sums(67, 1, 6_671)
    assert soon.rules_broken() >= {"P-WAY"}
    # base 9.48 to a1 9.49 flat: 1,112 m; a1 to a2 2,224 m; base to a3 9.51: 3,336 m
    assert then.sums(67, 1, 1_112 + 2_224 + 3_336).rules_broken() == set()
