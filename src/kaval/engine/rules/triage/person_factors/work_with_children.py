"""Work or a voluntary office brings the person among children."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "work_with_children"
UNIT = "points"
RANGE = (0, 30)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "work or an office brings this person among children"
EXPLANATION_ML = "ജോലിയിലൂടെയോ ചുമതലയിലൂടെയോ ഇയാൾ കുട്ടികളുമായി ഇടപഴകുന്നു"
ASKS = "whether work brings this person among children"
ASKS_ML = "ജോലിയിലൂടെ ഇയാൾ കുട്ടികളുമായി ഇടപഴകുന്നുണ്ടോ എന്ന്"


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.works_with_children is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when it is so."""
    del at
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight) if facts.works_with_children else None
