"""A school or play-place within a short walk."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "school_near"
UNIT = "points; full up to 100 m, falling to none at 500 m"
RANGE = (0, 5)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "metres to the nearest school: "
EXPLANATION_ML = "ഏറ്റവും അടുത്ത സ്കൂളിലേക്കുള്ള ദൂരം (മീറ്റർ): "
ASKS = "how far the nearest school is"
ASKS_ML = "ഏറ്റവും അടുത്ത സ്കൂൾ എത്ര അകലെയാണെന്ന്"
LOWERABLE = True

FULL_METRES, NONE_METRES = 100.0, 500.0


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.school_metres is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """A share of the weight by the distance; in towns most homes are near a school, so it weighs little."""
    del at
    metres = facts.school_metres
    if metres is None or metres >= NONE_METRES:
        return None
    share = min((NONE_METRES - metres) / (NONE_METRES - FULL_METRES), 1.0)
    text = f"{metres:.0f}"
    return Reason(ID, EXPLANATION + text, EXPLANATION_ML + text, round(weight * share, 2))
