"""Children live in the home: seen on ground verification."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "child_in_household"
UNIT = "points"
RANGE = (0, 30)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "children live in the home"
EXPLANATION_ML = "വീട്ടിൽ കുട്ടികൾ താമസിക്കുന്നു"
ASKS = "whether children live in the home"
ASKS_ML = "വീട്ടിൽ കുട്ടികൾ താമസിക്കുന്നുണ്ടോ എന്ന്"


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.child_in_household is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when it is so."""
    del at
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight) if facts.child_in_household else None
