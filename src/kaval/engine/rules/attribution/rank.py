"""Police ranks in order, lowest first; what a rank may do is decided where the rule stands."""

from __future__ import annotations

RANKS = ("CPO", "SCPO", "ASI", "SI", "INSPECTOR", "DYSP", "SP")
GAZETTED_FROM = "DYSP"
LIFTS_FROM = "SI"
ONE_ALONE = "A-40"


def rank_at_least(rank: str, minimum: str) -> bool:
    """True when `rank` is `minimum` or above; an unknown or empty rank is below every rank.

    Raises:
        ValueError: `minimum` is no rank of the table.
    """
    return rank in RANKS and RANKS.index(rank) >= RANKS.index(minimum)


def rank_to_lift(check: str) -> str:
    """The lowest rank that may let a HOLD pass; of one observation alone (A-40) a gazetted officer decides, and only
    for a child at immediate risk.
    """
    return GAZETTED_FROM if check == ONE_ALONE else LIFTS_FROM
