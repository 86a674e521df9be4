"""Faults of the subject as a whole: too little, contradicted, the wrong home then or now, somebody else's matter."""

from __future__ import annotations

from datetime import timedelta

from kaval.simulation.faults.catalogue import CASES, DESIGN, DUTIES, FIXTURES, INDIA, RULES, fault
from kaval.simulation.faults.scene import Scene
from kaval.simulation.faults.slips import only_row
from kaval.simulation.faults.story import Ground, Lifted, Sight, Story

_HELD_BRIEFLY = ("dynamic", "cgnat")


def _ground(scene: Scene, story: Story) -> Ground:
    found = scene.grounds[story.line.customer_ref]
    assert found is not None
    return found


@fault("The person was seen once.", "A-40", source=DUTIES, scope="all", sights=(1, 1))
def single_observation(scene: Scene, story: Story, hit: list[Sight]) -> None:
    """Nothing to change: there is one observation."""


@fault("Four reports tell of one event.", "A-40", source=DUTIES, scope="all", sights=(4, 4))
def four_copies(scene: Scene, story: Story, hit: list[Sight]) -> None:
    first = hit[0]
    for sight in hit[1:]:
        sight.at, sight.ip, sight.port, sight.seat = first.at, first.ip, first.port, first.seat
        sight.stays, sight.asked = list(first.stays), list(first.asked)
        sight.row = first.row | {"observation_id": sight.observation_id}


@fault("All was seen within one day.", "A-40", source=RULES, access=_HELD_BRIEFLY, scope="all")
def within_one_day(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for number, sight in enumerate(hit):
        scene.place(story, sight, at=hit[0].at + timedelta(hours=5 * number))


@fault(
    "The account was also seen, soundly, in another home, and nobody has explained it.",
    "A-41",
    source=DUTIES,
    access=_HELD_BRIEFLY,
    scope="all",
)
def seen_elsewhere_too(scene: Scene, story: Story, hit: list[Sight]) -> None:
    sight = scene.rng.choice(hit)
    sight.line = scene.innocent(story)
    scene.place(story, sight, at=sight.at)
    sight.door = (sight.line.isp_id, sight.line.customer_ref)


@fault(
    "The provider itself named a wrong customer for one of several addresses.",
    "A-41", "A-40",
    source=CASES,
    access=_HELD_BRIEFLY,
    scope="all",
)  # fmt: skip
def wrong_customer_once(scene: Scene, story: Story, hit: list[Sight]) -> None:
    sight = scene.rng.choice(hit)
    line, own = scene.innocent(story), only_row(sight)
    own.line = line
    sight.read_as = (line.isp_id, line.customer_ref)


@fault("Nothing but addresses leads to the place.", "A-42", source=DUTIES, scope="all")
def no_other_link(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.corroborations.clear()


def _of_the_monitor(story: Story, hit: list[Sight], said: dict[str, str]) -> None:
    story.channel = "p2p"
    for sight in hit:
        sight.row |= {"channel": "p2p", "event": "transfer", "viewed": "", "hash_list": ""} | said


@fault("The monitor got the pieces from many peers at once.", "A-43", source=RULES, scope="all", door=False)
def many_peers(scene: Scene, story: Story, hit: list[Sight]) -> None:
    said = {"peer_single": "no", "pieces_verified": "yes", "peer_share": "0.2", "peer_sightings": "2"}
    _of_the_monitor(story, hit, said)


@fault("The monitor did not compare the pieces.", "A-43", source=RULES, scope="all")
def pieces_not_verified(scene: Scene, story: Story, hit: list[Sight]) -> None:
    said = {"peer_single": "yes", "pieces_verified": "no", "peer_share": "1.0", "peer_sightings": "2"}
    _of_the_monitor(story, hit, said)


@fault("The lead rests on a card and a registration: perhaps a stolen identity.", "A-45", source=CASES, scope="all",
       door=False)  # fmt: skip
def registration_only(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.lead_basis = scene.rng.choice(("card", "registration", "card;registration", "email", "phone"))


@fault("The house was not found.", "A-46", source=RULES, scope="all")
def house_not_found(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).unit_found = "no"


@fault("Two houses fit the address.", "A-46", source=RULES, scope="all")
def two_houses_match(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).single_match = "no"


@fault("The place was verified too long ago.", "A-46", source=RULES, scope="all")
def verified_long_ago(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).verified_at = scene.day(-20, 11)


@fault("Nobody has looked at the place.", "A-46", source=CASES, scope="all")
def not_verified(scene: Scene, story: Story, hit: list[Sight]) -> None:
    scene.grounds[story.line.customer_ref] = None


@fault("Others lived there at the event.", "A-47", source=FIXTURES, scope="all", door=False)
def moved_tenant(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).occupant = "other"


@fault("Those who live there moved in after the event.", "A-47", source=FIXTURES, scope="all", door=False)
def moved_in_later(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).resident_since = scene.day(-19)


@fault("Those of the event have moved out since.", "A-47", source=FIXTURES, scope="all", door=False)
def moved_out_since(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).resident_until = scene.day(-12)


@fault("The Wi-Fi is open: a neighbour used it.", "A-48", source=INDIA, scope="all", door=False)
def open_wifi(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).wifi = "open"


@fault("The Wi-Fi is shared with the house beside.", "A-48", source=CASES, scope="all", door=False)
def shared_wifi(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).wifi = "shared"


@fault("Nobody has looked at the Wi-Fi.", "A-48", source=INDIA, scope="all", door=False)
def wifi_unknown(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).wifi = "unknown"


@fault("The last observation is months old.", "A-49", source=RULES, access=_HELD_BRIEFLY, scope="all")
def stale_observation(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for number, sight in enumerate(hit):
        scene.place(
            story, sight, at=scene.day(-scene.rng.choice((98, 130, 155)) - 3 * number) + scene.span(0, 86399)
        )


@fault("Another unit holds the identifier: an undercover or a victim's account.", "A-50", source=RULES, scope="all",
       door=False)  # fmt: skip
def another_units_matter(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.deconfliction = ("yes", "ask the neighbouring state's unit")


@fault("Nobody has asked the other units.", "A-50", source=RULES, scope="all")
def not_deconflicted(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.deconfliction = None


@fault("The account holder is a child.", "A-51", source=RULES, scope="all", door=False)
def child_holds_account(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.birth_year = str(scene.figures.field_day.year - scene.rng.randint(11, 16))


@fault(
    "An officer notes that the account holder is likely a child.",
    "A-51",
    source=RULES,
    scope="all",
    door=False,
)
def likely_a_child(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.likely_child = "yes"


@fault("An earlier search rested on the same observations.", "A-52", source=RULES, scope="all")
def searched_before(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.searched = [sight.observation_id for sight in hit]


@fault("The monitor does not say whether it was this peer.", "A-43", source=DESIGN, scope="all")
def peer_not_stated(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _of_the_monitor(story, hit, {"peer_single": "", "pieces_verified": ""})


@fault("The station looked at another house.", "A-46", source=RULES, scope="all")
def another_house_verified(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).home = scene.innocent(story).household


@fault("Other units were asked and have not answered.", "A-50", source=RULES, scope="all")
def no_answer_from_others(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.deconfliction = ("", "asked the neighbouring state's unit")


@fault(
    "The only further link says where a telephone was, not who lives there.",
    "A-42",
    source=DESIGN,
    scope="all",
)
def only_a_location(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.corroborations[:] = [("location", "A tower nearby")]


@fault("Nobody has written down what the lead rests on.", "A-45", source=RULES, scope="all")
def basis_not_stated(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.lead_basis = ""


@fault(
    "Seen elsewhere too, and the explanation has no words.",
    "A-41",
    source=DUTIES,
    access=_HELD_BRIEFLY,
    scope="all",
)
def explained_without_words(scene: Scene, story: Story, hit: list[Sight]) -> None:
    seen_elsewhere_too(scene, story, hit)
    other = next(sight for sight in hit if sight.line is not story.line)
    story.explanations.append((other.observation_id, " "))


def _lifted(scene: Scene, story: Story, lifted: Lifted) -> None:
    """The Wi-Fi is unknown and somebody lifts that who may not, or not like this."""
    _ground(scene, story).wifi = "unknown"
    story.overrides.append(lifted)


@fault("The analyst lifted a hold on the own result.", "A-48", source=DUTIES, scope="all")
def lifted_by_the_analyst(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _lifted(scene, story, Lifted("A-48", scene.officers["analyst"]))


@fault("An officer below the rank lifted a hold.", "A-48", source=RULES, scope="all")
def lifted_below_rank(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _lifted(scene, story, Lifted("A-48", scene.officers["custodian"], rank="ASI"))


@fault("A hold was lifted without a reason.", "A-48", source=RULES, scope="all")
def lifted_without_reason(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _lifted(scene, story, Lifted("A-48", scene.officers["supervisor"], reason=" "))


@fault("A hold was lifted after the attribution was made.", "A-48", source=DESIGN, scope="all")
def lifted_afterwards(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _lifted(scene, story, Lifted("A-48", scene.officers["supervisor"], days=1))


@fault("Somebody of rank tried to lift a block: the house was not found.", "A-46", source=RULES, scope="all")
def block_lifted(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _ground(scene, story).unit_found = "no"
    story.overrides.append(Lifted("A-46", scene.officers["supervisor"]))


@fault(
    "One observation alone, lifted by an officer who is not gazetted.",
    "A-40",
    source=RULES,
    scope="all",
    sights=(1, 1),
)
def one_alone_lifted_below_rank(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.overrides.append(Lifted("A-40", scene.officers["second_reader"], rank="INSPECTOR"))
