"""NCMEC's referrals and informational reports are shown each for itself, and no page, report or figure adds them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from kaval.station.models import Operation, Report
from kaval.station.queries.funnel import run_counts
from kaval.station.queries.handling import reports_by_handling
from kaval.station.queries.overview import funnel_counts
from kaval.station.queries.statistics import outcome_figures
from tests.station.console_rows import NOON, World, build, uid

COUNTS = {"referral": 5, "informational": 3, "": 2}


@pytest.fixture
def world() -> World:
    """The console's rows, and NCMEC reports of each handling; the four tips are of no handling."""
    made = build()
    sealed = Report.objects.earliest("source_id").sealed
    for handling, number in COUNTS.items():
        for nth in range(number):
            Report.objects.create(
                id=uid("ncmec", handling, nth),
                source_system="ncmec",
                source_id=f"{handling}{nth}",
                kind="cybertip",
                title="",
                sealed=sealed,
                received_at=NOON,
                handling=handling,
            )
    return made


def numbers(text: str) -> set[int]:
    return {int(found) for found in re.findall(r"(?<![\w.:-])\d+(?![\w.:-])", re.sub(r"<[^>]*>", " ", text))}


def test_only_reports_of_ncmec_are_counted_and_each_kind_for_itself(world: World) -> None:
    counted = reports_by_handling()
    assert [counted.value(key) for key in ("referral", "informational", "not_stated")] == [5, 3, 2]
    run = run_counts("NONE", as_of=NOON)
    assert run["reports_by_handling"] == {"referral": 5, "informational": 3, "not_stated": 2}
    assert run["reports"] == Report.objects.count() == 14


def test_the_overview_shows_three_figures_without_shares(world: World) -> None:
    groups = {group.key: group for group in funnel_counts(world.officers["auditor"])}
    handling = groups["handling"]
    assert handling.alone
    assert [(one.key, one.count, one.share) for one in handling.figures] == [
        ("ncmec_referral", 5, 0.0),
        ("ncmec_informational", 3, 0.0),
        ("ncmec_not_stated", 2, 0.0),
    ]
    assert all("not one population" in one.definition for one in handling.figures)
    assert "handling" not in {group.key for group in funnel_counts(world.officers["district_chief"])}


@pytest.mark.parametrize(("path", "role"), [("/", "auditor"), ("/statistics", "supervisor")])
def test_the_pages_show_the_kinds_with_their_definition_and_no_sum(
    world: World, path: str, role: str
) -> None:
    client = Client()
    client.force_login(world.account(role))
    english = client.get(path).content.decode()
    client.post("/language", {"language": "ml"})
    for text in (english, client.get(path).content.decode()):
        for key, number in (("referral", 5), ("informational", 3), ("not_stated", 2)):
            assert re.search(rf'data-figure="ncmec_{key}">{number}<', text)
        assert not {5 + 3, 5 + 2, 3 + 2 + 5} & numbers(text.partition("</h1>")[2])
    assert english.count("are not one population and are not added.</small>") == 3


def test_who_sees_a_district_sees_no_count_of_the_state(world: World) -> None:
    operation = Operation.objects.get()
    at = NOON + timedelta(days=1)
    assert outcome_figures(world.officers["district_chief"], operation, as_of=at).handling == ()
    sheet = outcome_figures(world.officers["supervisor"], operation, as_of=at)
    assert [number for _, number in sheet.handling] == [5, 3, 2]
