"""A second opinion on a plan, written apart from the solver: it shares the shapes, the sun and the ranks, nothing else.

It looks at officers, places, times and sums from the problem and the plan alone, with its own distance formula, and
says in words which rule is broken. An empty list means the plan may go to the commander. Instants are compared
exactly; only driving has a tolerance, far below a second, because two formulas round differently (`verify_ways`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from kaval.engine.rules.planning.problem import Plan, Problem
from kaval.engine.rules.planning.verify_book import Book
from kaval.engine.rules.planning.verify_routes import (
    could_be_first,
    link_faults,
    route_faults,
    witness_faults,
)
from kaval.engine.rules.planning.verify_sums import sum_faults
from kaval.engine.rules.planning.verify_teams import team_faults, visit_faults
from kaval.engine.rules.planning.verify_words import Violation, broken

__all__ = ["Violation", "violations"]


def violations(problem: Problem, plan: Plan, *, repaired: bool = False) -> list[Violation]:
    """Every rule the plan breaks, sorted by rule and ids, each once.

    `repaired`: the plan was changed late and moves few people on purpose, so a team may stand idle while another
    keeps several places.
    """
    book = Book.of(problem, plan)
    found = {
        *_unknown(book),
        *_once(book),
        *team_faults(book),
        *visit_faults(book),
        *route_faults(book),
        *link_faults(book),
        *witness_faults(book),
        *_idle(book, repaired=repaired),
        *sum_faults(book),
    }
    return sorted(found)


def _unknown(book: Book) -> Iterator[Violation]:
    named = {stop.site_id for stop in book.plan.stops} | {site for site, _ in book.plan.unplaced}
    for site_id in named - set(book.sites):
        yield broken("P-KNOWN", "unknown-site", site_id)
    for team_id in {stop.team_id for stop in book.plan.stops} - set(book.teams):
        yield broken("P-KNOWN", "unknown-team", team_id)
    for team in book.plan.teams:
        if team.base is not None and team.base.key not in book.stations:
            yield broken("P-KNOWN", "unknown-base", team.team_id, team.base.key)
        for officer_id in team.officers:
            if officer_id and officer_id not in book.officers:
                yield broken("P-KNOWN", "unknown-officer", team.team_id, officer_id)


def _once(book: Book) -> Iterator[Violation]:
    """Each place once, in the stops or among the places left out, the latter with its district's reason; each team and
    each officer once."""
    plan = book.plan
    times = Counter([stop.site_id for stop in plan.stops] + [site for site, _ in plan.unplaced])
    for site_id in book.sites:
        if times[site_id] == 0:
            yield broken("P-ONCE", "site-missing", site_id)
        elif times[site_id] > 1:
            yield broken("P-ONCE", "site-times", site_id, count=times[site_id])
    said = {lack.district_id for lack in plan.lacks}
    for site in [book.sites[one] for one, _ in plan.unplaced if one in book.sites]:
        if not said & {site.district_id, ""}:
            yield broken("P-ONCE", "site-no-reason", site.site_id, district=site.district_id)
    for team_id, count in Counter(team.team_id for team in plan.teams).items():
        if count > 1:
            yield broken("P-ONCE", "team-twice", team_id, count=count)
    yield from _twice(book)


def _twice(book: Book) -> Iterator[Violation]:
    serving: dict[str, set[str]] = defaultdict(set)
    for team in book.plan.teams:
        for officer_id in filter(None, team.officers):
            serving[officer_id].add(team.team_id)
    for officer_id, among in serving.items():
        first, *others = sorted(among)
        for other in others:
            yield broken("P-ONCE", "officer-twice", first, other, officer_id)


def _idle(book: Book, *, repaired: bool) -> Iterator[Violation]:
    """Idle teams are those the plan says, and none of them could take the last of several places of another team.

    Only a place without links and witnesses counts, and only one that may be entered in the first wave: moving it
    makes no entry later and no load more unequal.
    """
    busy = set(book.routes)
    for team_id in book.plan.idle:
        if team_id in busy or team_id not in book.teams:
            yield broken("P-IDLE", "unknown-idle", team_id)
    last = sorted(route[-1].site_id for route in book.routes.values() if len(route) > 1)
    for team_id in set(book.teams) - busy:
        if team_id not in book.plan.idle:
            yield broken("P-IDLE", "unsaid-idle", team_id)
        could = None if repaired else next((one for one in last if could_be_first(book, team_id, one)), None)
        if could is not None:
            yield broken("P-IDLE", "idle", team_id, could)
