"""From an open place to a private one, or on several services: somebody looks for ways to be alone with others."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "platform_escalation"
UNIT = "points; half for several services alone"
RANGE = (0, 4)
SOURCE = "ispws internetDetails and espService (formats.md 1.1); peers.md 4.4 (current behaviour)"
EXPLANATION = "first reported from an open place, later from a private one"
EXPLANATION_ML = "ആദ്യം പൊതു ഇടത്തിൽ നിന്നും പിന്നീട് സ്വകാര്യ ഇടത്തിൽ നിന്നും റിപ്പോർട്ട് ചെയ്തു"
ASKS = "on which services this person is, and whether it moved to a private place"
ASKS_ML = "ഇയാൾ ഏതൊക്കെ സേവനങ്ങളിലുണ്ട്, സ്വകാര്യ ഇടത്തിലേക്ക് മാറിയോ എന്ന്"

_SEVERAL = "reported accounts on several services: "
_SEVERAL_ML = "റിപ്പോർട്ട് ചെയ്യപ്പെട്ട അക്കൗണ്ടുകളുള്ള സേവനങ്ങൾ: "


def is_missing(facts: TriageFacts) -> bool:
    """True when no report names a service or the kind of place."""
    return facts.platforms is None and facts.course.to_private is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight for the way from open to private, half for accounts on several services."""
    del at
    if facts.course.to_private:
        return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
    count = len(facts.platforms or ())
    if count < 2:
        return None
    return Reason(ID, f"{_SEVERAL}{count}", f"{_SEVERAL_ML}{count}", round(weight / 2, 2))
