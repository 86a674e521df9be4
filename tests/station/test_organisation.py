"""Installing a unit and its people: once, with an administrator, apart from training, and passwords unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kaval.cli.play.chain import UNIT, Play
from kaval.cli.play.world import World
from kaval.engine.formats import roster
from kaval.station.models import Account, LedgerEntry, Officer, Unit
from kaval.station.operations import organisation
from kaval.station.operations.organisation import Roster
from tests.station.plays import footprint, refused

PLAYED_UNTIL = "install"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
PASSWORD = "two rivers and one boat"


def _roster(world: World) -> Roster:
    places = roster.read_places(world.content("station/stations.geojson"), file="stations.geojson")
    officers = roster.read_officers(world.content("station/officers.csv"), file="officers.csv")
    providers = roster.read_providers(world.content("station/isps.csv"), file="isps.csv")
    ranges = roster.read_allocations(world.content("station/allocation.csv"), file="allocation.csv")
    return Roster(UNIT, "", *places, officers, providers, ranges)


def test_a_roster_without_an_administrator_is_refused(play: Play) -> None:
    given = _roster(play.world)
    nobody = replace(given, officers=[row for row in given.officers if row.role != "admin"])
    with refused("ROSTER"):
        organisation.install_unit(at=AT, roster=nobody, training=True)


def test_another_administrator_is_another_roster(play: Play) -> None:
    given = _roster(play.world)
    renamed = [replace(row, number="KL-OTHER") if row.role == "admin" else row for row in given.officers]
    before = footprint()
    with refused("UNIT"):
        organisation.install_unit(at=AT, roster=replace(given, officers=renamed), training=True)
    assert footprint() == before


def test_a_training_station_never_becomes_a_real_one(play: Play) -> None:
    given = replace(_roster(play.world), name_ml="", allocations=[])
    before = footprint()
    with refused("KEY"):
        organisation.install_unit(at=AT, roster=given, training=False)
    assert footprint() == before
    assert Unit.objects.get().training


def test_a_real_station_does_not_route_the_addresses_of_training(play: Play) -> None:
    with refused("A-04"):
        organisation.install_unit(at=AT, roster=_roster(play.world), training=False)


def test_everybody_has_an_account_that_no_password_opens_yet(play: Play) -> None:
    assert Account.objects.count() == Officer.objects.count()
    assert set(Account.objects.values_list("password", flat=True)) == {"!"}


def test_a_password_is_set_by_an_administrator_and_stands_in_no_record(play: Play) -> None:
    admin, analyst = play.officer("admin"), play.officer("analyst")
    organisation.set_password(by=admin, at=AT, key="p1", officer=analyst, password=PASSWORD)
    account = Account.objects.get(officer=analyst)
    assert account.check_password(PASSWORD)
    assert account.password.startswith("argon2")
    entry = bytes(LedgerEntry.objects.latest("index").content).decode()
    assert analyst.number in entry
    for secret in (PASSWORD, account.password):
        assert secret not in entry


@pytest.mark.parametrize("short", ["", "short", "elevenchars"])
def test_a_short_password_is_refused(play: Play, short: str) -> None:
    before = footprint()
    with refused("PASSWORD"):
        organisation.set_password(
            by=play.officer("admin"), at=AT, key="p", officer=play.officer("analyst"), password=short
        )
    assert footprint() == before
