"""Signs that material is made and not only held."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "maker"
UNIT = "points"
RANGE = (0, 25)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "there are signs that material is made, not only held"
EXPLANATION_ML = "കൈവശം വയ്ക്കുക മാത്രമല്ല, നിർമ്മിക്കുന്നതിന്റെ സൂചനകളുമുണ്ട്"
ASKS = "whether material is made and not only held"
ASKS_ML = "കൈവശം വയ്ക്കുക മാത്രമാണോ, നിർമ്മിക്കുന്നുമുണ്ടോ എന്ന്"


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.may_produce is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when it is so."""
    del at
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight) if facts.may_produce else None
