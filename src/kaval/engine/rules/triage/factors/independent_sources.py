"""Several systems that know nothing of each other point at the same subject."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "independent_sources"
UNIT = "points for each source beyond the first, at most three"
RANGE = (0, 12)
SOURCE = "unit practice, first setting; peers.md 4.4"
EXPLANATION = "reported by independent sources: "
EXPLANATION_ML = "പരസ്പരം ബന്ധമില്ലാത്ത ഉറവിടങ്ങൾ: "
ASKS = "how many independent sources reported this subject"
ASKS_ML = "പരസ്പരം ബന്ധമില്ലാത്ത എത്ര ഉറവിടങ്ങൾ ഇയാളെ റിപ്പോർട്ട് ചെയ്തെന്ന്"


def is_missing(facts: TriageFacts) -> bool:
    """True when no source is known."""
    return not facts.source_systems


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The weight for each source beyond the first, at most three times."""
    del at
    count = len(facts.source_systems)
    if count < 2:
        return None
    return Reason(ID, f"{EXPLANATION}{count}", f"{EXPLANATION_ML}{count}", weight * min(count - 1, 3))
