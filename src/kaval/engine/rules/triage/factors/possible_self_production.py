"""A child may be made to produce pictures now."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "possible_self_production"
UNIT = "points"
RANGE = (0, 40)
SOURCE = "ispws fileAnnotations/possibleSelfProduction (formats.md 1.1)"
EXPLANATION = "a file may have been made by a child under pressure"
EXPLANATION_ML = "സമ്മർദ്ദത്തിലായ കുട്ടി തന്നെ നിർമ്മിച്ച ഫയലാകാം"
ASKS = "whether a child was made to produce a file"
ASKS_ML = "കുട്ടിയെക്കൊണ്ട് ഫയൽ നിർമ്മിപ്പിച്ചതാണോ എന്ന്"

_SIGNALS = frozenset(("possible_self_production",))


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when a report says it, else nothing."""
    del at
    if facts.signals is None or not _SIGNALS & facts.signals:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
