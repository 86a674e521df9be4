"""The same files were reported before about others: what they show is known, so the content presses less."""

from __future__ import annotations

from datetime import datetime
from math import log2

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "content_seen_before"
UNIT = "points; of each file's share a third for each doubling, full at 7 earlier reports"
RANGE = (-15, 0)
SOURCE = "unit practice, first setting; peers.md point 7 (de-duplicate content and subjects separately)"
EXPLANATION = "files that earlier reports about others named too: "
EXPLANATION_ML = "മറ്റുള്ളവരെക്കുറിച്ചുള്ള മുൻ റിപ്പോർട്ടുകളിലും ഉണ്ടായിരുന്ന ഫയലുകൾ: "
ASKS = "whether others were reported for the same files before"
ASKS_ML = "ഇതേ ഫയലുകൾക്ക് മുമ്പ് മറ്റുള്ളവരെ റിപ്പോർട്ട് ചെയ്തിട്ടുണ്ടോ എന്ന്"

FULL_DOUBLINGS = 3


def is_missing(facts: TriageFacts) -> bool:
    """True when nobody looked in the unit's records."""
    return facts.content is None or facts.content.earlier is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The mean over the files of their shares; a file nobody named before has none. Nothing at all when a
    report speaks of a child in danger."""
    del at
    if facts.content is None or not facts.content.earlier or facts.child_near:
        return None
    earlier = facts.content.earlier
    seen = [count for count in earlier if count > 0]
    if not seen:
        return None
    share = sum(min(log2(1 + count) / FULL_DOUBLINGS, 1.0) for count in seen) / len(earlier)
    counted = f"{len(seen)}/{len(earlier)}"
    return Reason(
        ID,
        f"{EXPLANATION}{counted}, the most often named one in {max(seen)}; lowers the priority of the content",
        f"{EXPLANATION_ML}{counted}; ഏറ്റവും കൂടുതൽ ഉള്ളത് {max(seen)} റിപ്പോർട്ടുകളിൽ; ഉള്ളടക്കത്തിന്റെ മുൻഗണന കുറയ്ക്കുന്നു",
        round(weight * share, 2),
    )
