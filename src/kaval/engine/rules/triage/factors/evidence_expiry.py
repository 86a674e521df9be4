"""The provider will soon have deleted the records that say who held the address."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.triage.clocks import request_limits
from kaval.engine.rules.triage.facts import TriageFacts

ID = "evidence_expiry"
UNIT = "points; from none at the warning age to full at retention less handling time"
RANGE = (0, 15)
SOURCE = "law_limits: isp_record_retention, isp_request_handling, isp_expiry_warning (check A-20)"
EXPLANATION = "days until provider records can no longer be asked for: "
EXPLANATION_ML = "സേവനദാതാവിന്റെ രേഖകൾ ചോദിക്കാനുള്ള ശേഷിക്കുന്ന ദിവസങ്ങൾ: "
ASKS = "until when provider records of the address can be asked for"
ASKS_ML = "വിലാസത്തെക്കുറിച്ചുള്ള സേവനദാതാവിന്റെ രേഖകൾ എന്നുവരെ ചോദിക്കാമെന്ന്"
LOWERABLE = True


def is_missing(facts: TriageFacts) -> bool:
    """True when no address of the user has a usable time."""
    return facts.newest_observation_at is None


def weigh(facts: TriageFacts, *, at: datetime, weight: float) -> Reason | None:
    """A share of the weight by the age of the newest address; past the limit a reason without weight says
    so."""
    if facts.newest_observation_at is None:
        return None
    limit, warning = request_limits(at.astimezone(IST).date())
    age = (at - facts.newest_observation_at).total_seconds() / 86400
    if age < warning:
        return None
    if age >= limit:
        return Reason(
            "evidence_expired",
            "provider records are past the time in which they can be asked for",
            "സേവനദാതാവിന്റെ രേഖകൾ ചോദിക്കാനുള്ള സമയം കഴിഞ്ഞു",
            0.0,
        )
    left = int(limit - age)
    share = (age - warning) / (limit - warning)
    return Reason(ID, f"{EXPLANATION}{left}", f"{EXPLANATION_ML}{left}", round(weight * share, 2))
