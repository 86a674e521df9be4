"""The checker's own reading of the clock: when each door may be entered, what must happen together, what cannot.

A place the operation does not have is passed over here; P-KNOWN says it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import Rules, Site, Stop
from kaval.engine.rules.planning.sun import sunrise
from kaval.engine.rules.planning.verify_book import Book
from kaval.engine.rules.planning.verify_teams import unfit
from kaval.engine.rules.planning.verify_words import Violation, broken


def route_faults(book: Book) -> Iterator[Violation]:
    """What is wrong with each team's morning: numbers, number of places, times at the door and on the road."""
    for team_id, route in book.routes.items():
        yield from _numbers(team_id, route, most=book.problem.rules.most_stops)
        yield from _first_wave(route[0], book.problem.rules)
        for stop in route:
            if stop.site_id in book.sites:
                yield from _door(stop, book.sites[stop.site_id], book.problem.rules)
        yield from _road(book, route)


def link_faults(book: Book) -> Iterator[Violation]:
    """Places that share a key, of whatever districts, are in the same wave and entered soon after each other."""
    limit = timedelta(minutes=book.problem.rules.link_minutes)
    sharing: dict[str, list[Stop]] = defaultdict(list)
    for stop in _known(book):
        for key in set(book.sites[stop.site_id].links):
            sharing[key].append(stop)
    for key, stops in sharing.items():
        kind = key.partition(":")[0]
        for one, other in _pairs(stops):
            if one.order != other.order:
                yield broken("P-LINK", "link-wave", one.site_id, other.site_id, kind=kind)
            elif abs(one.arrive_at - other.arrive_at) > limit:
                yield broken(
                    "P-LINK",
                    "link-apart",
                    one.site_id,
                    other.site_id,
                    kind=kind,
                    limit=book.problem.rules.link_minutes,
                )


def witness_faults(book: Book) -> Iterator[Violation]:
    """Nobody witnesses two searches at once."""
    called: dict[str, list[Stop]] = defaultdict(list)
    for stop in _known(book):
        for witness in set(book.sites[stop.site_id].witnesses):
            called[witness].append(stop)
    for witness, stops in called.items():
        for one, other in _pairs(stops):
            if one.arrive_at < other.leave_at and other.arrive_at < one.leave_at:
                yield broken("P-WITNESS", "witness", one.site_id, other.site_id, witness)


def could_be_first(book: Book, team_id: str, site_id: str) -> bool:
    """True when the team may go to the place and enter it in the first wave, and the place depends on no other."""
    rules, site = book.problem.rules, book.sites.get(site_id)
    if site is None or site.links or site.witnesses or any(unfit(book, book.teams[team_id], site)):
        return False
    sun = _sunrise(site, rules.first_entry_at) if rules.sun else None
    whole = timedelta(minutes=1)
    late = max(
        [-((rules.first_entry_at - at) // whole) for at in (site.not_before, sun) if at is not None],
        default=0,
    )
    limits = [at for at in (site.not_after, rules.last_entry_at) if at is not None]
    entry = rules.first_entry_at + max(late, 0) * whole
    return late <= rules.wave_minutes and all(entry <= at for at in limits)


def _known(book: Book) -> Iterator[Stop]:
    for route in book.routes.values():
        yield from (stop for stop in route if stop.site_id in book.sites)


def _pairs(stops: Iterable[Stop]) -> Iterator[tuple[Stop, Stop]]:
    """Each two stops at different places, in the order of the places."""
    for one, other in combinations(sorted(stops, key=lambda each: each.site_id), 2):
        if one.site_id != other.site_id:
            yield one, other


def _numbers(team_id: str, route: tuple[Stop, ...], *, most: int) -> Iterator[Violation]:
    if len(route) > most:
        yield broken("P-STOPS", "stops", team_id, count=len(route), limit=most)
    if [stop.order for stop in route] != list(range(1, len(route) + 1)):
        yield broken("P-ORDER", "order", team_id, count=len(route))
    for stop in route:
        if stop.wave != stop.order - 1:
            wave = {"order": stop.order, "expected": stop.order - 1, "wave": stop.wave}
            yield broken("P-ORDER", "wave", team_id, stop.site_id, **wave)


def _first_wave(stop: Stop, rules: Rules) -> Iterator[Violation]:
    ends = rules.first_entry_at + timedelta(minutes=rules.wave_minutes)
    pair = (stop.team_id, stop.site_id)
    if stop.arrive_at < rules.first_entry_at:
        yield broken("P-FIRST", "first-early", *pair, at=stop.arrive_at, limit=rules.first_entry_at)
    if stop.arrive_at > ends:
        yield broken("P-FIRST", "first-late", *pair, at=stop.arrive_at, limit=ends)


def _door(stop: Stop, site: Site, rules: Rules) -> Iterator[Violation]:
    pair, at = (stop.team_id, stop.site_id), stop.arrive_at
    if site.not_before is not None and at < site.not_before:
        yield broken("P-WARRANT", "early", *pair, at=at, limit=site.not_before)
    if site.not_after is not None and at > site.not_after:
        yield broken("P-WARRANT", "late", *pair, at=at, limit=site.not_after)
    if rules.last_entry_at is not None and at > rules.last_entry_at:
        yield broken("P-DAY", "day", *pair, at=at, limit=rules.last_entry_at)
    rise = _sunrise(site, at) if rules.sun else None
    if rise is not None and at < rise:
        yield broken("P-SUN", "sun", *pair, at=at, sunrise=rise)
    needed = _stay(site, rules)
    if stop.leave_at - at < timedelta(minutes=needed):
        stay = (stop.leave_at - at) // timedelta(minutes=1)
        yield broken("P-WAY", "short", *pair, stay=stay, limit=needed)


def _road(book: Book, route: tuple[Stop, ...]) -> Iterator[Violation]:
    for before, stop in pairwise(route):
        start, end = book.sites.get(before.site_id), book.sites.get(stop.site_id)
        if start is None or end is None:
            continue
        there = before.leave_at + timedelta(minutes=book.minutes(start.point, end.point))
        if stop.arrive_at < there:
            yield broken("P-WAY", "too-soon", stop.team_id, stop.site_id, at=stop.arrive_at, there=there)


def _stay(site: Site, rules: Rules) -> int:
    if site.minutes is not None:
        return site.minutes
    by_kind = rules.minutes_by_kind
    return by_kind[site.kind] if site.kind in by_kind else by_kind.get("", 90)


def _sunrise(site: Site, at: datetime) -> datetime | None:
    """Sunrise at the place on the day of the entry itself, so that an entry after midnight is one before sunrise."""
    return sunrise(site.latitude, site.longitude, at.astimezone(IST).date())
