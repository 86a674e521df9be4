"""What the tests of the intake desk share: a clerk's browser, and an upload as the page sends it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from kaval.station.staging import Stage
from tests.station.console_rows import World, build

TOKEN = uuid.UUID(int=3)
TIP = b'{"tip_id": "T-900", "channel": "phone", "mentions": [{"kind": "email", "value": "someone@example.org"}]}'
ANSWERS = {"order": "dmy", "clock": "24h", "zone": "+05:30,agreed", "fixed": "typed"}
DELIVERY = {"source": "public_tip", "channel": "by hand"}
SAMPLE = (
    "record id,ip address,port,first seen\n"
    + "".join(f"r{n},192.0.2.{n},40{n:03d},{n:02d}/01/2026 10:15:00\n" for n in range(1, 12))
).encode()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with override_settings(HOME=tmp_path):
        yield build()


@pytest.fixture
def clerk(world: World) -> Client:
    """The clerk's browser."""
    return signed_in(world, "intake_clerk")


def signed_in(world: World, role: str) -> Client:
    """A browser in which the officer of this role is signed in."""
    client = Client()
    client.force_login(world.account(role))
    return client


def send_slice(client: Client, name: str, *, offset: int, size: int, content: bytes) -> Any:
    """One piece of a large file, as the page sends it."""
    return client.post(
        f"/intake/upload/{TOKEN}/slice",
        content,
        content_type="application/octet-stream",
        headers={"X-Name": name, "X-Offset": str(offset), "X-Size": str(size), "Accept": "application/json"},
    )


def take_in(client: Client, **fields: str) -> Any:
    """The last request of an upload."""
    return client.post(
        f"/intake/upload/{TOKEN}/take-in", {**DELIVERY, **fields}, headers={"Accept": "application/json"}
    )


def staged(world: World) -> list[tuple[str, int, bool]]:
    """What lies on the disk for the clerk's upload."""
    stage = Stage(world.officers["intake_clerk"].pk, TOKEN)
    return [(one.name, one.size, one.whole) for one in stage.files()]
