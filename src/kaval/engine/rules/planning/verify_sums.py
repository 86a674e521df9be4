"""The sums a plan states about itself, added up again from its stops: for the day and for each district."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final

from kaval.engine.rules.planning.problem import Objective, Stop, Team
from kaval.engine.rules.planning.verify_book import Book
from kaval.engine.rules.planning.verify_words import Violation, broken

_PARTS: Final = ("latest_entry_minutes", "unequal_load", "metres")


def sum_faults(book: Book) -> Iterator[Violation]:
    """Where a stated sum is not that of the stops (P-SUM), or a bound lies above what it bounds (P-BOUND).

    A district's report is looked at when there is one; each district with stops must have one if any has.
    """
    plan = book.plan
    yield from _part(book, "", plan.objective)
    yield from _bound("", plan.objective, plan.lower_bound)
    sites = Counter(site.district_id for site in book.sites.values())
    teams = Counter(team.district_id for team in book.teams.values())
    for report in plan.districts:
        name = report.district_id
        for part, stated, found in (
            ("sites", report.sites, sites[name]),
            ("teams", report.teams, teams[name]),
        ):
            if stated != found:
                yield _sum(part, name, stated=stated, found=found)
        yield from _part(book, name, report.objective)
        yield from _bound(name, report.objective, report.lower_bound)
    reported = {report.district_id for report in plan.districts}
    driving = {book.teams[team_id].district_id for team_id in book.routes}
    for name in driving - reported if reported else ():
        yield _sum("districts", name, stated=0, found=1)


def _part(book: Book, district: str, stated: Objective) -> Iterator[Violation]:
    """The three parts over one district, or over the day when `district` is empty."""
    teams = [one for one in book.teams.values() if district in ("", one.district_id)]
    latest = _latest(book, teams)
    if stated.latest_entry_minutes != latest:
        yield _sum(_PARTS[0], district, stated=stated.latest_entry_minutes, found=latest)
    load = _unequal(book, teams)
    if stated.unequal_load != load:
        yield _sum(_PARTS[1], district, stated=stated.unequal_load, found=load)
    low, high = _metres(book, teams)
    if not low <= stated.metres <= high:
        yield _sum(_PARTS[2], district, stated=stated.metres, found=low)


def _bound(district: str, value: Objective, bound: Objective) -> Iterator[Violation]:
    for part in _PARTS:
        high, low = getattr(value, part), getattr(bound, part)
        if not 0 <= low <= high:
            about = (district,) if district else ()
            yield broken("P-BOUND", "bound", *about, part=part, of=_of(district), bound=low, value=high)


def _latest(book: Book, teams: Iterable[Team]) -> int:
    start = book.problem.rules.first_entry_at
    entries = [stop.arrive_at for team in teams for stop in _route(book, team)]
    return max((-((start - at) // timedelta(minutes=1)) for at in entries), default=0)


def _unequal(book: Book, teams: Iterable[Team]) -> int:
    loads: dict[str, list[int]] = {}
    for team in teams:
        loads.setdefault(team.district_id, []).append(len(_route(book, team)))
    return sum(max(each) - min(each) for each in loads.values())


def _metres(book: Book, teams: Iterable[Team]) -> tuple[int, int]:
    low = high = 0
    for team in teams:
        points = [book.sites[stop.site_id].point for stop in _route(book, team) if stop.site_id in book.sites]
        base = book.base(team)
        for start, end in pairwise(points if base is None else [base, *points]):
            least, most = book.metres(start, end)
            low, high = low + least, high + most
    return low, high


def _route(book: Book, team: Team) -> tuple[Stop, ...]:
    return book.routes.get(team.team_id, ())


def _sum(part: str, district: str, *, stated: int, found: int) -> Violation:
    about = (district,) if district else ()
    return broken("P-SUM", "sum", *about, part=part, of=_of(district), stated=stated, found=found)


def _of(district: str) -> str:
    return f" ({district})" if district else ""
