"""A plan survives its JSON: written and read it is the same plan, and what is no plan is refused by its member."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from kaval.engine.formats.planning import plan_bytes, read_plan, read_problem, write_plan
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.planning.problem import Objective, Plan
from tests.engine.planning_files.made import files
from tests.engine.planning_files.plans import PLANS

PROBLEM = read_problem(files())
NOTHING = Objective(0, 0, 0)


@given(PLANS)
def test_written_and_read_it_is_the_same_plan(plan: Plan) -> None:
    document = write_plan(plan, PROBLEM, seconds=1.234, first_feasible_seconds=0.5)
    assert read_plan(plan_bytes(document)) == plan
    assert read_plan(document) == plan


@given(PLANS)
def test_the_gap_is_the_worst_of_the_three_or_cannot_be_given(plan: Plan) -> None:
    document = write_plan(plan, PROBLEM)
    shares = list(document["gaps"].values())
    assert document["gap"] == (None if None in shares else max(shares))
    assert document["infeasible"] is None or document["infeasible"]


def test_instants_are_local_with_their_offset_and_ways_are_kilometres() -> None:
    plan = Plan((), (), Objective(120, 3, 12_345), Objective(100, 3, 12_000))
    document = write_plan(plan, PROBLEM, seconds=3.14159)
    assert document["first_entry_at"] == "2026-03-01T07:00:00+05:30"
    assert document["objective"] == {"latest_entry_minutes": 120, "unequal_load": 3, "kilometres": 12.345}
    assert (document["gap"], document["seconds"], document["first_feasible_seconds"]) == (0.2, 3.14, None)


def test_what_the_files_did_not_state_is_told_with_the_plan() -> None:
    problem = read_problem(files(links=None))
    notes = write_plan(Plan((), (), NOTHING, NOTHING, notes=("one",)), problem)["notes"]
    assert notes == [*problem.notes, "one"]


@pytest.mark.parametrize(
    "change, words",
    [
        ({"stops": None}, "not what a plan has"),
        ({"stops": [{"team": "T"}]}, "'place' is missing"),
        (
            {"objective": {"latest_entry_minutes": 1, "unequal_load": 1, "kilometres": float("nan")}},
            "no number",
        ),
        ({"teams": [{"team": "T", "district": "D", "base": None, "members": {}}]}, "'leader' is missing"),
        ({"lower_bound": 7}, "not what a plan has"),
    ],
)
def test_what_is_no_plan_is_refused_by_its_member(change: dict[str, Any], words: str) -> None:
    document = {**write_plan(Plan((), (), NOTHING, NOTHING), PROBLEM), **change}
    with pytest.raises(ReaderError, match=words):
        read_plan(document)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff\xfe", b"[" * 5000, json.dumps("text").encode()]
)
def test_bytes_that_hold_no_plan_are_refused(content: bytes) -> None:
    with pytest.raises(ReaderError, match="kaval plan --json"):
        read_plan(content)
