"""Made rather than collected: a new file still carries its camera's notes, or new files keep coming.

Collectors pass on what others have; where nobody has seen the files and more of them come with every report,
somebody makes them. `novelty` asks only how much is new, once.
"""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.facts import TriageFacts

ID = "producer"
UNIT = "points; half when nobody looked whether the files are known"
RANGE = (0, 65)
SOURCE = "issue 4 (producer rather than collector); ispws details type EXIF (formats.md 1.1); peers.md 4.4"
EXPLANATION = (
    "a file still carries its camera's own notes and is not known: it may have been made by this person"
)
EXPLANATION_ML = "ഫയലിൽ ക്യാമറയുടെ വിവരങ്ങളുണ്ട്, മുമ്പ് കണ്ടിട്ടുമില്ല: ഇയാൾ തന്നെ നിർമ്മിച്ചതാകാം"
ASKS = "whether this person made the files"
ASKS_ML = "ഫയലുകൾ ഇയാൾ തന്നെ നിർമ്മിച്ചതാണോ എന്ന്"

_GROWING = "new files keep coming, report after report: this person may make them or be close to who does"
_GROWING_ML = "ഓരോ റിപ്പോർട്ടിലും പുതിയ ഫയലുകൾ വന്നുകൊണ്ടിരിക്കുന്നു: ഇയാൾ നിർമ്മിക്കുന്നതോ നിർമ്മിക്കുന്നയാളുമായി അടുപ്പമുള്ളതോ ആകാം"
_NOT_COMPARED = "a file still carries its camera's own notes; whether it is known was not looked up"
_NOT_COMPARED_ML = "ഫയലിൽ ക്യാമറയുടെ വിവരങ്ങളുണ്ട്; മുമ്പ് കണ്ടതാണോ എന്ന് പരിശോധിച്ചിട്ടില്ല"


def is_missing(facts: TriageFacts) -> bool:
    """True when no report about files could have said it."""
    return facts.own_device is None and facts.course.more_new is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """The whole weight when new files keep coming, or a camera's notes are in a file and some file is new;
    half when nobody looked whether they are new, nothing when all of them are known."""
    del at
    if facts.course.more_new:
        return Reason(ID, _GROWING, _GROWING_ML, weight)
    if not facts.own_device:
        return None
    novel = facts.content.novel if facts.content is not None else None
    if novel is None:
        return Reason(ID, _NOT_COMPARED, _NOT_COMPARED_ML, round(weight / 2, 2))
    return Reason(ID, EXPLANATION, EXPLANATION_ML, weight) if novel else None
