"""Faults of sharing and of the lease: no port, edges, gaps, overlaps, prefixes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

from kaval.simulation.faults.catalogue import CGNAT, DYNAMIC, FIXTURES, INDIA, IPV6, RULES, STATIC, fault
from kaval.simulation.faults.providers import NAT64, POOLS
from kaval.simulation.faults.scene import DAY, TOO_MANY, TRIES, Scene
from kaval.simulation.faults.slips import asks_for, elsewhere, only_row, within
from kaval.simulation.faults.story import Seat, Sight, Stay, Story
from kaval.simulation.networks import BLOCK

_HELD_BRIEFLY = ("dynamic", "cgnat")
SECOND = timedelta(seconds=1)


@fault(
    "Many share the address and the source states no port.", "A-21", source=FIXTURES, access=CGNAT, door=False
)
def cgn_without_port(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        elsewhere(scene, story, sight)
        sight.port, sight.row["port"] = None, ""
        asks_for(sight, port=None)
        sight.stays = sight.stays[:1]  # the provider looked no further than the first match


@fault("The source writes port 0 for a shared address.", "A-21", "A-23", source=RULES, access=CGNAT)
def port_zero(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.port, sight.row["port"] = 0, "0"
        asks_for(sight, port=0)


@fault("The port lies in no block that the answer names.", "A-23", source=RULES, access=CGNAT)
def port_outside_block(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        line = scene.innocent(story)
        assert sight.seat.low is not None
        seat = replace(sight.seat, low=sight.seat.low + 2 * BLOCK, high=sight.seat.low + 3 * BLOCK - 1)
        rows = scene.stays(line, seat, scene.around(line, sight.at))
        sight.answered_by(line, [row for row in rows if row.low != sight.seat.low])


@fault(
    "The address is shared and the answer names one customer without a port block.",
    "A-23",
    source=INDIA,
    access=CGNAT,
)
def answer_without_block(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        line = scene.innocent(story)
        start, end = scene.around(line, sight.at)
        sight.answered_by(line, [Stay(line, sight.seat.held, start, end)])


@fault("The lease ends 30 seconds after the event.", "A-25", source=FIXTURES, access=_HELD_BRIEFLY)
def lease_ends_soon(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        start = sight.at - scene.span(3600, 8 * 3600)
        sight.stays = scene.stays(sight.line, sight.seat, (start, sight.at + 30 * SECOND))


@fault("The lease began 40 seconds before the event.", "A-25", source=FIXTURES, access=_HELD_BRIEFLY)
def lease_began_just_now(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        end = sight.at + scene.span(3600, 8 * 3600)
        sight.stays = scene.stays(sight.line, sight.seat, (sight.at - 40 * SECOND, end))


@fault(
    "The innocent's lease ended a minute before the event; the true holder's row is missing.",
    "A-22", "A-24", "A-25", "A-31",  # a whole answer that ends a minute early is also what a wrong clock looks like
    source=FIXTURES,
    access=_HELD_BRIEFLY,
    scope="all",
)  # fmt: skip
def lease_ended_before(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        line, end = scene.innocent(story), sight.at - 60 * SECOND
        rows = scene.stays(line, sight.seat, (end - scene.span(3600, 8 * 3600), end), after=False)
        sight.answered_by(line, [row for row in rows if row.low == sight.seat.low])


@fault(
    "The event lies at the second at which the next tenant got the address.",
    "A-22", "A-24", "A-25",
    source=FIXTURES,
    access=_HELD_BRIEFLY,
)  # fmt: skip
def next_tenant(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        seat, span = sight.seat, scene.span(3600, 8 * 3600)
        line = scene.innocent(story)
        ends = sight.at + scene.rng.choice((0, 1)) * SECOND
        sight.stays = [
            Stay(sight.line, seat.held, sight.at - span, ends, seat.low, seat.high),
            Stay(line, seat.held, ends + SECOND, sight.at + span, seat.low, seat.high),
        ]


@fault("Two customers held the address and port at once.", "A-22", source=RULES, access=_HELD_BRIEFLY)
def two_holders_overlap(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        line, own = scene.innocent(story), only_row(sight)
        assert own.end is not None
        start, end = own.start + timedelta(minutes=2), own.end + timedelta(minutes=5)
        sight.stays.insert(0, Stay(line, own.address, start, end, own.low, own.high))


@fault(
    "The innocent's lease was never closed in the log; the true holder's row is missing.",
    "A-24", "A-25",
    source=RULES,
    access=DYNAMIC,
    scope="all",
)  # fmt: skip
def lease_left_open(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        line = scene.innocent(story)
        start = sight.at - scene.span(86400, 3 * 86400)
        sight.answered_by(line, [Stay(line, sight.seat.held, start, None)])


@fault(
    "The answer names an IPv6 address without the length of its prefix.", "A-26", source=RULES, access=IPV6
)
def prefix_without_length(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        line = scene.innocent(story)
        sight.answered_by(line, [Stay(line, sight.ip, *scene.around(line, sight.at))])


@fault("The prefix is that of a whole district, named by its first customer.", "A-27", source=RULES, access=IPV6,
       scope="all")  # fmt: skip
def prefix_too_wide(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        base = int(ip_address(POOLS[sight.line.isp_id, sight.line.kind][0])) + ((1 << 19) << 72)
        wide = _free_district(scene, base, sight)
        scene.place(story, sight, at=sight.at, seat=Seat(f"{wide}/56", scene.inside(f"{wide}/56")))
        line = scene.innocent(story)
        start, end = sight.at - scene.span(3600, 12 * 3600), sight.at + scene.span(3600, 12 * 3600)
        sight.answered_by(line, [Stay(line, f"{wide}/46", start, end)])


def _free_district(scene: Scene, base: int, sight: Sight) -> str:
    for _ in range(TRIES):
        wide = str(ip_address(base + (scene.rng.randrange(512) << 82)))
        if scene.take(wide, sight.at - DAY, sight.at + DAY):
            return wide
    raise ValueError(TOO_MANY)


@fault(
    "Only the lower 64 bits agree; the answer is about another prefix.",
    "A-26", "A-22", "A-30",
    source=RULES,
    access=IPV6,
)  # fmt: skip
def lower_half_only(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        line = scene.innocent(story)
        other = scene.seat(line, sight.at, sight.at)
        upper, lower = int(ip_address(other.seen)) >> 64 << 64, int(ip_address(sight.ip)) & ((1 << 64) - 1)
        sight.answered_by(line, [Stay(line, str(ip_address(upper | lower)), *scene.around(line, sight.at))])


@fault(
    "The address is the provider's own IPv6-to-IPv4 translation, without a port.",
    "A-28", "A-21",
    source=RULES,
    access=IPV6,
    door=False,
)  # fmt: skip
def nat64(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        address = within(scene, NAT64, sight.at).seen
        prefix = f"{ip_address(int(ip_address(address)) >> 64 << 64)}/64"
        elsewhere(scene, story, sight, seat=Seat(prefix, address))
        sight.port, sight.row["port"] = None, ""
        asks_for(sight, port=None)
        sight.stays = sight.stays[:1]


@fault(
    "The static line had been given up before the event; the log was never closed.",
    "A-29", "A-34",
    source=RULES,
    access=STATIC,
    scope="all",
)  # fmt: skip
def static_line_ended(scene: Scene, story: Story, hit: list[Sight]) -> None:
    line = scene.innocent(story)
    scene.papers[line.customer_ref].active_to = min(sight.at for sight in hit) - 9 * DAY
    for sight in hit:
        elsewhere(scene, story, sight)
