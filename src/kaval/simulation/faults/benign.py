"""Twists that look odd and must stop nothing: whoever refuses these makes the right ones unusable."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from kaval.simulation.clock import IST
from kaval.simulation.faults.catalogue import DESIGN, DYNAMIC, IPV6, MOBILE, RULES, fault
from kaval.simulation.faults.instants import MINUTE, PACIFIC, repeated_hour
from kaval.simulation.faults.replies import NEW_FORM
from kaval.simulation.faults.scene import DAY, HOUR, Scene
from kaval.simulation.faults.slips import asks_for, only_row, within
from kaval.simulation.faults.story import Asked, Lifted, Sight, Stay, Story

_HELD_BRIEFLY = ("dynamic", "cgnat")
_NOISE = ("A-35", "A-40", "A-41", "A-07", "A-42")


@fault("The source writes minutes, and the lease is long.", source=RULES, access=_HELD_BRIEFLY)
def minutes_in_a_long_lease(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        scene.place(story, sight, at=sight.at.replace(second=0))
        sight.row["time_raw"] = f"{sight.at:%Y-%m-%dT%H:%M}Z"
        asks_for(sight, before=2 * MINUTE, after=3 * MINUTE)


@fault(
    "Local time of a zone with summer time, outside the repeated hour, by a checked profile.", source=RULES
)
def summer_time_by_profile(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.row |= {
            "time_raw": f"{sight.at.astimezone(PACIFIC):%Y-%m-%d %H:%M:%S}",
            "time_profile": "pacific",
        }
        asks_for(sight, before=2 * MINUTE, after=2 * MINUTE)


@fault(
    "The repeated hour, and the same holder at both readings.",
    source=RULES,
    access=_HELD_BRIEFLY,
    scope="one",
)
def repeated_hour_one_holder(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        first = repeated_hour(scene) + scene.span(900, 2400)
        scene.place(story, sight, at=first)
        only_row(sight).end = first + 6 * HOUR
        sight.stays = [stay for stay in sight.stays if stay.line is sight.line or stay.start < first]
        sight.row |= {"time_raw": f"{first.astimezone(PACIFIC):%Y-%m-%d %H:%M:%S}", "time_profile": "pacific"}
        again = replace(sight.asked[0], utc=first + HOUR, before=2 * MINUTE, after=2 * MINUTE)
        sight.asked = [replace(sight.asked[0], before=2 * MINUTE, after=2 * MINUTE), again]


@fault("The NAT log writes the month first, as its profile says, on days that could be read both ways.", source=RULES,
       access=("cgnat",))  # fmt: skip
def month_first_nat_log(scene: Scene, story: Story, hit: list[Sight]) -> None:
    days = [-day for day in range(22, 80) if scene.day(-day, 12).astimezone(IST).day <= 12]
    for number, sight in enumerate(hit):
        day = days[(number * len(days)) // len(hit)]
        scene.place(story, sight, at=scene.day(day, 12) + scene.span(0, 8 * 3600))


@fault("The lease was renewed at once, a minute before the event.", source=RULES, access=_HELD_BRIEFLY)
def renewed_at_once(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        own = only_row(sight)
        turn, last = sight.at - MINUTE, own.end
        own.end = turn
        sight.stays.append(Stay(own.line, own.address, turn, last, own.low, own.high))


@fault(
    "The IPv6 address changes every day within one delegated prefix.", source=RULES, access=IPV6, scope="all"
)
def privacy_addresses(scene: Scene, story: Story, hit: list[Sight]) -> None:
    first = hit[0]
    for sight in hit:
        scene.place(story, sight, at=sight.at, seat=replace(first.seat, seen=scene.inside(first.seat.held)))
        sight.stays = [Stay(sight.line, first.seat.held, first.at - 5 * DAY, hit[-1].at + 5 * DAY)]


@fault(
    "The provider has a new template, and a person has accepted it.",
    source=RULES,
    access=DYNAMIC,
    scope="all",
)
def new_template_accepted(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.answer = NEW_FORM


def _noise(sight: Sight) -> None:
    sight.attributable, sight.cause, sight.door = False, _NOISE, None


@fault("The person's telephone was seen as well, beside two sound observations.", source=RULES, scope="one")
def mobile_noise(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.line = scene.line(scene.rng.choice(("THUMBI", "MINNAL")), "mobile", story.home)
        scene.place(story, sight, at=sight.at)
        _noise(sight)


@fault("The person used a hosting range as well, beside two sound observations.", source=RULES, scope="one")
def hosting_noise(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        scene.place(story, sight, at=sight.at, seat=within(scene, "203.0.113.0/24", sight.at))
        sight.stays, sight.read_as = [], None
        sight.asked = [Asked("KUNNHOST", sight.ip, sight.port, sight.at)]
        _noise(sight)


@fault("Nobody knew the Wi-Fi; a named officer of rank lifted it with a reason.", source=RULES, scope="all")
def hold_overridden(scene: Scene, story: Story, hit: list[Sight]) -> None:
    ground = scene.grounds[story.line.customer_ref]
    assert ground is not None
    ground.wifi = "unknown"
    story.overrides.append(Lifted("A-48", scene.officers["supervisor"]))


@fault("The account was seen elsewhere once, and the reason is on record.", source=RULES, access=_HELD_BRIEFLY,
       scope="one")  # fmt: skip
def explained_contradiction(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.line = scene.innocent(story)
        scene.place(story, sight, at=sight.at)
        story.explanations.append((sight.observation_id, "A visit to relatives, confirmed by the ticket"))
        _noise(sight)


@fault("Two officers typed it blind, with equal result.", source=RULES)
def typed_twice_blind(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.row["origin"] = "double"


@fault("A SIM whose place at the event is known from elsewhere.", source=RULES, access=MOBILE, scope="all")
def sim_with_known_place(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.corroborations.append(("location", "The tower and the works roster place it at home at the event"))


@fault("The provider read the file by hand and says so.", source=DESIGN, scope="all")
def viewed_by_a_person(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.row |= {
            "channel": "platform",
            "event": "upload",
            "viewed": "yes",
            "peer_single": "",
            "pieces_verified": "",
        }


SYDNEY = ZoneInfo("Australia/Sydney")


@fault("Local time of a southern zone, by a checked profile.", source=DESIGN)
def southern_zone_by_profile(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.row |= {
            "time_raw": f"{sight.at.astimezone(SYDNEY):%d/%m/%Y %H:%M:%S}",
            "time_profile": "sydney",
        }
        asks_for(sight, before=timedelta(minutes=2), after=timedelta(minutes=2))
