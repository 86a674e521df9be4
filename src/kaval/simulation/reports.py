"""Which person is reported how often by which channel, so that the totals of the operation come out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from kaval.simulation import p2p
from kaval.simulation.cast import Cast
from kaval.simulation.clock import day_at
from kaval.simulation.cybertip import Tip, TipMaker
from kaval.simulation.figures import Figures
from kaval.simulation.people import PLATFORMS, Person
from kaval.simulation.pictures import KnownFile
from kaval.simulation.quotas import share
from kaval.simulation.sightings import Observer
from kaval.simulation.twisted import TwistedMaker, tip_counts, twisted_rows, viral_files
from kaval.simulation.twists import Plot

FIRST_NUMBER = 190_000_000


@dataclass(slots=True)
class Reports:
    """All leads of the operation before they are packed into files."""

    tips: list[Tip] = field(default_factory=list)
    rows: list[p2p.Row] = field(default_factory=list)
    viral: list[tuple[KnownFile, bool]] = field(default_factory=list)


def _reported_innocents(cast: Cast, rng: Random, count: int, *, taken: int) -> list[Person]:
    """Innocent people whose own account or client is reported; `taken` were used before."""
    people = cast.innocents[taken : taken + count]
    known = [p for p in cast.offenders if p.accounts]
    for person in people:
        name = None
        others = rng.choice(known)
        platform = rng.choice(PLATFORMS)
        if rng.random() < 0.1 and platform not in others.accounts:
            name = next(iter(others.accounts.values()))[1]
        cast.registry.account(person, platform, handle=name)
    return people


def _quotas(people: list[Person], total: int) -> list[tuple[Person, int]]:
    """Reports of each person: one for the single-sighting reason, at least two for everybody else."""
    single = {p.person_id for p in people if p.why_not == "single_observation"}
    weights = {p.person_id: 2 + index % 3 for index, p in enumerate(people) if p.person_id not in single}
    shares = share(total - len(single), weights, at_least=2)
    return [(p, shares.get(p.person_id, 1)) for p in people]


def draw_reports(
    figures: Figures,
    cast: Cast,
    *,
    observer: Observer,
    known: list[KnownFile],
    rng: Random,
    plot: Plot | None = None,
) -> Reports:
    """Tipline reports numbered in order of receipt, and rows of the monitoring systems.

    With a `plot` the world is twisted: its parts decide who is reported how often and what the papers say.
    """
    reports = Reports()
    until = _until(figures.field_day)
    if plot is not None:
        reports.viral = viral_files(rng, known, max(12, figures.cybertips // 1000))
    for victim in cast.victims:
        cast.registry.account(victim, rng.choice(PLATFORMS))
    few_tips, few_rows = max(2, figures.cybertips // 16), max(2, figures.p2p_rows // 40)
    few_tips, few_rows = min(few_tips, len(cast.innocents) // 4), min(few_rows, len(cast.innocents) // 4)
    innocents = _reported_innocents(cast, rng, few_tips, taken=0)
    named = [*innocents, *cast.victims[: max(1, len(cast.victims) // 2)]]
    if plot is not None:
        twisted = TwistedMaker(
            rng, known=known, viral=reports.viral, victims=cast.victims, until=until, plot=plot
        )
        for person in named:
            assert person.line is not None
            reports.tips += twisted.of_person(person, [observer.glimpse(person.line, "cybertip")])
        for person, count in tip_counts(figures, cast, plot=plot, taken=len(named), rng=rng):
            reports.tips += twisted.of_person(person, observer.watch(person, "cybertip", count=count))
        _number(reports.tips, rng)
        innocent = _innocent_rows(cast, observer=observer, few=few_rows)
        reports.rows = innocent + twisted_rows(
            figures, cast, plot=plot, observer=observer, taken=few_rows, rng=rng
        )
        return reports
    maker = TipMaker(rng, known=known, victims=cast.victims, until=until)
    for person in named:
        assert person.line is not None
        reports.tips.append(maker.make(person, observer.glimpse(person.line, "cybertip"), nth=0))
    tipped = [p for p in cast.offenders if "cybertip" in p.channels]
    for person, count in _quotas(tipped, figures.cybertips - len(named)):
        for nth, sighting in enumerate(observer.watch(person, "cybertip", count=count)):
            reports.tips.append(maker.make(person, sighting, nth=nth))
    _number(reports.tips, rng)
    reports.rows = _rows(figures, cast, observer=observer, few=few_rows)
    return reports


def _until(field_day: date) -> datetime:
    return day_at(field_day, days=-21, hour=20)


def _number(tips: list[Tip], rng: Random) -> None:
    tips.sort(key=lambda t: (t.received_at, t.person.person_id, t.at))
    number = FIRST_NUMBER
    for tip in tips:
        number += rng.randint(1, 900)
        tip.number = number


def _innocent_rows(cast: Cast, *, observer: Observer, few: int) -> list[p2p.Row]:
    rows: list[p2p.Row] = []
    for person in cast.innocents[-few:]:
        cast.registry.client(person)
        assert person.line is not None
        sighting = observer.glimpse(person.line, "p2p")
        assert sighting is not None
        rows.append(p2p.Row(person, sighting))
    return rows


def _rows(figures: Figures, cast: Cast, *, observer: Observer, few: int) -> list[p2p.Row]:
    rows = _innocent_rows(cast, observer=observer, few=few)
    shared = [p for p in cast.offenders if "p2p" in p.channels]
    for person, count in _quotas(shared, figures.p2p_rows - few):
        for sighting in observer.watch(person, "p2p", count=count):
            assert sighting is not None
            rows.append(p2p.Row(person, sighting))
    return rows
