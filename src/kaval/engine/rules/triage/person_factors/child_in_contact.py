"""The reports speak of a child within reach now: the first stage's finding, kept in sight among facts of the person."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "child_in_contact"
UNIT = "points"
RANGE = (0, 40)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "the reports speak of a child within reach"
EXPLANATION_ML = "അടുത്തെത്താവുന്ന ഒരു കുട്ടിയെക്കുറിച്ച് റിപ്പോർട്ടുകളിലുണ്ട്"
ASKS = "whether the reports speak of a child within reach"
ASKS_ML = "അടുത്തെത്താവുന്ന കുട്ടിയെക്കുറിച്ച് റിപ്പോർട്ടുകളിലുണ്ടോ എന്ന്"


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.child_in_contact is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when it is so."""
    del at
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight) if facts.child_in_contact else None
