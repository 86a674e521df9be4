"""Nobody witnesses two searches at once (P-WITNESS): places with the same witness are entered one after the other.

Each gets its own stretch of the day, the one that may be entered first before the next; a place bound by a link keeps
its hour and the others follow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from kaval.engine.rules.planning.ground import Held
from kaval.engine.rules.planning.problem import Problem, Site
from kaval.engine.rules.planning.timing import window_of

_SLACK = 45  # minutes within which a place must be entered so that the next need not wait long


def apart(problem: Problem, sites: Sequence[Site], held: Mapping[str, Held]) -> dict[str, Held]:
    """The bounds of places that share a witness with another, so that no two of them are searched at once."""
    called: dict[str, set[str]] = defaultdict(set)
    for site in sites:
        for witness in site.witnesses:
            called[witness].add(site.site_id)
    by_id = {site.site_id: site for site in sites}
    made: dict[str, Held] = {}
    free: dict[str, int] = defaultdict(int)
    shared = {one for own in called.values() if len(own) > 1 for one in own}
    windows = {one: window_of(by_id[one], problem.rules) for one in shared}

    def order(one: str) -> tuple[int, int, str]:
        hold = held.get(one)
        return (windows[one].opens if hold is None else hold.opens, windows[one].closes, one)

    for one in sorted(shared, key=order):
        witnesses = [witness for witness in by_id[one].witnesses if len(called[witness]) > 1]
        opens = max(order(one)[0], *(free[witness] for witness in witnesses))
        hold = held.get(one)
        closes = opens + _SLACK if hold is None else max(hold.closes, opens)
        made[one] = Held(None if hold is None else hold.wave, opens, closes)
        for witness in witnesses:
            free[witness] = min(closes, windows[one].closes) + windows[one].stay
    return made
