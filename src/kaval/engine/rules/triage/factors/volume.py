"""Many reports about one subject; doublings count, so that a mass of copies does not drown a child at
risk."""

from __future__ import annotations

from datetime import datetime
from math import log2

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "volume"
UNIT = "points; a sixth for each doubling, full at 64 reports"
RANGE = (0, 4)
SOURCE = "unit practice, first setting; peers.md (AviaTor: number of files uploaded)"
EXPLANATION = "reports about this subject: "
EXPLANATION_ML = "ഇയാളെക്കുറിച്ചുള്ള റിപ്പോർട്ടുകൾ: "
ASKS = "how many reports there are"
ASKS_ML = "എത്ര റിപ്പോർട്ടുകളുണ്ടെന്ന്"
LOWERABLE = True


def is_missing(facts: TriageFacts) -> bool:
    """True when no report is counted."""
    return facts.reports < 1


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """A sixth of the weight for each doubling of the number of reports."""
    del at
    if facts.reports < 2:
        return None
    share = min(log2(facts.reports) / 6, 1.0)
    return Reason(
        ID, f"{EXPLANATION}{facts.reports}", f"{EXPLANATION_ML}{facts.reports}", round(weight * share, 2)
    )
