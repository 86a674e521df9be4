"""A child that cannot speak for itself."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "infant"
UNIT = "points"
RANGE = (0, 40)
SOURCE = "ispws fileAnnotations/infant (formats.md 1.1)"
EXPLANATION = "a report speaks of an infant"
EXPLANATION_ML = "ശിശുവിനെക്കുറിച്ച് റിപ്പോർട്ടിലുണ്ട്"
ASKS = "whether an infant is concerned"
ASKS_ML = "ശിശു ഉൾപ്പെട്ടിട്ടുണ്ടോ എന്ന്"

_SIGNALS = frozenset(("infant",))


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when a report says it, else nothing."""
    del at
    if facts.signals is None or not _SIGNALS & facts.signals:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
