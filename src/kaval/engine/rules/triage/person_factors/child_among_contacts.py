"""Children of relatives, friends or neighbours are often with the person."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "child_among_contacts"
UNIT = "points"
RANGE = (0, 20)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "children of relatives, friends or neighbours are often with this person"
EXPLANATION_ML = "ബന്ധുക്കളുടെയോ സുഹൃത്തുക്കളുടെയോ അയൽക്കാരുടെയോ കുട്ടികൾ ഇയാളുടെ അടുത്തുണ്ടാകാറുണ്ട്"
ASKS = "whether children of relatives, friends or neighbours are often with this person"
ASKS_ML = "ബന്ധുക്കളുടെയോ സുഹൃത്തുക്കളുടെയോ അയൽക്കാരുടെയോ കുട്ടികൾ ഇയാളുടെ അടുത്തുണ്ടാകാറുണ്ടോ എന്ന്"


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.child_among_contacts is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when it is so."""
    del at
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight) if facts.child_among_contacts else None
