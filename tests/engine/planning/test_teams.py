"""Teams: four different officers, as many teams as can be, and the shortage in words."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.planning.check import violations
from kaval.engine.rules.planning.shapes import ROLES, Officer, Plan
from kaval.engine.rules.planning.teams import fitting_roles, form_teams
from tests.engine.planning.ground import FIELD_DAY, FIRST_ENTRY


def officer(name: str, rank: str = "CPO", gender: str = "M", skills: str = "", **other: Any) -> Officer:
    """An officer of Idukki."""
    values: dict[str, Any] = {"station_id": "ST-1", "district_id": "IDK"}
    return Officer(name, rank, gender, skills=frozenset(skills.split()), **(values | other))


FOUR = (
    officer("a", "SI"),
    officer("b", skills="cyber"),
    officer("c", skills="technical"),
    officer("d", gender="F"),
)


def test_four_officers_make_a_team() -> None:
    teams, shortages = form_teams(FOUR, district="IDK", on=FIELD_DAY, bases={"ST-1": (9.8, 77.0)})

    assert [team.officers for team in teams] == [("a", "b", "c", "d")]
    assert (teams[0].team_id, teams[0].latitude, shortages) == ("IDK-01", 9.8, ())


@pytest.mark.parametrize(
    "away",
    [
        officer("d", gender="F", leave_from=FIELD_DAY, leave_to=FIELD_DAY),
        officer("d", gender="F", leave_from=date(2026, 1, 1)),
        officer("d", gender="F", leave_to=date(2026, 12, 31)),
        officer("d", gender="F", role="analyst"),
        officer("d", gender="F", district_id="KTM"),
        officer("d", gender="M"),
    ],
)
def test_who_is_away_at_a_desk_or_elsewhere_makes_no_team(away: Officer) -> None:
    teams, shortages = form_teams(
        (*FOUR[:3], away), district="IDK", on=FIELD_DAY, count=1, district_name="Idukki"
    )

    assert teams == ()
    assert [one.text for one in shortages] == ["Idukki lacks one woman officer for 1 teams."]


def test_a_shortage_is_counted_and_named() -> None:
    _, shortages = form_teams(FOUR, district="IDK", on=FIELD_DAY, count=3, district_name="Idukki")

    assert [one.roles for one in shortages] == [(role,) for role in ROLES]
    assert shortages[-1].text == "Idukki lacks two women officers for 3 teams."
    assert all(one.text_ml and one.lacking == 2 for one in shortages)


def test_officers_of_two_skills_are_lacking_together() -> None:
    both = [officer(f"b{n}", skills="cyber technical") for n in range(3)]
    rest = [officer(f"s{n}", "SI") for n in range(2)] + [officer(f"w{n}", gender="F") for n in range(2)]
    teams, shortages = form_teams(both + rest, district="IDK", on=FIELD_DAY, count=2)

    assert len(teams) == 1
    assert [(one.roles, one.lacking) for one in shortages] == [(("cyber", "technical"), 1)]


def test_an_officer_of_two_skills_goes_where_needed() -> None:
    officers = [
        officer("x", "SI", "F", "cyber technical"),
        officer("a", "SI"),
        officer("b", skills="cyber"),
        officer("d", gender="F"),
    ]
    teams, _ = form_teams(officers, district="IDK", on=FIELD_DAY)

    assert [team.officers for team in teams] == [("a", "b", "x", "d")]


def test_the_chain_of_moves_is_found() -> None:
    officers = [
        officer("p", "SI", "M", "cyber"),
        officer("q", "CPO", "M", "cyber technical"),
        officer("r", "CPO", "F", "technical"),
        officer("s", "SI", "F"),
    ]
    teams, _ = form_teams(officers, district="IDK", on=FIELD_DAY)

    assert len(teams) == 1
    assert sorted(teams[0].officers) == ["p", "q", "r", "s"]


def test_officers_of_one_station_go_together() -> None:
    officers = [
        officer(f"{who.officer_id}{n}", who.rank, who.gender, " ".join(who.skills), station_id=f"ST-{n}")
        for n in range(3)
        for who in FOUR
    ]
    teams, _ = form_teams(reversed(officers), district="IDK", on=FIELD_DAY)

    assert [{one[-1] for one in team.officers} for team in teams] == [{"0"}, {"1"}, {"2"}]


OFFICERS = st.lists(
    st.builds(
        lambda rank, gender, skills: (rank, gender, skills),
        st.sampled_from(["CPO", "SI"]),
        st.sampled_from("MF"),
        st.sampled_from(["", "cyber", "technical", "cyber technical"]),
    ),
    max_size=9,
)


@settings(max_examples=50)
@given(OFFICERS, st.randoms(use_true_random=False))
def test_the_number_of_teams_is_the_most_there_can_be(kinds: list[tuple[str, str, str]], dice: Any) -> None:
    officers = [officer(f"o{n}", *kind) for n, kind in enumerate(kinds)]
    teams, _ = form_teams(officers, district="IDK", on=FIELD_DAY)
    mixed = list(officers)
    dice.shuffle(mixed)

    assert teams == form_teams(mixed, district="IDK", on=FIELD_DAY)[0]
    plan = Plan(teams, (), 0, 0)
    assert violations(plan, (), first_entry_at=FIRST_ENTRY, officers=officers, on=FIELD_DAY) == []
    assert len(teams) == _most(officers)


def _most(officers: list[Officer]) -> int:
    """The most teams by trying every way to seat two, then one."""
    for count in (2, 1):
        seats = ROLES * count
        if len(officers) >= len(seats) and _seat(seats, list(officers)):
            return count
    return 0


def _seat(seats: tuple[str, ...], free: list[Officer]) -> bool:
    if not seats:
        return True
    return any(
        seats[0] in fitting_roles(one) and _seat(seats[1:], [other for other in free if other is not one])
        for one in free
    )


def test_seating_by_trial_is_right() -> None:
    assert all(_seat(tuple(order), list(FOUR)) for order in permutations(ROLES))
