"""Where a child is at risk now, of which kind, and by which sign the reports let one see it.

Of the offenders in the operation's own districts 4 in 100 are at risk, of the crowd 2.5 in 100, but 16 people at
least. What is drawn for each person at risk is one main sign; the share of people by sign:

    urgent mark of the provider            about 45 in 100
    a telling incident type, no mark       about 17 in 100 (enticement with a victim named, trafficking)
    annotations of files, no mark          about 20 in 100
    unknown files that grow over time      about 16 in 100 (several platforms, nothing else)
    nothing at all                         about  2 in 100

The main sign stands in at least one report and in further ones as the platform's quality allows; other signs come
with it by chance, and single reports about a person at risk often say nothing. The noise around: 1.2 % of other
people's reports bear an urgent mark, 6 % are of the enticement type, 2 % of their files bear an annotation.
"""

from __future__ import annotations

from random import Random

from kaval.simulation.people import Person

KINDS = {"enticement": 40, "local_child": 20, "production": 20, "live_streaming": 14, "trafficking": 6}

_SHOWN = {
    "enticement": {"urgent": 46, "type": 38, "annotations": 6, "unknown_files": 8, "nothing": 2},
    "local_child": {"urgent": 48, "annotations": 22, "unknown_files": 28, "nothing": 2},
    "production": {"urgent": 34, "annotations": 32, "unknown_files": 32, "nothing": 2},
    "live_streaming": {"urgent": 44, "annotations": 44, "unknown_files": 10, "nothing": 2},
    "trafficking": {"urgent": 68, "type": 30, "nothing": 2},
}

# Names of the schema only.
_ANNOTATIONS = {
    "enticement": ("possibleSelfProduction",),
    "local_child": ("infant", "physicalHarm"),
    "production": ("possibleSelfProduction", "infant"),
    "live_streaming": ("liveStreaming", "liveStreaming", "possibleSelfProduction"),
    "trafficking": ("physicalHarm", "liveStreaming"),
}
_TYPES = {
    "enticement": ("Online Enticement of Children for Sexual Acts", 0.6),
    "local_child": ("Child Sexual Molestation", 0.25),
    "production": ("Child Sexual Molestation", 0.08),
    "live_streaming": ("Online Enticement of Children for Sexual Acts", 0.2),
    "trafficking": ("Child Sex Trafficking", 0.5),
}
CORE_SHARE, CROWD_SHARE = 0.04, 0.025


def give_risks(offenders: list[Person], *, crowd: list[Person], rng: Random) -> list[Person]:
    """Marks people whom tiplines name, and says of what kind and by what sign; returns them in order."""
    further = {p.person_id for p in crowd}
    own = [p for p in offenders if "cybertip" in p.channels and p.person_id not in further]
    recent = [p for p in crowd if p.seen_days is None]
    single = [p for p in own if p.why_not != "single_observation"]
    chosen = rng.sample(single, max(1, round(len(own) * CORE_SHARE)))
    chosen += rng.sample(recent, max(16, round(len(crowd) * CROWD_SHARE)))
    for person in chosen:
        person.child_at_risk = True
        person.risk_kind = rng.choices(tuple(KINDS), tuple(KINDS.values()))[0]
        shown = _SHOWN[person.risk_kind]
        person.shows = rng.choices(tuple(shown), tuple(shown.values()))[0]
        if person.shows == "unknown_files":
            person.least = max(4, person.least)
    return chosen


def incident_type(person: Person, rng: Random, *, main: bool) -> str | None:
    """The telling type for a report about the person, None for the usual one; `main`: it is the main sign here."""
    assert person.risk_kind is not None
    kind, often = _TYPES[person.risk_kind]
    if person.shows in ("unknown_files", "nothing"):
        return None
    if person.shows == "type":
        return kind if main or rng.random() < 0.7 else None
    return kind if rng.random() < often * (0.5 if person.shows == "annotations" else 1.0) else None


def annotation(person: Person, rng: Random) -> str:
    """A name of the schema that fits the kind of risk."""
    assert person.risk_kind is not None
    return rng.choice(_ANNOTATIONS[person.risk_kind])
