"""Passed on by many, often in outrage: lower, never removed, and not at all when a report speaks of a child
in danger."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "viral"
UNIT = "points"
RANGE = (-25, 0)
SOURCE = "ispws batchedReport, fileAnnotations/viral and potentialMeme (formats.md 1.1); peers.md point 11"
EXPLANATION = "the content is passed on by many people: lowers the priority"
EXPLANATION_ML = "പലരും പങ്കുവയ്ക്കുന്ന ഉള്ളടക്കം: മുൻഗണന കുറയ്ക്കുന്നു"

_SIGNALS = frozenset(("viral",))
# A copied picture in one report must not hide what another report says about the same subject.
_DANGER = frozenset(
    (
        "escalated",
        "online_enticement",
        "sextortion",
        "child_sex_trafficking",
        "child_sexual_molestation",
        "possible_self_production",
        "live_streaming",
        "infant",
        "sadistic_exploitation",
    )
)


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole (negative) weight when a report says it and none speaks of a child in danger."""
    del at
    if facts.signals is None or not _SIGNALS & facts.signals or _DANGER & facts.signals:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
