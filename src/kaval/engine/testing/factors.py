"""A triage factor names its unit, range and source, explains itself in both languages, and stays in its
range."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import ModuleType

from kaval.engine.kernel.instant import IST
from kaval.engine.reference.load import load
from kaval.engine.rules.triage.facts import TriageFacts

_TEXTS = ("ID", "UNIT", "SOURCE", "EXPLANATION", "EXPLANATION_ML", "ASKS", "ASKS_ML")


def factor_faults(module: ModuleType, cases: Iterable[TriageFacts], *, at: datetime) -> list[str]:
    """What a factor lacks, and every case in which it leaves its range, says nothing in a language, or
    guesses."""
    name = module.__name__.rsplit(".", 1)[-1]
    faults = [f"{name}: {text} is missing" for text in _TEXTS if not getattr(module, text, "")]
    if faults:
        return faults
    if name != module.ID:
        faults.append(f"{name}: ID is {module.ID}")
    low, high = module.RANGE
    weight = load("triage_weights").number(module.ID, at.astimezone(IST).date())
    for facts in cases:
        reason = module.weigh(facts, at=at, weight=weight)
        if reason is None:
            continue
        if module.is_missing(facts):
            faults.append(f"{name}: weighs facts that it calls missing: {facts}")
        if not low <= reason.weight <= high:
            faults.append(f"{name}: {reason.weight} is outside {low} to {high}")
        if not reason.text or not reason.text_ml:
            faults.append(f"{name}: a reason without words in both languages")
    return faults
