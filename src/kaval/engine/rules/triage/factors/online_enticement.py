"""A child is being contacted: enticed, asked for material, or sent some.

A report says it by its type, by an annotation or by both; it is one contact and counts once.
"""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "online_enticement"
UNIT = "points"
RANGE = (0, 30)
SOURCE = "ispws incidentType and reportAnnotations (formats.md 1.1)"
EXPLANATION = "a report says that a child is being contacted online"
EXPLANATION_ML = "ഒരു കുട്ടിയെ ഓൺലൈനിൽ ബന്ധപ്പെടുന്നതായി റിപ്പോർട്ടിലുണ്ട്"
ASKS = "whether a child is being contacted online"
ASKS_ML = "ഒരു കുട്ടിയെ ഓൺലൈനിൽ ബന്ധപ്പെടുന്നുണ്ടോ എന്ന്"

_SIGNALS = frozenset(("online_enticement", "cseam_solicitation", "unsolicited_to_child"))


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when a report says it, else nothing."""
    del at
    if facts.signals is None or not _SIGNALS & facts.signals:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
