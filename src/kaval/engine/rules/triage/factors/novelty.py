"""Files that nobody reported before and no list knows: what they show may be new, and so may the child."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "novelty"
UNIT = "points; the share of the files that are new"
RANGE = (0, 6)
SOURCE = "unit practice, first setting; peers.md 2.7 and 4.1 (unknown files are rarely looked at)"
EXPLANATION = "files that nobody reported before: "
EXPLANATION_ML = "മുമ്പ് ആരും റിപ്പോർട്ട് ചെയ്തിട്ടില്ലാത്ത ഫയലുകൾ: "
ASKS = "whether the files are new to the unit"
ASKS_ML = "ഫയലുകൾ യൂണിറ്റിന് പുതിയതാണോ എന്ന്"


def is_missing(facts: TriageFacts) -> bool:
    """True when nobody looked in the unit's records, or no file is named."""
    return facts.content is None or facts.content.novel is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The weight by the share of new files; drawn, machine-made and viral files are never new."""
    del at
    content = facts.content
    if content is None or not content.novel or not content.files:
        return None
    counted = f"{content.novel}/{content.files}"
    share = min(content.novel / content.files, 1.0)
    return Reason(ID, EXPLANATION + counted, EXPLANATION_ML + counted, round(weight * share, 2))
