"""Faults of the source: whose address it is, what stands on lists, and bytes that are no longer those sealed."""

from __future__ import annotations

from datetime import timedelta

from kaval.simulation.faults.catalogue import CASES, DESIGN, DUTIES, DYNAMIC, RULES, fault
from kaval.simulation.faults.providers import DISPUTED, LISTED, MOVED, MOVED_DAYS, OWN_TOOL, ROUTED_AWAY
from kaval.simulation.faults.scene import DAY, HOUR, Scene
from kaval.simulation.faults.slips import asks_for, elsewhere, within
from kaval.simulation.faults.story import Seat, Sight, Story

TAMPERED, UNSEALED = "tampered", "unsealed"


@fault("One byte of the sealed source file was changed afterwards.", "A-01", source=RULES, scope="all")
def source_byte_changed(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.sheet = TAMPERED


@fault("One byte of the provider's sealed answer was changed afterwards.", "A-01", source=RULES, scope="all")
def answer_byte_changed(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.answer = TAMPERED


@fault("The source file was never sealed.", "A-01", source=RULES, scope="all")
def source_never_sealed(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.sheet = UNSEALED


@fault("The provider's answer was never sealed.", "A-01", source=RULES, scope="all")
def answer_never_sealed(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        sight.answer = UNSEALED


def _not_the_client(scene: Scene, story: Story, hit: list[Sight], *, role: str) -> None:
    for sight in hit:
        elsewhere(scene, story, sight)
        sight.row["ip_role"] = role


@fault("The address is the platform's side of the connection.", "A-05", source=RULES, door=False)
def platform_address(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _not_the_client(scene, story, hit, role="platform")


@fault("The address comes from a header that anybody can write.", "A-05", source=RULES, door=False)
def proxy_header(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _not_the_client(scene, story, hit, role="proxy")


@fault("The address is that of the other party, perhaps a victim.", "A-05", source=DESIGN, door=False)
def recipient_address(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _not_the_client(scene, story, hit, role="recipient")


@fault("The source does not say whose address it is.", "A-05", source=RULES, door=False)
def role_not_stated(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _not_the_client(scene, story, hit, role="")


@fault("The address text is damaged, and somebody mended it by hand.", "A-03", source=RULES, access=DYNAMIC)
def address_damaged(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        elsewhere(scene, story, sight)
        sight.row["ip"] = ".".join(f"{int(part):03d}" for part in sight.ip.split("."))


@fault(
    "The address means something only inside the carrier.", "A-04", source=RULES, access=DYNAMIC, door=False
)
def carrier_internal(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        inner = f"100.{scene.rng.randint(100, 120)}.{scene.rng.randrange(256)}.{scene.rng.randint(1, 254)}"
        elsewhere(scene, story, sight, seat=Seat(inner, inner))


@fault(
    "The range had moved to another provider since; today's holder was asked.",
    "A-06",
    source=RULES,
    access=DYNAMIC,
    scope="one",
    door=False,
)
def range_moved(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        at = scene.day(-MOVED_DAYS - 3) + scene.span(0, 86399)
        scene.place(story, sight, at=at, seat=within(scene, MOVED, at))
        line, start = scene.innocent(story), scene.day(-MOVED_DAYS) + HOUR
        sight.answered_by(line, scene.stays(line, sight.seat, (start, start + DAY), before=False))


@fault("Another network announced the range at the event.", "A-06", source=RULES, access=DYNAMIC, door=False)
def routing_contradicts(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        elsewhere(scene, story, sight, seat=within(scene, ROUTED_AWAY, sight.at))


@fault(
    "Two providers claim the range in the register.",
    "A-06",
    "A-04",
    source=DESIGN,
    access=DYNAMIC,
    door=False,
)
def range_disputed(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        elsewhere(scene, story, sight, seat=within(scene, DISPUTED, sight.at))


def _listed(scene: Scene, story: Story, hit: list[Sight], *, kind: str) -> None:
    for sight in hit:
        elsewhere(scene, story, sight, seat=within(scene, LISTED[kind], sight.at))


@fault("The address stands on a dated list of VPN ranges.", "A-07", source=RULES, access=DYNAMIC, door=False)
def vpn_range(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _listed(scene, story, hit, kind="vpn")


@fault(
    "The address stands on a dated list of hosting ranges.", "A-07", source=RULES, access=DYNAMIC, door=False
)
def hosting_range(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _listed(scene, story, hit, kind="hosting")


@fault(
    "The address stands on a dated list of relay ranges.", "A-07", source=CASES, access=DYNAMIC, door=False
)
def relay_range(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _listed(scene, story, hit, kind="relay")


@fault(
    "The address stands on a dated list of roaming ranges.", "A-07", source=RULES, access=DYNAMIC, door=False
)
def roaming_range(scene: Scene, story: Story, hit: list[Sight]) -> None:
    _listed(scene, story, hit, kind="roaming")


@fault(
    "No list of that time was ever imported.", "A-07", source=DESIGN, access=("dynamic", "cgnat"), scope="one"
)
def no_list_of_that_time(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        scene.place(story, sight, at=scene.day(-300) + scene.span(0, 86399))


@fault("The address is a line of the unit itself.", "A-08", source=RULES, access=DYNAMIC, door=False)
def own_line(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        elsewhere(scene, story, sight, seat=within(scene, OWN_TOOL, sight.at))


@fault("The place comes from a table of where addresses are said to be.", "A-09", source=DUTIES, scope="all")
def place_from_table(scene: Scene, story: Story, hit: list[Sight]) -> None:
    story.place_origin = "geoip"


@fault("The event is older than providers keep records.", "A-20", source=RULES, access=DYNAMIC, scope="one")
def too_old(scene: Scene, story: Story, hit: list[Sight]) -> None:
    for sight in hit:
        scene.place(story, sight, at=scene.day(-scene.rng.randint(725, 760)) + scene.span(0, 86399))
        sight.row["account_created"] = scene.day(-900).strftime("%Y-%m-%dT%H:%M:%SZ")
        asks_for(sight, utc=sight.at)
        line, later = scene.innocent(story), sight.at + timedelta(days=60)
        sight.answered_by(line, scene.stays(line, sight.seat, scene.around(line, later)))
