"""Something is shown live, so it may be going on."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "live_streaming"
UNIT = "points"
RANGE = (0, 45)
SOURCE = "ispws fileAnnotations/liveStreaming (formats.md 1.1)"
EXPLANATION = "a report speaks of live streaming: it may be going on"
EXPLANATION_ML = "തത്സമയ സംപ്രേഷണത്തെക്കുറിച്ച് റിപ്പോർട്ടിലുണ്ട്: ഇപ്പോഴും തുടരുന്നുണ്ടാകാം"
ASKS = "whether something is shown live"
ASKS_ML = "തത്സമയ സംപ്രേഷണം ഉണ്ടോ എന്ന്"

_SIGNALS = frozenset(("live_streaming",))


def is_missing(facts: TriageFacts) -> bool:
    """True when no report could have said it."""
    return facts.signals is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when a report says it, else nothing."""
    del at
    if facts.signals is None or not _SIGNALS & facts.signals:
        return None
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight)
