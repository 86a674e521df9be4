"""Two reports or more, and a quarter of all, give the same sign of a child in danger: one mark may be a slip.

It adds to the sign's own points and asks something else than `volume` (how many reports, whatever they say) and
`independent_sources` (how many systems): whether reports agree.
"""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "corroborated"
UNIT = "points"
RANGE = (0, 30)
SOURCE = "unit practice, first setting; peers.md 4.1 (reports that look alike differ wholly in consequence)"
EXPLANATION = "several reports give the same sign of a child in danger"
EXPLANATION_ML = "കുട്ടി അപകടത്തിലാണെന്ന ഒരേ സൂചന പല റിപ്പോർട്ടുകളിലുമുണ്ട്"
ASKS = "whether several reports give the same sign of a child in danger"
ASKS_ML = "കുട്ടി അപകടത്തിലാണെന്ന ഒരേ സൂചന പല റിപ്പോർട്ടുകളിലുമുണ്ടോ എന്ന്"


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.repeated is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when some sign is given twice; a second sign given twice adds nothing."""
    del at
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight) if facts.repeated else None
