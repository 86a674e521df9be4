"""A child is offered or sold."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "trafficking"
UNIT = "points"
RANGE = (0, 80)
SOURCE = "ispws incidentType (formats.md 1.1)"
EXPLANATION = "a report says that a child may be offered to others for payment or travel"
EXPLANATION_ML = "പണത്തിനോ യാത്രയ്ക്കോ വേണ്ടി കുട്ടിയെ മറ്റുള്ളവർക്ക് നൽകുന്നതായി റിപ്പോർട്ടിലുണ്ട്"
ASKS = "whether a child is offered to others"
ASKS_ML = "കുട്ടിയെ മറ്റുള്ളവർക്ക് നൽകുന്നുണ്ടോ എന്ന്"

_SIGNALS = frozenset(("child_sex_trafficking", "child_sex_tourism"))


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when a report says it, else nothing."""
    del at
    if facts.signals is None or not _SIGNALS & facts.signals:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
