"""Faults of the answer: its clock, its template, what it is about, which address and which kind of line it names."""

from __future__ import annotations

from datetime import UTC, timedelta

from kaval.simulation.clock import IST
from kaval.simulation.faults.catalogue import (
    CASES,
    DESIGN,
    DUTIES,
    DYNAMIC,
    FIXTURES,
    INDIA,
    MOBILE,
    RULES,
    fault,
)
from kaval.simulation.faults.scene import HOUR, Scene
from kaval.simulation.faults.slips import only_row
from kaval.simulation.faults.story import Sight, Stay, Story

UTC_CLOCK, HALF_CLOCK, SWITCHED, NEW_FORM, MINUTES = "utc", "half", "switched", "new form", "minutes"
_HELD_BRIEFLY = ("dynamic", "cgnat")


@fault(
    "The answer is about another address than was asked.", "A-30", "A-22", source=DUTIES, access=_HELD_BRIEFLY
)
def answer_about_another(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        line = scene.innocent(story)
        span = scene.around(line, sight.at)
        other = scene.seat(line, *span)
        sight.answered_by(line, scene.stays(line, other, span))


@fault(
    "The provider answers in UTC though its columns say Indian time.",
    "A-31", "A-32", "A-33",
    source=CASES,
    access=DYNAMIC,
    scope="all",
    sights=(4, 4),
    bundle=4,
)  # fmt: skip
def answer_in_utc(scene: Scene, story: Story, hit: list[Sight]) -> None:
    """Read as Indian time the rows lie five and a half hours too early; the next tenant's may lie at the event."""
    for sight in hit:
        own, sight.answer = only_row(sight), UTC_CLOCK
        own.start, own.end = sight.at - scene.span(3600, 6 * 3600), sight.at + scene.span(1800, 4 * 3600)
        sight.stays = [own]
        if scene.rng.random() < 0.25:
            start = own.end + timedelta(seconds=15)
            next_one = scene.neighbour(sight.line.isp_id, "dynamic")
            sight.stays.append(Stay(next_one, own.address, start, start + scene.span(3600, 6 * 3600)))


@fault(
    "The provider changed to a 12-hour clock without saying so, and without AM or PM.",
    "A-33", "A-32",
    source=CASES,
    access=DYNAMIC,
    scope="all",
    sights=(4, 4),
    bundle=2,
)  # fmt: skip
def answer_twelve_hour(scene: Scene, story: Story, hit: list[Sight]) -> None:
    """The innocent held the address in the afternoon; its row reads as the morning, when the person was seen."""
    for sight in hit:
        local = sight.at.astimezone(IST)
        at = local.replace(hour=4 + local.hour % 4).astimezone(UTC)
        scene.place(story, sight, at=at)
        line, later = scene.innocent(story), at + 12 * HOUR
        rows = [
            Stay(
                line, sight.seat.held, later - scene.span(1800, 3 * 3600), later + scene.span(1800, 3 * 3600)
            )
        ]
        for _ in range(4):
            start = at + scene.span(2 * 3600, 14 * 3600)
            other = scene.seat(line, start, start)
            neighbour = scene.neighbour(line.isp_id, "dynamic")
            rows.append(Stay(neighbour, other.held, start, start + scene.span(600, 3600)))
        sight.answered_by(line, rows)
        sight.answer = HALF_CLOCK


@fault(
    "The provider writes minutes, as was accepted, and the address changed hands in the minute of the event.",
    "A-22", "A-24", "A-25",
    source=RULES,
    access=DYNAMIC,
)  # fmt: skip
def answer_to_the_minute(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        scene.place(story, sight, at=sight.at.replace(second=30))
        line, turn, span = scene.innocent(story), sight.at + timedelta(seconds=20), scene.span(3600, 8 * 3600)
        sight.stays = [
            Stay(sight.line, sight.seat.held, turn - span, turn),
            Stay(line, sight.seat.held, turn, turn + span),
        ]
        sight.answer = MINUTES


@fault(
    "The provider changed its template and writes the month first; nobody was told.",
    "A-32",
    source=INDIA,
    access=DYNAMIC,
    scope="all",
    bundle=2,
)
def date_order_switched(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.answer = SWITCHED


@fault(
    "Four addresses agree on one customer, and the answer gives the billing address, not the place.",
    "A-34",
    source=CASES,
    scope="all",
    sights=(4, 4),
)
def billing_address(scene: Scene, story: Story, hit: list[Sight]) -> None:
    paper = scene.papers[story.line.customer_ref]
    paper.kinds, paper.billing = ("billing",), scene.innocent(story).household


@fault("The answer gives only the address of the identity paper.", "A-34", source=RULES, access=("static", "dynamic"),
       scope="all")  # fmt: skip
def paper_address(scene: Scene, story: Story, hit: list[Sight]) -> None:
    paper = scene.papers[story.line.customer_ref]
    paper.kinds, paper.billing = ("billing", "kyc"), scene.innocent(story).household


@fault(
    "The installation had ended before the event.", "A-34", source=DESIGN, access=_HELD_BRIEFLY, scope="all"
)
def installation_ended(scene: Scene, story: Story, hit: list[Sight]) -> None:
    scene.papers[story.line.customer_ref].active_to = scene.day(-100)


@fault("The customer number was given to a new household after the event.", "A-34", source=DESIGN, scope="all",
       access=_HELD_BRIEFLY, door=False)  # fmt: skip
def number_given_again(scene: Scene, story: Story, hit: list[Sight]) -> None:
    scene.papers[story.line.customer_ref].active_from = scene.day(-18)


@fault("The answer names two places of installation for one customer.", "A-34", source=RULES, scope="all",
       access=("dynamic", "static"))  # fmt: skip
def two_installations(scene: Scene, story: Story, hit: list[Sight]) -> None:
    scene.papers[story.line.customer_ref].first = scene.innocent(story).household


@fault("Only a SIM: the registered address is not where it is used.", "A-35", source=RULES, access=MOBILE, scope="all",
       door=False)  # fmt: skip
def mobile_sim_only(scene: Scene, story: Story, hit: list[Sight]) -> None:
    """Nothing to change: the line is a SIM."""


@fault(
    "The line serves a business, with the flat above on it.", "A-36", source=CASES, scope="all", door=False
)
def business_line(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.line.line_type = "BUSINESS"


@fault("The line serves a hostel.", "A-36", source=RULES, scope="all", door=False)
def hostel_line(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.line.line_type = "HOSTEL"


@fault("The answer does not say what kind of line it is.", "A-36", source=RULES, scope="all")
def line_kind_not_stated(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.line.line_type = ""


@fault("Several flats share the line.", "A-36", source=FIXTURES, scope="all", door=False)
def shared_flats(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.line.line_type = "SHARED"


@fault("The second officer reads another customer in the same answer.", "A-38", source=DUTIES)
def second_reader_differs(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        other = next(
            (stay.line for stay in sight.stays if stay.line is not sight.line), scene.innocent(story)
        )
        sight.read_as = (other.isp_id, other.customer_ref)


@fault("No second officer has read it.", "A-38", source=DUTIES, scope="all")
def no_second_reader(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.read_as = None


@fault("The analyst read it a second time, and nobody else.", "A-38", source=DUTIES, scope="all")
def read_twice_by_one(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.read_by = scene.officers["analyst"]
