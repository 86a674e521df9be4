"""What happened days ago may still be going on, and its traces are still there."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "recency"
UNIT = "points; full up to 7 days, falling to none at 90 days"
RANGE = (0, 8)
SOURCE = "unit practice, first setting; observation_age of law_limits"
EXPLANATION = "days since the last event: "
EXPLANATION_ML = "അവസാന സംഭവത്തിനു ശേഷം ദിവസങ്ങൾ: "
ASKS = "when it last happened"
ASKS_ML = "അവസാനമായി സംഭവിച്ചത് എപ്പോഴാണെന്ന്"
LOWERABLE = True

FULL_DAYS, NONE_DAYS = 7, 90


def is_missing(facts: TriageFacts) -> bool:
    """True when no event has a usable time."""
    return facts.last_event_at is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """A share of the weight by the age of the last event in days; an event after `at` counts as today's."""
    if facts.last_event_at is None:
        return None
    age = max((at - facts.last_event_at).total_seconds() / 86400, 0.0)
    share = min(max((NONE_DAYS - age) / (NONE_DAYS - FULL_DAYS), 0.0), 1.0)
    if share == 0.0:
        return None
    days = int(age)
    return Reason(ID, f"{EXPLANATION}{days}", f"{EXPLANATION_ML}{days}", round(weight * share, 2))
