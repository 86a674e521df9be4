"""What is printed about each observation: how far it reaches, whom it names, and the causes that stop it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict
from kaval.engine.rules.attribution.facts import AttributionFacts
from kaval.engine.rules.attribution.level import Attribution
from kaval.engine.rules.attribution.rows import Subscriber

_ELSEWHERE: Final = CheckResult(
    "A-41",
    CheckKind.BLOCK,
    Verdict.FAIL,
    Reason(
        "A-41",
        "This observation names another customer than the subject's others do.",
        "ഈ നിരീക്ഷണം ചൂണ്ടുന്നത് മറ്റു നിരീക്ഷണങ്ങളിലേതല്ലാത്ത വരിക്കാരനെയാണ്.",
    ),
)


def lines_of(found: Attribution, facts: AttributionFacts, *, malayalam: bool) -> Iterator[dict[str, Any]]:
    """One line for each observation of a subject, in the order of the facts.

    `level` is 2 when the observation supports an attribution of level 2 or more, 1 when it names a customer soundly at
    level 1, else 0; `subscriber` is null at level 0, `place` below level 2; `blocked_by` is empty exactly at level 2.
    """
    named, stopped, support = dict(found.named), dict(found.stopped), frozenset(found.support)
    place = place_text(found.install, malayalam=malayalam) if found.install is not None else None
    for one in facts.observations:
        key = one.observation_id
        reached = found.level >= 2 and key in support
        why = () if reached else _why(found, stopped.get(key, ()), named.get(key))
        words = {(cause.check, cause.reason.text): cause.reason for cause in why}
        yield {
            "observation": key,
            "level": 2 if reached else 1 if key in named else 0,
            "subscriber": named.get(key),
            "place": place if reached else None,
            "blocked_by": sorted({cause.check for cause in why}),
            "reasons": [words[at].text_ml if malayalam else words[at].text for at in sorted(words)],
        }


def _why(found: Attribution, own: tuple[CheckResult, ...], named: str | None) -> tuple[CheckResult, ...]:
    """The causes of an observation; those of the subject too when it names the subject's customer."""
    if named is not None and named == found.place_key:
        return own + found.subject_stopped or (_ELSEWHERE,)
    return own or found.subject_stopped or (_ELSEWHERE,)


def place_text(row: Subscriber, *, malayalam: bool = False) -> str:
    """The installation address in one line, as the ISP gave its parts."""
    ward = f"{'വാർഡ്' if malayalam else 'Ward'} {row.ward}" if row.ward else ""
    return ", ".join(filter(None, (row.house_name, ward, row.door_number, row.locality, row.pincode)))
