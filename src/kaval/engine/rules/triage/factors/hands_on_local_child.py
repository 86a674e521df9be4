"""A child was touched, or a child stands within the reported person's own reach."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "hands_on_local_child"
UNIT = "points; half when only the place of the child is stated, or a file shows harm"
RANGE = (0, 80)
SOURCE = (
    "ispws incidentType, victim/schoolName, estimatedLocation (formats.md 1.1); accessToChildVictim (1.2)"
)
EXPLANATION = "a report speaks of an offence against a child within this person's reach"
EXPLANATION_ML = "ഇയാൾക്ക് അടുത്തെത്താവുന്ന കുട്ടിക്കെതിരായ കുറ്റകൃത്യത്തെക്കുറിച്ച് റിപ്പോർട്ടിലുണ്ട്"
ASKS = "whether a child is within this person's reach"
ASKS_ML = "ഇയാൾക്ക് അടുത്തെത്താവുന്ന കുട്ടിയുണ്ടോ എന്ന്"

_SIGNALS = frozenset(("child_sexual_molestation",))
_HARM = frozenset(("physical_harm",))
_HARMED = "a provider says that a file shows harm done to a child; by whom is not known"
_HARMED_ML = "കുട്ടിയെ ഉപദ്രവിക്കുന്നത് ഒരു ഫയലിലുണ്ടെന്ന് സേവനദാതാവ് പറയുന്നു; ആരാണെന്ന് അറിയില്ല"
_NEAR_BY = "a report names a child who lives near by: the school, or the same region"
_NEAR_BY_ML = "അടുത്ത് താമസിക്കുന്ന കുട്ടിയെക്കുറിച്ച് റിപ്പോർട്ടിലുണ്ട്: സ്കൂൾ, അല്ലെങ്കിൽ ഒരേ പ്രദേശം"


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None and facts.child_reach is None and facts.child_near_by is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight for an offence in person or a stated bond to the child, half for a child near by."""
    del at
    if _SIGNALS & (facts.signals or frozenset()) or facts.child_reach:
        return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
    if _HARM & (facts.signals or frozenset()):
        return Reason(ID, _HARMED, _HARMED_ML, round(weight / 2, 2))
    if facts.child_near_by:
        return Reason(ID, _NEAR_BY, _NEAR_BY_ML, round(weight / 2, 2))
    return None
