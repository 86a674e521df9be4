"""Attributed at several homes: more places where a child may be met."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.person import PersonFacts

ID = "several_homes"
UNIT = "points; half for two, full for three or more"
RANGE = (0, 6)
SOURCE = "peers.md 4.4, unit practice"
EXPLANATION = "homes at which this person was attributed: "
EXPLANATION_ML = "ഇയാളുമായി ബന്ധപ്പെടുത്തിയ വീടുകൾ: "
ASKS = "at how many homes this person was attributed"
ASKS_ML = "ഇയാളെ എത്ര വീടുകളുമായി ബന്ധപ്പെടുത്തിയിട്ടുണ്ടെന്ന്"
LOWERABLE = True


def is_missing(facts: PersonFacts) -> bool:
    """True when nobody knows."""
    return facts.homes is None


def weigh(facts: PersonFacts, *, at: datetime, weight: float) -> Reason | None:
    """Half the weight for two homes, the whole for more."""
    del at
    if facts.homes is None or facts.homes < 2:
        return None
    share = 1.0 if facts.homes > 2 else 0.5
    return Reason(
        ID, f"{EXPLANATION}{facts.homes}", f"{EXPLANATION_ML}{facts.homes}", round(weight * share, 2)
    )
