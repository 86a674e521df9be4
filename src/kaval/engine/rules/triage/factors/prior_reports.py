"""Seen before: by the provider's own count of earlier reports, or in an earlier operation of this unit.

This is the repeat appearance of the issue; the number of reports in hand is `volume`, and what they say of a change
`escalation_over_time`. None of the three counts what another does.
"""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "prior_reports"
UNIT = "points"
RANGE = (0, 35)
SOURCE = (
    "ispws priorCTReports (formats.md 1.1); repeat appearance in the unit's own records (peers.md, AviaTor)"
)
EXPLANATION = "the subject was reported or seen before"
EXPLANATION_ML = "ഇയാൾ മുമ്പും റിപ്പോർട്ട് ചെയ്യപ്പെട്ടിട്ടുണ്ട്"
ASKS = "whether this person was reported or seen before"
ASKS_ML = "ഇയാൾ മുമ്പ് റിപ്പോർട്ട് ചെയ്യപ്പെട്ടിട്ടുണ്ടോ എന്ന്"


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it and nobody looked in the unit's records."""
    return facts.signals is None and facts.prior_appearances is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight for one earlier appearance or more."""
    del at
    stated = "prior_reports" in (facts.signals or frozenset())
    if not stated and not facts.prior_appearances:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
