"""A child is under pressure, sold or hurt."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "child_contact"
UNIT = "points"
RANGE = (0, 25)
SOURCE = "ispws incidentType and reportAnnotations (formats.md 1.1)"
EXPLANATION = "a report says that a child is under pressure or in someone's hands"
EXPLANATION_ML = "ഒരു കുട്ടി സമ്മർദ്ദത്തിലോ മറ്റൊരാളുടെ നിയന്ത്രണത്തിലോ ആണെന്ന് റിപ്പോർട്ടിലുണ്ട്"

_SIGNALS = frozenset(
    (
        "sextortion",
        "child_sex_trafficking",
        "child_sex_tourism",
        "child_sexual_molestation",
        "sadistic_exploitation",
        "cseam_solicitation",
    )
)


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when a report says it, else nothing."""
    del at
    if facts.signals is None or not _SIGNALS & facts.signals:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
