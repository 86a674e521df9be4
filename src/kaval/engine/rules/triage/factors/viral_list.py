"""On a list of viral content that the unit holds: lower, never removed; one file that no list knows keeps the
priority, and so does a child in danger."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "viral_list"
UNIT = "points"
RANGE = (-25, 0)
SOURCE = "peers.md point 7 and 11 (AviaTor: keep every report, lower the priority by a viral hash list)"
EXPLANATION = "all of the content is passed on by many people, lowers the priority; on the list: "
EXPLANATION_ML = "എല്ലാ ഉള്ളടക്കവും പലരും പങ്കുവയ്ക്കുന്നത്, മുൻഗണന കുറയ്ക്കുന്നു; പട്ടിക: "
ASKS = "whether the files are on a list of viral content"
ASKS_ML = "ഫയലുകൾ വൈറൽ ഉള്ളടക്കപ്പട്ടികയിലുണ്ടോ എന്ന്"


def is_missing(facts: TriageFacts) -> bool:
    """True when nobody compared the files, or the unit holds no list to compare them with."""
    return facts.content is None or facts.content.lists is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole (negative) weight when every file stands on a list or bears a provider's mark; where only
    some do, a reason without weight says so."""
    del at
    content = facts.content
    if content is None or not content.lists or facts.child_near:
        return None
    lists = ", ".join(content.lists)
    if content.viral:
        return Reason(ID, EXPLANATION + lists, EXPLANATION_ML + lists, weight)
    counted = f"{content.listed}/{content.files}"
    return Reason(
        "viral_list_in_part",
        f"files on a list of viral content: {counted} ({lists}); something else is reported too, which keeps "
        "the priority",
        f"വൈറൽ ഉള്ളടക്കപ്പട്ടികയിലുള്ള ഫയലുകൾ: {counted} ({lists}); മറ്റു വിവരങ്ങളും ഉള്ളതിനാൽ മുൻഗണന മാറുന്നില്ല",
        0.0,
    )
