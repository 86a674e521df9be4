"""The provider itself says that it is urgent."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "escalated"
UNIT = "points"
RANGE = (0, 60)
SOURCE = "ispws escalateToHighPriority: any text escalates (formats.md 1.1)"
EXPLANATION = "the provider marked a report as urgent"
EXPLANATION_ML = "സേവനദാതാവ് റിപ്പോർട്ട് അടിയന്തരമെന്ന് അടയാളപ്പെടുത്തി"
ASKS = "whether a provider finds it urgent"
ASKS_ML = "സേവനദാതാവ് ഇത് അടിയന്തരമായി കാണുന്നുണ്ടോ എന്ന്"

_SIGNALS = frozenset(("escalated",))


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when a report says it, else nothing."""
    del at
    if facts.signals is None or not _SIGNALS & facts.signals:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
