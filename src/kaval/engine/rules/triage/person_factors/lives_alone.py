"""Nobody else lives in the home. It lowers only the weak signs, and only where no child is near in any other way."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "lives_alone"
UNIT = "points"
RANGE = (-5, 0)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "lives alone and no child is known to be near: lowers the weak signs"
EXPLANATION_ML = "ഒറ്റയ്ക്ക് താമസിക്കുന്നു, അടുത്ത് കുട്ടികളുള്ളതായി അറിവില്ല: ദുർബല സൂചനകൾ കുറയ്ക്കുന്നു"
ASKS = "whether this person lives alone"
ASKS_ML = "ഇയാൾ ഒറ്റയ്ക്കാണോ താമസിക്കുന്നത് എന്ന്"


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.lives_alone is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole (negative) weight when so and nothing brings a child near; what nobody knows keeps it from counting."""
    del at
    if not facts.lives_alone or facts.child_in_household is not False or facts.child_near:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
