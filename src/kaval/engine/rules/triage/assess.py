"""A score is the sum of its reasons; what nobody knows is named as missing and counts neither way.

Stage 1 is about reports. It never asks about the person (convictions, access to children): that is stage 2,
which re-orders and is not added to this one. Weights come from `reference/triage_weights.yaml` by the date
of the assessment.

What lowers (known or viral content) takes from what is lowerable only: from when it happened and how often
(factors with `LOWERABLE`). It never takes from what the reports say about the person or a child.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from types import ModuleType

from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.reference.load import Table, load
from kaval.engine.rules.triage import factors as _factors
from kaval.engine.rules.triage.facts import TriageFacts

# Counted up when the way of adding changes: 2 bounds what content may lower and looks at every file of a report.
RULES = "rules-2"


@dataclass(frozen=True, slots=True)
class Band:
    """Within how many days a subject is to be looked at; 0 is at once."""

    code: str
    days: int
    text: str
    text_ml: str


BANDS = (
    Band("band_immediate", 0, "at once", "ഉടൻ"),
    Band("band_1_day", 1, "within a day", "ഒരു ദിവസത്തിനകം"),
    Band("band_7_days", 7, "within 7 days", "7 ദിവസത്തിനകം"),
    Band("band_14_days", 14, "within 14 days", "14 ദിവസത്തിനകം"),
    Band("band_30_days", 30, "within 30 days", "30 ദിവസത്തിനകം"),
)


@cache
def factors() -> tuple[ModuleType, ...]:
    """All factors of stage 1, one file each, in alphabetical order."""
    names = sorted(m.name for m in pkgutil.iter_modules(_factors.__path__) if not m.name.startswith("_"))
    return tuple(import_module(f"{_factors.__name__}.{name}") for name in names)


def assess(facts: TriageFacts, *, at: datetime) -> Score:
    """The score of a subject at an instant: reasons, heaviest first, and the factors whose facts are missing.

    Raises:
        ConfigurationError: no weight holds on that day.
        ValueError: `at` has no zone.
    """
    table, now = load("triage_weights"), require_aware(at)
    day = now.astimezone(IST).date()
    reasons: list[Reason] = []
    missing: list[str] = []
    lowerable = 0.0
    for factor in factors():
        if factor.is_missing(facts):
            missing.append(factor.ID)
            continue
        reason = factor.weigh(facts, at=now, weight=table.number(factor.ID, day))
        if reason is not None:
            reasons.append(reason)
            lowerable += reason.weight if getattr(factor, "LOWERABLE", False) else 0.0
    reasons = _bounded(reasons, lowerable)
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.code))
    return Score(tuple(reasons), f"triage-1/{RULES}/{table.version}", tuple(missing))


def _bounded(reasons: Iterable[Reason], lowerable: float) -> list[Reason]:
    """The reasons, those that lower cut down together to the points there are to take, the heaviest first."""
    kept: list[Reason] = []
    for reason in sorted(reasons, key=lambda each: (each.weight, each.code)):
        if reason.weight < 0:
            taken = min(-reason.weight, lowerable)
            lowerable -= taken
            reason = replace(reason, weight=-taken if taken else 0.0)
        kept.append(reason)
    return kept


def band(score: Score, *, at: datetime) -> Band:
    """The band a score falls into at an instant; the last one has no lower end."""
    table: Table = load("triage_weights")
    day = require_aware(at).astimezone(IST).date()
    for candidate in BANDS[:-1]:
        if score.value >= table.number(candidate.code, day):
            return candidate
    return BANDS[-1]


@dataclass(frozen=True, slots=True)
class Queued:
    """One subject in the queue. `newest_observation_at` and `received_at` decide between equal scores."""

    key: str
    score: Score
    newest_observation_at: datetime | None
    received_at: datetime


_LAST = datetime.max.replace(tzinfo=UTC)


def queue(items: Iterable[Queued]) -> list[Queued]:
    """The items in the order in which they are to be looked at, whatever order they came in.

    Higher score first; then the evidence that expires first; then the one that has waited longest; then the
    key.
    """
    return sorted(
        items,
        key=lambda item: (-item.score.value, item.newest_observation_at or _LAST, item.received_at, item.key),
    )
