"""Violence in the home is on record: whoever lives there may be in danger."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "violence_at_home"
UNIT = "points"
RANGE = (0, 15)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "violence in the home is on record"
EXPLANATION_ML = "വീട്ടിലെ അതിക്രമത്തെക്കുറിച്ച് രേഖയുണ്ട്"
ASKS = "whether violence in the home is on record"
ASKS_ML = "വീട്ടിലെ അതിക്രമത്തെക്കുറിച്ച് രേഖയുണ്ടോ എന്ന്"


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.violence_at_home is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when it is so."""
    del at
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight) if facts.violence_at_home else None
