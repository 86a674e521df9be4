"""Police ranks in order, lowest first; what a rank may do is decided where the rule stands."""

from __future__ import annotations

RANKS = ("CPO", "SCPO", "ASI", "SI", "INSPECTOR", "DYSP", "SP")
GAZETTED_FROM = "DYSP"


def rank_at_least(rank: str, minimum: str) -> bool:
    """True when `rank` is `minimum` or above; an unknown or empty rank is below every rank.

    Raises:
        ValueError: `minimum` is no rank of the table.
    """
    return rank in RANKS and RANKS.index(rank) >= RANKS.index(minimum)
