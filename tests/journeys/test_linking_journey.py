"""A world of traps (twins in name, numbers passed on, copied clients, other spellings), linked and put in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.homes import Home, new_home


@dataclass(frozen=True)
class Linked:
    """A station on which the world was linked and ordered, and how it stands against the truth."""

    home: Home
    score: dict[str, Any]


@pytest.fixture(scope="module")
def linked() -> Iterator[Linked]:
    with new_home() as home:
        home.demo("linking", "--until", "triage")
        done = home.run("score", home.world, "--json")
        yield Linked(home, json.loads(done.stdout))


def test_nobody_is_taken_for_another_and_nearly_all_reports_of_a_person_are_found(linked: Linked) -> None:
    assert linked.score["same_person_precision"] >= 0.999
    assert linked.score["same_person_recall"] >= 0.98
    assert linked.score["largest_subject_people"] == 1
    assert linked.score["largest_subject_reports"] <= linked.score["most_reported_person_reports"]


def test_children_at_risk_stand_before_what_came_first(linked: Linked) -> None:
    # 5 in 100 of this small world are fewer places than children at risk and false alarms together; the whole state is
    # held to 95 in 100 by hand (`kaval score`).
    found, first_come = linked.score["at_risk_in_first_5_percent"], linked.score["fifo_in_first_5_percent"]
    assert found >= linked.score["at_risk"] * 0.8
    assert found >= 4 * first_come


def test_linking_everything_anew_changes_no_subject(linked: Linked) -> None:
    roster = (linked.home.world / "station" / "officers.csv").read_text(encoding="utf-8")
    analyst = next(line.split(",")[0] for line in roster.splitlines() if ",analyst," in line)
    done = linked.home.run("link", "--all", "--by", analyst)
    assert "0 subjects changed" in done.stdout
