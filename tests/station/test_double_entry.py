"""A typed observation stands only when two officers typed the same, each without the other's entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kaval.station.models import Lead, Observation, Officer
from kaval.station.operations import double_entry
from kaval.station.operations.double_entry import TypedObservation
from tests.station.console_rows import World, build
from tests.station.plays import refused

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
TYPED = TypedObservation("192.0.2.44", "40112", "TCP", "2026-01-20T10:15:00+05:30", "Login", "page 2, line 4")


@pytest.fixture
def world() -> World:
    return build(size=1)


def officers(world: World) -> tuple[Officer, Officer]:
    return world.officers["analyst"], world.officers["second_reader"]


def test_two_officers_who_type_the_same_make_an_observation(world: World) -> None:
    lead, (first, second) = Lead.objects.earliest("number"), officers(world)
    entry = double_entry.enter_observation(by=first, at=AT, key="1", lead=lead, typed=TYPED)
    assert not Observation.objects.filter(ip=TYPED.ip).exists()
    with refused("A-02"):
        double_entry.confirm_observation(by=first, at=AT, key="2", entry=entry, typed=TYPED)
    same = replace(TYPED, transport="tcp ", port="040112"[1:], place="p2 l4")
    row = double_entry.confirm_observation(by=second, at=AT, key="3", entry=entry, typed=same)
    assert (row.ip, row.port, row.origin, row.role) == (TYPED.ip, 40112, "double", "client")
    assert (row.time_text, row.offset_minutes, row.precision) == (TYPED.time, 330, "second")
    with refused("ENTRY"):
        double_entry.confirm_observation(by=second, at=AT, key="4", entry=entry, typed=TYPED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ip": "192.0.2.45"},
        {"port": "40113"},
        {"port": ""},
        {"time": "2026-01-20T10:15:00Z"},
        {"time": "2026-01-20T10:15+05:30"},
        {"time": "2026-02-20T10:15:00+05:30"},
        {"event": "Upload"},
    ],
)
def test_entries_that_differ_are_refused_without_telling_what_the_other_typed(
    world: World, wrong: dict[str, str]
) -> None:
    lead, (first, second) = Lead.objects.earliest("number"), officers(world)
    entry = double_entry.enter_observation(by=first, at=AT, key="1", lead=lead, typed=TYPED)
    with refused("A-02") as caught:
        double_entry.confirm_observation(
            by=second, at=AT, key="2", entry=entry, typed=replace(TYPED, **wrong)
        )
    assert TYPED.ip not in str(caught.value)
    assert TYPED.port not in str(caught.value)
    entry.refresh_from_db()
    assert entry.observation is None


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"ip": "192.0.2.044"}, "A-03"),
        ({"port": "70000"}, "A-03"),
        ({"time": "2026-01-20T10:15:00"}, "A-10"),
        ({"time": "20/01/2026"}, "A-10"),
        ({"place": " "}, "A-01"),
    ],
)
def test_what_cannot_be_meant_is_not_kept(world: World, wrong: dict[str, str], code: str) -> None:
    lead, (first, _) = Lead.objects.earliest("number"), officers(world)
    with refused(code):
        double_entry.enter_observation(by=first, at=AT, key="1", lead=lead, typed=replace(TYPED, **wrong))
