"""What the automatic rule may take out of the queue, and the draw that checks the rule.

Only a subject whose every file is passed on by many or long known is parked, with a low score, a full report, and no
word of a child near. What nobody looked up may hide a child, so a missing fact keeps the subject in the queue. Parked
is not closed: a new report puts the subject back, and people look at a drawn sample.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256

from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.reference.load import load
from kaval.engine.rules.triage.clocks import CLOCKS
from kaval.engine.rules.triage.facts import TriageFacts

RULE = "park-1"
MAY_HIDE_A_CHILD = frozenset(
    (
        "child_contact",
        "content_seen_before",
        "escalated",
        "hands_on_local_child",
        "infant",
        "live_streaming",
        "novelty",
        "online_enticement",
        "possible_self_production",
        "prior_reports",
        "trafficking",
        "victim_named",
    )
)
"""Factors of stage 1 of which none may be missing from a subject that is parked."""


def park_rule() -> str:
    """The version of the rule with the table it reads, as kept with every parked subject."""
    return f"{RULE}/{load(CLOCKS).version}"


@lru_cache(maxsize=64)
def _limits(day: date) -> tuple[float, float, float]:
    table = load(CLOCKS)
    return table.number("park_below", day), table.number("park_quality", day), table.number("park_seen", day)


def park_reason(facts: TriageFacts, score: Score, *, at: datetime) -> Reason | None:
    """Why the automatic rule takes a subject out of the queue; None: it stays.

    `score` is the one that `assess` made of `facts`. Raises ValueError when `at` has no zone.
    """
    below, least, seen = _limits(require_aware(at).astimezone(IST).date())
    content = facts.content
    if score.value >= below or facts.child_near or content is None:
        return None
    if MAY_HIDE_A_CHILD & set(score.missing) or facts.prior_appearances:
        return None
    if facts.least_quality is None or facts.least_quality < least or facts.reported_age is not None:
        return None
    if content.viral:
        return Reason(
            "parked_viral",
            "all of the content is passed on by many people, the reports are complete and none speaks of a child near",
            "എല്ലാ ഉള്ളടക്കവും പലരും പങ്കുവയ്ക്കുന്നതാണ്; റിപ്പോർട്ടുകൾ പൂർണ്ണമാണ്; അടുത്തുള്ള കുട്ടിയെക്കുറിച്ച് ഒന്നിലും പറയുന്നില്ല",
        )
    if content.earlier and min(content.earlier) >= seen:
        least_seen = min(content.earlier)
        return Reason(
            "parked_seen_before",
            f"every file was named by {least_seen} earlier reports about others or more, the reports are complete and "
            "none speaks of a child near",
            f"ഓരോ ഫയലും മറ്റുള്ളവരെക്കുറിച്ചുള്ള കുറഞ്ഞത് {least_seen} മുൻ റിപ്പോർട്ടുകളിലുണ്ട്; റിപ്പോർട്ടുകൾ പൂർണ്ണമാണ്; "
            "അടുത്തുള്ള കുട്ടിയെക്കുറിച്ച് ഒന്നിലും പറയുന്നില്ല",
        )
    return None


def draw_sample(keys: Iterable[str], *, draw: str, size: int) -> list[str]:
    """The keys drawn, at most `size`: the same for the same keys and name of the draw, in whatever order they come.

    Nobody chooses: the digest of draw and key decides, so anybody can draw again and compare.
    """
    ranked = sorted(set(keys), key=lambda key: (sha256(f"{draw}\0{key}".encode()).digest(), key))
    return ranked[: max(size, 0)]
