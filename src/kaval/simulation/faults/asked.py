"""Faults of the request: it was typed, and the provider answered truthfully for what stood there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kaval.simulation.clock import IST
from kaval.simulation.faults.catalogue import CASES, DUTIES, FIXTURES, fault
from kaval.simulation.faults.scene import FIRST_DAY, LAST_DAY, Scene
from kaval.simulation.faults.slips import answered_soon, answered_then, asks_for, mistyped
from kaval.simulation.faults.story import Sight, Story
from kaval.simulation.networks import BLOCK

_HELD_BRIEFLY = ("dynamic", "cgnat")


def swapped(at: datetime) -> datetime | None:
    """The instant with the day and the month of its Indian date exchanged; None when there is no such date, or the
    same."""
    local = at.astimezone(IST)
    if local.day > 12 or local.day == local.month:
        return None
    return local.replace(day=local.month, month=local.day).astimezone(UTC)


def swappable(scene: Scene) -> datetime:
    """An instant whose exchanged date lies before the request, some days away."""
    while True:
        at = scene.day(-scene.rng.randint(LAST_DAY, FIRST_DAY)) + scene.span(0, 86399)
        wrong = swapped(at)
        if wrong is not None and wrong < scene.asked_at - timedelta(days=1):
            return at


@fault(
    "Day and month were exchanged in the request.", "A-15", source=CASES, access=_HELD_BRIEFLY, scope="one"
)
def request_day_month_swapped(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        scene.place(story, sight, at=swappable(scene))
        wrong = swapped(sight.at)
        assert wrong is not None
        answered_then(scene, story, sight, utc=wrong)


@fault("The request names the year before.", "A-15", source=CASES, access=_HELD_BRIEFLY)
def request_wrong_year(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        answered_then(scene, story, sight, utc=sight.at - timedelta(days=365))


@fault(
    "The zone was entered wrongly: the request is one hour off, and the address had another holder by then.",
    "A-15",
    source=CASES,
    access=_HELD_BRIEFLY,
)
def request_one_hour_off(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        answered_soon(scene, story, sight, asked=sight.at + timedelta(hours=1))


@fault(
    "The digits of UTC were printed as Indian time: the provider looked five and a half hours too early.",
    "A-13",
    source=CASES,
    access=_HELD_BRIEFLY,
)
def request_utc_as_ist(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        wrong = sight.at - timedelta(minutes=330)
        answered_soon(scene, story, sight, asked=wrong)
        asks_for(sight, utc=sight.at, ist=wrong)


def _asked_other_address(scene: Scene, story: Story, sight: Sight, *, extra: bool) -> None:
    wrong = None
    while wrong is None:
        first, second, third, last = sight.ip.split(".")
        texts = _longer(last) if extra else _turned(last)
        wrong = mistyped(scene, sight, [f"{first}.{second}.{third}.{text}" for text in texts])
        if wrong is None:
            scene.place(story, sight, at=sight.at)
    line = scene.innocent(story)
    asks_for(sight, ip=wrong)
    seat = replace(sight.seat, held=wrong, seen=wrong)
    sight.answered_by(line, scene.stays(line, seat, scene.around(line, sight.at)))


def _longer(text: str) -> list[str]:
    return [text[:place] + digit + text[place:] for place in range(len(text) + 1) for digit in "1234567890"]


def _turned(text: str) -> list[str]:
    return [text[:n] + text[n + 1] + text[n] + text[n + 2 :] for n in range(len(text) - 1) if text[n] != "0"]


@fault("A digit too many was typed into the address.", "A-01", source=CASES, access=("dynamic",))
def request_extra_digit(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        _asked_other_address(scene, story, sight, extra=True)


@fault("Two digits of the address changed places.", "A-01", source=CASES, access=("dynamic",))
def request_transposed_digits(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        _asked_other_address(scene, story, sight, extra=False)


@fault("The request names a port of the block beside it.", "A-01", source=DUTIES, access=("cgnat",))
def request_wrong_port(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        assert sight.port is not None
        assert sight.seat.low is not None
        assert sight.seat.high is not None
        asks_for(sight, port=sight.port + BLOCK)
        line = scene.innocent(story)
        seat = replace(sight.seat, low=sight.seat.low + BLOCK, high=sight.seat.high + BLOCK)
        rows = scene.stays(line, seat, scene.around(line, sight.at))
        beside = [row for row in rows if row.low == sight.seat.low]
        sight.answered_by(line, [row for row in rows if row not in beside])


@fault("One officer alone typed the observation by hand.", "A-02", source=FIXTURES)
def typed_by_one(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.row["origin"] = "typed"
        asks_for(sight, origin="typed")
