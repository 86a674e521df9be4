"""How a slip turns into a name: the provider answers for what was asked, and an innocent's home stands there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from kaval.simulation.faults.providers import in_pool
from kaval.simulation.faults.scene import TOO_MANY, TRIES, Scene
from kaval.simulation.faults.story import Seat, Sight, Stay, Story


def asks_for(sight: Sight, **changes: Any) -> None:
    """Changes the row that was asked, as a hand or a portal would."""
    sight.asked = [replace(sight.asked[0], **changes)]


def asked_nobody(sight: Sight) -> None:
    """No request went out, so nothing was answered and nothing was read."""
    sight.asked, sight.stays, sight.read_as = [], [], None


def answered_then(scene: Scene, story: Story, sight: Sight, *, utc: datetime) -> None:
    """Another time was asked about, far away; the innocent held the address then, and the answer says so."""
    line = scene.innocent(story)
    asks_for(sight, utc=utc)
    sight.answered_by(line, scene.stays(line, sight.seat, scene.around(line, utc)))


def answered_soon(scene: Scene, story: Story, sight: Sight, *, asked: datetime) -> None:
    """A time hours or minutes away was asked about; the innocent held the address then, and never at the true one."""
    asks_for(sight, utc=asked)
    line, gap = scene.innocent(story), abs(asked - sight.at)
    near, far = gap * 0.6, scene.span(3600, 4 * 3600)
    later = asked > sight.at
    span = (asked - near, asked + far) if later else (asked - far, asked + near)
    sight.answered_by(line, scene.stays(line, sight.seat, span, before=not later, after=later))


def elsewhere(scene: Scene, story: Story, sight: Sight, *, seat: Seat | None = None) -> None:
    """What stands in the source is the address of the innocent's line, not of the person seen."""
    sight.line = scene.innocent(story)
    scene.place(story, sight, at=sight.at, seat=seat)


def within(scene: Scene, cidr: str, at: datetime) -> Seat:
    """An address of a range that only this kind of fault uses.

    Raises:
        ValueError: too many are taken.
    """
    network, day = ip_network(cidr), timedelta(days=1)
    for _ in range(TRIES):
        address = str(network[scene.rng.randrange(2, min(network.num_addresses, 1 << 16) - 1)])
        if scene.take(address, at - day, at + day):
            return Seat(address, address)
    raise ValueError(TOO_MANY)


def mistyped(scene: Scene, sight: Sight, texts: list[str]) -> str | None:
    """The first of the texts that is a free address of the provider's own pool, or None."""
    day = timedelta(days=2)
    for text in texts:
        if text == sight.ip or not in_pool(text, sight.line.isp_id, sight.line.kind):
            continue
        if scene.take(text, sight.at - day, sight.at + day):
            return text
    return None


def only_row(sight: Sight) -> Stay:
    """The row of the observation's own line in its answer."""
    return next(stay for stay in sight.stays if stay.line is sight.line)
