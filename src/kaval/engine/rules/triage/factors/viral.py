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
EXPLANATION = "the provider says that all of the content is passed on by many people: lowers the priority"
EXPLANATION_ML = "എല്ലാ ഉള്ളടക്കവും പലരും പങ്കുവയ്ക്കുന്നതാണെന്ന് സേവനദാതാവ് പറയുന്നു: മുൻഗണന കുറയ്ക്കുന്നു"
ASKS = "whether a provider says that the content is passed on by many"
ASKS_ML = "ഉള്ളടക്കം പലരും പങ്കുവയ്ക്കുന്നതാണെന്ന് സേവനദാതാവ് പറയുന്നുണ്ടോ എന്ന്"


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None or facts.content is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole (negative) weight when providers say it of everything and no report speaks of a child in
    danger; where a list of the unit says it too, `viral_list` does instead."""
    del at
    content = facts.content
    if facts.signals is None or content is None or not content.viral or content.lists or facts.child_near:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
