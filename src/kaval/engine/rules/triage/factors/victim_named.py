"""A child who can be found and protected: a report names the victim, or somebody who was sent something."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "victim_named"
UNIT = "points; a third when only a recipient is named"
RANGE = (0, 30)
SOURCE = "ispws victim and intendedRecipient (formats.md 1.1)"
EXPLANATION = "a report names a victim, who can be found and protected"
EXPLANATION_ML = "റിപ്പോർട്ടിൽ ഇരയുടെ വിവരമുണ്ട്; കുട്ടിയെ കണ്ടെത്തി സംരക്ഷിക്കാനാകും"
ASKS = "who the victim is"
ASKS_ML = "ഇര ആരാണെന്ന്"

_RECIPIENT = "a report names a person to whom something was sent"
_RECIPIENT_ML = "ആർക്കാണ് അയച്ചതെന്ന് റിപ്പോർട്ടിലുണ്ട്"


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.victim is None and facts.recipient is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight for a victim, a third for a recipient alone."""
    del at
    if facts.victim:
        return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
    if facts.recipient:
        return Reason(ID, _RECIPIENT, _RECIPIENT_ML, round(weight / 3, 2))
    return None
