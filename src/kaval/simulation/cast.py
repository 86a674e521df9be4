"""Who is who: offenders who must pass attribution, offenders who must not, and the innocent around them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from kaval.simulation.figures import Figures
from kaval.simulation.geography import Map, Station
from kaval.simulation.isps import FIXED_BY_KIND
from kaval.simulation.people import PLATFORMS, Household, Line, Person, Registry
from kaval.simulation.quotas import sites_by_district, teams_by_district

# Each breaks one rule of attribution; an operation with few extra offenders takes the first ones.
REASONS: tuple[str, ...] = (
    "no_port_on_cgnat",
    "single_observation",
    "moved_tenant",
    "hosting_range",
    "lease_edge",
    "two_subscribers_overlap",
    "open_wifi",
    "billing_address_only",
    "mobile_only",
    "not_home",
    "time_without_zone",
    "private_address",
    "within_24_hours",
    "too_old",
    "unit_not_found",
    "several_units_match",
)

_KINDS = ("fixed_dynamic", "fixed_cgnat", "ipv6_delegated", "fixed_static")
_KIND_OF_REASON = {
    "no_port_on_cgnat": "fixed_cgnat",
    "lease_edge": "fixed_dynamic",
    "two_subscribers_overlap": "fixed_dynamic",
    "mobile_only": "mobile_cgnat",
}
# A second channel would see these a second time.
_SEEN_ONCE = frozenset({"single_observation", "within_24_hours"})
# The line of another household: whoever follows it opens an innocent door.
_OTHERS_LINE = frozenset({"moved_tenant", "open_wifi", "billing_address_only", "not_home"})


@dataclass(slots=True)
class Cast:
    """All people by the part they play; `bystanders` are innocent lines by provider."""

    registry: Registry
    offenders: list[Person]
    innocents: list[Person]
    victims: list[Person]
    reporters: list[Person]
    bystanders: dict[str, list[Line]]


def build_cast(figures: Figures, map_: Map, rng: Random) -> Cast:
    """People of one operation in a fixed order; the same random source gives the same cast."""
    registry = Registry(rng, wide=figures.twists)
    offenders = [
        offender(registry, rng.choice(map_.stations[district]), None)
        for district, count in sites_by_district(figures).items()
        for _ in range(count)
    ]
    stations = [s for d in teams_by_district(figures) for s in map_.stations[d]]
    for number in range(figures.extra):
        reason = REASONS[number % len(REASONS)]
        offenders.append(offender(registry, rng.choice(stations), reason))
    rng.shuffle(offenders)
    _give_channels(registry, offenders)
    _mark_before_day(figures, offenders, rng)
    bystanders, innocents = _bystanders(registry, figures, stations)
    victims = [_victim(registry, rng.choice(stations)) for _ in range(_victims(figures))]
    reporters = [
        registry.person("reporter", rng.choice(innocents).household) for _ in range(figures.tips // 2)
    ]
    return Cast(registry, offenders, innocents, victims, reporters, bystanders)


def _victims(figures: Figures) -> int:
    return max(3, figures.sites // 12, figures.crowd[0] // 20)


def _victim(registry: Registry, station: Station) -> Person:
    """A child with a mobile line of the family."""
    person = registry.person("victim", registry.household(station))
    person.line = registry.line(person.household, isp_id="THUMBI", kind="mobile_cgnat")
    person.line.install = False
    return person


def offender(registry: Registry, station: Station, why_not: str | None) -> Person:
    """An offender with a home and the line under which he is seen."""
    rng = registry.rng
    home = registry.household(station)
    person = registry.person("offender", home)
    person.why_not = why_not
    person.repeat_offender = rng.random() < 0.07
    kind = _KIND_OF_REASON.get(why_not or "", rng.choices(_KINDS, (45, 35, 13, 7))[0])
    household = registry.household(station) if why_not in _OTHERS_LINE else home
    line = registry.line(household, isp_id=rng.choice(FIXED_BY_KIND[kind]), kind=kind)
    person.line = line
    line.wifi = "secured"
    line.innocent = why_not in _OTHERS_LINE
    if not line.innocent:
        line.offenders.append(person.person_id)
        line.holder = person.name if person.age >= 30 else line.holder
    _break_rule(line, why_not, rng)
    return person


def _break_rule(line: Line, why_not: str | None, rng: Random) -> None:
    """Sets on the line what the named reason needs; reasons of time and address are set by the sightings."""
    if why_not == "moved_tenant":
        line.occupant = "other"
    elif why_not == "open_wifi":
        line.wifi = "open"
    elif why_not == "billing_address_only":
        line.install = False
    elif why_not == "not_home":
        line.line_type = rng.choice(("BUSINESS", "HOSTEL", "SHARED"))
    elif why_not == "unit_not_found":
        line.unit_found = False
        line.single_match = False
    elif why_not == "several_units_match":
        line.single_match = False
    elif why_not == "mobile_only":
        line.install = False


def _give_channels(registry: Registry, offenders: list[Person]) -> None:
    """About 55 in 100 come by tipline, 35 by file sharing, 10 by both; one in 25 may have a child near."""
    rng = registry.rng
    for number, person in enumerate(offenders):
        draw = (number * 20) // len(offenders)
        channels: tuple[str, ...] = (
            ("cybertip",) if draw < 11 else ("p2p",) if draw < 18 else ("cybertip", "p2p")
        )
        if person.why_not == "time_without_zone" or (person.why_not in _SEEN_ONCE and len(channels) > 1):
            channels = ("cybertip",)
        person.channels = channels
        if "cybertip" in channels:
            for platform in rng.sample(PLATFORMS, rng.choice((1, 1, 2))):
                registry.account(person, platform)
        if "p2p" in channels:
            registry.client(person)
    only_tips = [p for p in offenders if p.channels == ("cybertip",) and p.why_not != "single_observation"]
    for person in rng.sample(only_tips, max(1, len(offenders) // 25)):
        person.child_at_risk = True


def _mark_before_day(figures: Figures, offenders: list[Person], rng: Random) -> None:
    """Withdraws and defers the told number of sites where the district keeps a site for every team."""
    spare = {d: n - teams_by_district(figures)[d] for d, n in sites_by_district(figures).items()}
    planned = [p for p in offenders if p.planned]
    rng.shuffle(planned)
    marks = ["withdrawn"] * figures.withdrawn + ["deferred"] * figures.deferred
    for person in planned:
        district = person.household.station.district.district_id
        if marks and spare[district] > 0:
            spare[district] -= 1
            person.before_day = marks.pop()


def _bystanders(
    registry: Registry, figures: Figures, stations: list[Station]
) -> tuple[dict[str, list[Line]], list[Person]]:
    """Innocent lines of every provider, each with one person; a few are shops, hostels and shared lines."""
    rng = registry.rng
    kinds = ("fixed_dynamic", "fixed_cgnat", "mobile_cgnat")
    lines: dict[str, list[Line]] = {isp: [] for kind in kinds for isp in FIXED_BY_KIND[kind]}
    people: list[Person] = []
    for number in range(figures.bystanders):
        kind = kinds[(0, 1, 0, 1, 0, 1, 0, 1, 2, 2)[number % 10]]
        isp = FIXED_BY_KIND[kind][number // 10 % 2 if kind == "mobile_cgnat" else number // 2 % 2]
        household: Household = registry.household(rng.choice(stations))
        line = registry.line(household, isp_id=isp, kind=kind)
        line.line_type = rng.choices(("HOME", "BUSINESS", "HOSTEL", "SHARED"), (90, 4, 2, 4))[0]
        line.install = kind != "mobile_cgnat"
        line.occupant = rng.choices(("same", "other", "unknown"), (90, 5, 5))[0]
        lines[isp].append(line)
        person = registry.person("innocent", household)
        person.line = line
        people.append(person)
    return lines, people
