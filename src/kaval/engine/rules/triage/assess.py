"""A score is the sum of its reasons; what nobody knows is named as missing and counts neither way.

Stage 1 is about reports. It never asks about the person (convictions, access to children): that is stage 2,
which re-orders and is not added to this one. Weights come from `reference/triage_weights.yaml` and
`reference/person_weights.yaml` by the date of the assessment.

What lowers (known or viral content; nobody else in the home) takes from what is lowerable only: from when it happened
and how often (factors with `LOWERABLE`). It never takes from what speaks of the person's acts or of a child.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.reference.load import Table, load
from kaval.engine.rules.triage import factors as _factors
from kaval.engine.rules.triage import person_factors as _person_factors
from kaval.engine.rules.triage.facts import TriageFacts
from kaval.engine.rules.triage.person import PersonFacts

# Counted up when the way of adding changes. 2 bounds what content may lower and looks at every file of a report; 3 adds
# the victim, the child near by, what is new and what changes over time, and gives every sign to one factor only.
RULES = "rules-3"
PERSON_RULES = "rules-1"
STAGE_1, STAGE_2 = "triage-1", "triage-2"
TABLES = {STAGE_1: "triage_weights", STAGE_2: "person_weights"}


@cache
def factors() -> tuple[ModuleType, ...]:
    """All factors of stage 1, one file each, in alphabetical order."""
    return _found(_factors)


@cache
def person_factors() -> tuple[ModuleType, ...]:
    """All factors of stage 2, one file each, in alphabetical order."""
    return _found(_person_factors)


def factor_named(code: str) -> ModuleType | None:
    """The factor of either stage whose reasons have this code; None for a code that is gone."""
    return _by_code().get(code)


@cache
def _by_code() -> dict[str, ModuleType]:
    return {module.ID: module for module in (*factors(), *person_factors())}


def _found(package: ModuleType) -> tuple[ModuleType, ...]:
    names = sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))
    return tuple(import_module(f"{package.__name__}.{name}") for name in names)


def assess(facts: TriageFacts, *, at: datetime, weights: Table | None = None) -> Score:
    """The score of a subject's reports at an instant: reasons, heaviest first, and the factors whose facts are missing.

    `weights` None: the table `triage_weights`.

    Raises:
        ConfigurationError: no weight holds on that day.
        ValueError: `at` has no zone.
    """
    table = weights or load(TABLES[STAGE_1])
    return _sum(factors(), facts, at=at, held=_weighing(table, at, f"{STAGE_1}/{RULES}"))


def assess_many(rows: Iterable[TriageFacts], *, at: datetime, weights: Table | None = None) -> list[Score]:
    """What `assess` gives for each, the table read once."""
    held = _weighing(weights or load(TABLES[STAGE_1]), at, f"{STAGE_1}/{RULES}")
    return [_sum(factors(), facts, at=at, held=held) for facts in rows]


def assess_person(facts: PersonFacts, *, at: datetime, weights: Table | None = None) -> Score:
    """The score of what is known about the person, once somebody knows who it is. It re-orders; it is never added to
    the score of the reports. `weights` None: the table `person_weights`. Raises as `assess`."""
    table = weights or load(TABLES[STAGE_2])
    return _sum(person_factors(), facts, at=at, held=_weighing(table, at, f"{STAGE_2}/{PERSON_RULES}"))


class _Weighing(NamedTuple):
    weights: Mapping[str, float]
    version: str


def _weighing(table: Table, at: datetime, rules: str) -> _Weighing:
    day = require_aware(at).astimezone(IST).date()
    return _Weighing(weights_on(table, day), f"{rules}/{table.version}")


def _sum(modules: Sequence[ModuleType], facts: Any, *, at: datetime, held: _Weighing) -> Score:
    now, weights = require_aware(at), held.weights
    reasons: list[Reason] = []
    missing: list[str] = []
    lowerable = 0.0
    lowers = False
    for factor in modules:
        if factor.is_missing(facts):
            missing.append(factor.ID)
            continue
        reason = factor.weigh(facts, at=now, weight=weights[factor.ID])
        if reason is not None:
            reasons.append(reason)
            lowers = lowers or reason.weight < 0
            lowerable += reason.weight if getattr(factor, "LOWERABLE", False) else 0.0
    if lowers:
        reasons = bounded(reasons, lowerable)
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.code))
    return Score(tuple(reasons), held.version, tuple(missing))


def bounded(reasons: Iterable[Reason], lowerable: float) -> list[Reason]:
    """The reasons, those that lower cut down together to the points there are to take, the heaviest first."""
    kept: list[Reason] = []
    for reason in sorted(reasons, key=lambda each: (each.weight, each.code)):
        if reason.weight < 0:
            taken = min(-reason.weight, lowerable)
            lowerable -= taken
            reason = replace(reason, weight=-taken if taken else 0.0)
        kept.append(reason)
    return kept


def without(score: Score, code: str) -> Score:
    """The score as it would stand without one reason: what lowers may then take only from what is left to take.

    What the missing fact would have held back (known content lowers nothing while a child is near) is not in a score:
    for that, assess the changed facts.
    """
    left = [reason for reason in score.reasons if reason.code != code]
    lowerable = sum(r.weight for r in left if getattr(factor_named(r.code), "LOWERABLE", False))
    kept = bounded(left, lowerable) if any(reason.weight < 0 for reason in left) else left
    return replace(score, reasons=tuple(sorted(kept, key=lambda reason: (-abs(reason.weight), reason.code))))


@lru_cache(maxsize=8)
def _held(name: str, day: date) -> Mapping[str, float]:
    return _read(load(name), day)


def weights_on(table: Table, day: date) -> Mapping[str, float]:
    """All numbers of a table that hold on a day, by id; the tables as delivered are read once a day.

    Raises:
        ConfigurationError: an id holds twice that day, or a value is no number.
    """
    if table.name in TABLES.values() and table is load(table.name):
        return _held(table.name, day)
    return _read(table, day)


def _read(table: Table, day: date) -> Mapping[str, float]:
    return {entry.id: table.number(entry.id, day) for entry in table.entries if entry.holds_on(day)}


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
