"""A child is put under pressure. Being contacted, sold or hurt are factors of their own."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "child_contact"
UNIT = "points"
RANGE = (0, 45)
SOURCE = "ispws incidentType and reportAnnotations (formats.md 1.1)"
EXPLANATION = "a report says that a child is put under pressure"
EXPLANATION_ML = "കുട്ടിയെ സമ്മർദ്ദത്തിലാക്കുന്നതായി റിപ്പോർട്ടിലുണ്ട്"
ASKS = "whether a child is put under pressure"
ASKS_ML = "കുട്ടിയെ സമ്മർദ്ദത്തിലാക്കുന്നുണ്ടോ എന്ന്"

_SIGNALS = frozenset(("sextortion", "sadistic_exploitation"))


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when a report says it, else nothing."""
    del at
    if facts.signals is None or not _SIGNALS & facts.signals:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
