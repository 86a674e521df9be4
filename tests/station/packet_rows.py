"""A frozen operation of two teams with its plan in force, and the acts on its packets as a test writes them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from kaval.station import sealed as store
from kaval.station.ids import forget_key
from kaval.station.models import Officer, Operation, Packet, PacketRelease, PlanVersion, Team
from kaval.station.operations import packets
from kaval.station.queries.packets import round_of
from tests.station.console_rows import NOON, World, build, uid

EVENING = NOON - timedelta(hours=16)
HOUR = NOON - timedelta(minutes=90)
PLAN: dict[str, Any] = {
    "teams": [],
    "stops": [],
    "districts": [],
    "unplaced": [],
    "idle": [],
    "notes": [],
    "infeasible": None,
}
WORDS = {"commander": "seven grey herons", "deputy_commander": "a boat at low tide"}


@dataclass
class Kept:
    """A station with everything sealed, and its folder as it was then."""

    world: World
    sealed: packets.Sealed
    home: Path


@contextmanager
def kept_for_module(blocker: DjangoDbBlocker, home: Path) -> Iterator[Kept]:
    """Sealed once for a module in a transaction that is rolled back at its end; a test works on a savepoint of it."""
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            forget_key()
            with override_settings(HOME=home):
                world = frozen()
                enrol(world)
                made = seal(world)
            yield Kept(world, made, home)
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
            forget_key()


@contextmanager
def at_home(kept: Kept, folder: Path) -> Iterator[World]:
    """The station on a copy of its folder, for one test."""
    shutil.copytree(kept.home, folder)
    with override_settings(HOME=folder):
        yield kept.world


def frozen(*, size: int = 2) -> World:
    """The small station with its operation frozen on plan 1."""
    world = build(size=size, operation_state="frozen")
    operation = operation_of(world)
    PlanVersion.objects.create(
        id=uid("plan version", 1),
        operation=operation,
        number=1,
        made="solved",
        digest="d" * 64,
        plan=PLAN,
        by=world.officers["commander"],
        at=EVENING,
    )
    operation.plan_number = 1
    operation.save(update_fields=["plan_number"])
    return world


def operation_of(world: World) -> Operation:
    """The operation as it stands."""
    return Operation.objects.get(id=world.alpha["operation_id"])


def enrol(world: World, *roles: str) -> None:
    """Names who releases: both, unless told."""
    for role in roles or tuple(WORDS):
        packets.enrol_releaser(
            by=world.officers[role],
            at=EVENING,
            key=f"enrol {role} {round_of(operation_of(world))}",
            operation=operation_of(world),
            passphrase=WORDS[role],
        )


def seal(world: World, *, key: str = "seal", at: datetime = EVENING) -> packets.Sealed:
    """Seals what is due."""
    return packets.seal_packets(
        by=world.officers["commander"], at=at, key=key, operation=operation_of(world), language="en"
    )


def release(world: World, *roles: str, at: datetime = HOUR) -> None:
    """Releases at the hour: both, unless told."""
    for role in roles or tuple(WORDS):
        packets.release_packets(
            by=world.officers[role],
            at=at,
            key=f"release {role} {at.isoformat()}",
            operation=operation_of(world),
            passphrase=WORDS[role],
        )


def recall(world: World, *, key: str = "recall", reason: str = "the list was seen outside") -> None:
    """Calls the packets back."""
    packets.recall_packets(
        by=world.officers["commander"], at=HOUR, key=key, operation=operation_of(world), reason=reason
    )


def packet_of(member: Officer) -> Packet:
    """The packet in force of an officer's team."""
    team = Team.objects.get(members__officer=member)
    return Packet.objects.select_related("operation", "team__district").get(team=team, superseded_at=None)


def released_rows(world: World) -> None:
    """A released packet for each team as rows, with a file that no key opens, so that every route finds something."""
    kept = store.keep(b"no packet")
    operation, by = operation_of(world), world.officers["commander"]
    version = PlanVersion.objects.create(
        id=uid("plan version", 1),
        operation=operation,
        number=1,
        made="solved",
        digest="d" * 64,
        plan=PLAN,
        by=by,
        at=EVENING,
    )
    for place, role in enumerate(WORDS, start=1):
        PacketRelease.objects.create(
            id=uid("release", place),
            operation=operation,
            round=1,
            place=place,
            by=world.officers[role],
            at=HOUR,
        )
    for serial, team in enumerate(Team.objects.filter(operation=operation).order_by("number")):
        objects = world.beta if serial else world.alpha
        objects["packet_id"] = uid("packet", serial)
        Packet.objects.create(
            id=objects["packet_id"], operation=operation, team=team, version=version, number=f"KP-0000-000{serial}",
            mark=f"{serial:05x}", digest=kept.sha256, size=kept.size, facts_digest="0" * 64, round=1, by=by, at=EVENING,
        )  # fmt: skip
