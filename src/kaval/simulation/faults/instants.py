"""Faults of the time: zone, order, clock, what the time is the time of, and how fine it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kaval.simulation.clock import IST, iso
from kaval.simulation.faults.asked import swappable, swapped
from kaval.simulation.faults.catalogue import CASES, FIXTURES, RULES, fault
from kaval.simulation.faults.scene import DAY, HOUR, Scene
from kaval.simulation.faults.slips import (
    answered_soon,
    answered_then,
    asked_nobody,
    asks_for,
    elsewhere,
)
from kaval.simulation.faults.story import Asked, Sight, Stay, Story
from kaval.simulation.people import Line

_HELD_BRIEFLY = ("dynamic", "cgnat")
PACIFIC = ZoneInfo("America/Los_Angeles")
MINUTE = timedelta(minutes=1)


def repeated_hour(scene: Scene) -> datetime:
    """The first instant (UTC) of the hour that the western American clock shows twice, in the autumn before."""
    day = datetime(scene.figures.field_day.year - 1, 11, 1, tzinfo=UTC)
    day += timedelta(days=(6 - day.weekday()) % 7)
    return day + timedelta(hours=8)


@fault(
    "The source writes UTC without saying so; it was read as Indian time.",
    "A-10",
    source=CASES,
    access=_HELD_BRIEFLY,
)
def no_zone(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        wrong = sight.at - timedelta(minutes=330)
        sight.row["time_raw"] = f"{sight.at:%Y-%m-%d %H:%M:%S}"
        answered_soon(scene, story, sight, asked=wrong)


@fault(
    "Day or month may come first, and nobody has settled it for this source.",
    "A-11",
    "A-10",
    source=CASES,
    access=_HELD_BRIEFLY,
    scope="one",
)
def ambiguous_date(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        at = swappable(scene)
        while at.astimezone(IST).hour < 13:
            at = swappable(scene)
        scene.place(story, sight, at=at)
        wrong = swapped(at)
        assert wrong is not None
        sight.row |= {
            "time_raw": f"{at.astimezone(IST):%d/%m/%Y %H:%M:%S} +05:30",
            "time_profile": "not-settled",
        }
        sight.sheet = "ambiguous"
        answered_then(scene, story, sight, utc=wrong)


@fault("The source writes a 12-hour clock without AM or PM.", "A-12", source=CASES, access=_HELD_BRIEFLY)
def twelve_hour_source(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        local = sight.at.astimezone(IST)
        at = local.replace(hour=13 + local.hour % 11).astimezone(UTC)
        scene.place(story, sight, at=at)
        wrong = at - 12 * HOUR
        sight.row |= {"time_raw": f"{at.astimezone(IST):%d/%m/%Y %I:%M:%S}", "time_profile": "twelve"}
        answered_soon(scene, story, sight, asked=wrong)


@fault(
    "The hour was repeated when summer time ended, and the address had another holder at each reading.",
    "A-14",
    source=CASES,
    access=_HELD_BRIEFLY,
    scope="one",
)
def repeated_hour_two_holders(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        first = repeated_hour(scene) + scene.span(900, 2400)
        scene.place(story, sight, at=first + HOUR)
        line, turn = scene.innocent(story), first + 25 * MINUTE
        sight.stays = _one_after_the_other(sight, line, turn=turn, span=3 * HOUR)
        sight.row |= {"time_raw": f"{first.astimezone(PACIFIC):%Y-%m-%d %H:%M:%S}", "time_profile": "pacific"}
        asks_for(sight, utc=first)
        sight.read_as = (line.isp_id, line.customer_ref)


def _one_after_the_other(sight: Sight, before: Line, *, turn: datetime, span: timedelta) -> list[Stay]:
    """The innocent's lease to the turn and the true line's from a minute after it, and nobody else."""
    seat = sight.seat
    return [
        Stay(before, seat.held, turn - span, turn, seat.low, seat.high),
        Stay(sight.line, seat.held, turn + MINUTE, turn + span, seat.low, seat.high),
    ]


def _other_moment(scene: Scene, story: Story, hit: list[Sight], *, time_of: str) -> None:
    for sight in hit:
        stated = sight.at + scene.span(30 * 3600, 60 * 3600)
        answered_then(scene, story, sight, utc=stated)
        sight.row |= {"time_raw": iso(stated, "Z"), "time_of": time_of, "reported_at": iso(stated, "Z")}
        sight.row["received_at"] = iso(stated + DAY, "Z")


@fault("The time is that of the report, not of the event.", "A-16", source=RULES, access=_HELD_BRIEFLY)
def report_time(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _other_moment(scene, story, hit, time_of="report")


@fault("The time is that at which the file was made.", "A-16", source=RULES, access=_HELD_BRIEFLY)
def file_time(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _other_moment(scene, story, hit, time_of="file")


@fault("The source does not say what its time is the time of.", "A-16", source=RULES)
def time_of_not_stated(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.row["time_of"] = ""


@fault(
    "The file holds dates only; its clock always says midnight.", "A-17", source=RULES, access=_HELD_BRIEFLY
)
def date_only_file(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        local = sight.at.astimezone(IST)
        scene.place(story, sight, at=local.replace(hour=12 + local.hour % 12).astimezone(UTC))
        stated = sight.at.astimezone(IST).replace(hour=0, minute=0, second=0)
        sight.row["time_raw"], sight.sheet = iso(stated), "dates"
        answered_soon(scene, story, sight, asked=stated.astimezone(UTC))


@fault("The time is the zero of a computer clock.", "A-17", "A-20", source=RULES)
def epoch_zero(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.row["time_raw"], sight.sheet = "1970-01-01T00:00:00Z", "zeros"
        asked_nobody(sight)


@fault(
    "The event lies after the report of it: the source's clock is wrong.",
    "A-17",
    source=RULES,
    access=_HELD_BRIEFLY,
)
def after_the_report(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        elsewhere(scene, story, sight)
        sight.row["received_at"] = iso(sight.at - 3 * DAY, "Z")


@fault("The time lies in the future.", "A-17", source=RULES)
def in_the_future(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.row["time_raw"] = iso(sight.at + 365 * DAY, "Z")
        asked_nobody(sight)


@fault("The event lies before the account was made: the source's clock is wrong.", "A-17", source=RULES)
def before_the_account(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        elsewhere(scene, story, sight)
        sight.row["account_created"] = iso(sight.at + 10 * DAY, "Z")


@fault(
    "The time is stated to the hour, and the address changed hands within it.",
    "A-18", "A-22", "A-24",
    source=RULES,
    access=_HELD_BRIEFLY,
)  # fmt: skip
def hour_with_two_holders(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        hour = sight.at.astimezone(IST).replace(minute=0, second=0).astimezone(UTC)
        scene.place(story, sight, at=hour + 50 * MINUTE)
        line = scene.innocent(story)
        sight.stays = _one_after_the_other(sight, line, turn=hour + 25 * MINUTE, span=4 * HOUR)
        sight.row["time_raw"] = f"{hour.astimezone(IST):%Y-%m-%dT%H}+05:30"
        sight.asked = [
            Asked(sight.line.isp_id, sight.ip, sight.port, hour, before=2 * MINUTE, after=HOUR + 2 * MINUTE)
        ]
        sight.read_as = (line.isp_id, line.customer_ref)


@fault("The source names a day and no time of it.", "A-18", "A-10", source=FIXTURES, access=_HELD_BRIEFLY)
def day_without_clock(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        local = sight.at.astimezone(IST)
        scene.place(story, sight, at=local.replace(hour=12 + local.hour % 12).astimezone(UTC))
        day = sight.at.astimezone(IST).replace(hour=0, minute=0, second=0).astimezone(UTC)
        sight.row["time_raw"] = f"{day.astimezone(IST):%Y-%m-%d}+05:30"
        answered_soon(scene, story, sight, asked=day)
