"""A court has found an offence against a child earlier, as far as the unit may hold that."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "earlier_conviction"
UNIT = "points"
RANGE = (0, 40)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "an earlier conviction for an offence against a child is on record"
EXPLANATION_ML = "കുട്ടിക്കെതിരായ കുറ്റത്തിന് മുമ്പ് ശിക്ഷിക്കപ്പെട്ടതായി രേഖയുണ്ട്"
ASKS = "whether an earlier conviction is on record"
ASKS_ML = "മുമ്പ് ശിക്ഷിക്കപ്പെട്ടതായി രേഖയുണ്ടോ എന്ന്"


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.convicted is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when it is so."""
    del at
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight) if facts.convicted else None
