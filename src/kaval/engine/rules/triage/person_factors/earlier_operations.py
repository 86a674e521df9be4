"""Met before: in earlier operations or investigations of the unit."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "earlier_operations"
UNIT = "points; full at two or more, two thirds at one"
RANGE = (0, 15)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "earlier operations or investigations with this person: "
EXPLANATION_ML = "ഇയാൾ ഉൾപ്പെട്ട മുൻ ഓപ്പറേഷനുകളോ അന്വേഷണങ്ങളോ: "
ASKS = "whether this person was met in earlier operations"
ASKS_ML = "മുൻ ഓപ്പറേഷനുകളിൽ ഇയാൾ ഉൾപ്പെട്ടിരുന്നോ എന്ന്"


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.earlier_operations is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """Two thirds of the weight for one, the whole for more."""
    del at
    count = facts.earlier_operations
    if not count:
        return None
    share = 1.0 if count > 1 else 2 / 3
    return Reason(ID, f"{EXPLANATION}{count}", f"{EXPLANATION_ML}{count}", round(weight * share, 2))
