"""Before anything is sealed: who is named to release, and what is refused until two are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from kaval.station.operations import packets
from kaval.station.queries import packets as queries
from tests.station import packet_rows as rows
from tests.station.console_rows import World
from tests.station.plays import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with override_settings(HOME=tmp_path):
        yield rows.frozen()


def test_two_different_people_are_named(world: World) -> None:
    rows.enrol(world, "commander")
    with refused("G-FOUR-EYES"):
        packets.enrol_releaser(by=world.officers["commander"], at=rows.EVENING, key="again",
                               operation=rows.operation_of(world), passphrase="quite another one")  # fmt: skip
    rows.enrol(world, "deputy_commander")
    with refused("G-FOUR-EYES"):
        packets.enrol_releaser(by=world.officers["supervisor"], at=rows.EVENING, key="third",
                               operation=rows.operation_of(world), passphrase="quite another one")  # fmt: skip


def test_a_short_passphrase_is_refused(world: World) -> None:
    with refused("G-PASSPHRASE"):
        packets.enrol_releaser(by=world.officers["commander"], at=rows.EVENING, key="k",
                               operation=rows.operation_of(world), passphrase="short")  # fmt: skip


def test_nothing_is_sealed_with_one_person_named_or_before_the_freeze(world: World) -> None:
    rows.enrol(world, "commander")
    with refused("G-FOUR-EYES"):
        rows.seal(world)
    operation = rows.operation_of(world)
    operation.state = "approved"
    operation.save(update_fields=["state"])
    with refused("G-STATE"):
        rows.seal(world, key="later")


def test_nothing_is_released_that_is_not_sealed(world: World) -> None:
    rows.enrol(world)
    with refused("G-PACKET"):
        rows.release(world)


def test_a_recall_needs_a_reason_and_finds_nothing_to_recall_where_nothing_is(world: World) -> None:
    with refused("G-REASON"):
        rows.recall(world, reason=" ")
    rows.recall(world, key="nothing")
    assert queries.round_of(rows.operation_of(world)) == 1
