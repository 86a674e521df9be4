"""The reported person is stated to be a child: a child who may be under pressure, and whom other rules protect."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "reported_age"
UNIT = "points; full under 18 years"
RANGE = (0, 10)
SOURCE = "ispws person age and dateOfBirth (formats.md 1.1); issue 4 (age of reported person); unit practice"
EXPLANATION = "the reported person is stated to be a child; age in years: "
EXPLANATION_ML = "റിപ്പോർട്ടിൽ പറയുന്നയാൾ കുട്ടിയാണെന്ന് രേഖപ്പെടുത്തിയിട്ടുണ്ട്; വയസ്സ്: "
ASKS = "how old the reported person is"
ASKS_ML = "റിപ്പോർട്ടിൽ പറയുന്നയാളുടെ വയസ്സ്"

ADULT = 18


def is_missing(facts: TriageFacts) -> bool:
    """True when no report states an age."""
    return facts.reported_age is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight below 18 years; an adult's age says nothing of a child's danger and gives no points."""
    del at
    age = facts.reported_age
    if age is None or age >= ADULT:
        return None
    return Reason(ID, f"{EXPLANATION}{age}", f"{EXPLANATION_ML}{age}", weight)
