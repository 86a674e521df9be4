"""It becomes worse: a later report is graver than those before it, or reports come more often."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "escalation_over_time"
UNIT = "points; half for more frequent reports alone"
RANGE = (0, 6)
SOURCE = "unit practice, first setting; issue 4 (escalation over time); peers.md 4.4"
EXPLANATION = "a later report is graver than the earlier ones"
EXPLANATION_ML = "പിന്നീടുള്ള റിപ്പോർട്ട് മുമ്പുള്ളവയേക്കാൾ ഗുരുതരമാണ്"
ASKS = "whether it becomes worse from report to report"
ASKS_ML = "റിപ്പോർട്ടുകൾ തോറും കൂടുതൽ ഗുരുതരമാകുന്നുണ്ടോ എന്ന്"

_OFTENER = "reports about this subject come more and more often"
_OFTENER_ML = "ഇയാളെക്കുറിച്ചുള്ള റിപ്പോർട്ടുകൾ കൂടിവരുന്നു"


def is_missing(facts: TriageFacts) -> bool:
    """True when fewer than two dated reports can be compared."""
    return facts.course.worse is None and facts.course.denser is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when it grows graver, half when it only grows more frequent."""
    del at
    if facts.course.worse:
        return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
    if facts.course.denser:
        return Reason(ID, _OFTENER, _OFTENER_ML, round(weight / 2, 2))
    return None
