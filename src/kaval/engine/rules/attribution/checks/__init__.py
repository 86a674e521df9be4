"""Every attribution check, found by its folder: each module of this package offers a tuple `CHECKS`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from kaval.engine.kernel.reason import CheckResult, Verdict
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.case import (
    AfterCheck,
    AfterFacts,
    Check,
    ObservationCase,
    ObservationCheck,
    Stage,
    SubjectCase,
    SubjectCheck,
)
from kaval.engine.rules.attribution.facts import IspFacts, Limits, ObservationFacts
from kaval.engine.rules.attribution.intelligence import Intelligence
from kaval.engine.rules.attribution.record import asking_case


def _discover() -> tuple[Check, ...]:
    found: list[Check] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        found += importlib.import_module(f"{__name__}.{module.name}").CHECKS
    ids = [check.id for check in found]
    if len(ids) != len(set(ids)):
        raise ValueError("two checks carry the same id")
    return tuple(sorted(found, key=lambda check: check.id))


ALL_CHECKS = _discover()
OBSERVATION_CHECKS = tuple(check for check in ALL_CHECKS if isinstance(check, ObservationCheck))
SUBJECT_CHECKS = tuple(check for check in ALL_CHECKS if isinstance(check, SubjectCheck))
AFTER_CHECKS = tuple(check for check in ALL_CHECKS if isinstance(check, AfterCheck))
ASKING_CHECKS = tuple(check for check in OBSERVATION_CHECKS if check.stage is Stage.ASK)
_EXAMINE = tuple((check.examine, check.result) for check in OBSERVATION_CHECKS)
_BY_ID = {check.id: check for check in ALL_CHECKS}


def check_by_id(check_id: str) -> Check:
    """The check with this id.

    Raises:
        KeyError: no such check.
    """
    return _BY_ID[check_id]


def asking_results(
    observation: ObservationFacts,
    allocation: AllocationTable,
    *,
    as_of: datetime,
    limits: Limits | None = None,
    isps: Mapping[str, IspFacts] | None = None,
    intelligence: Intelligence | None = None,
) -> tuple[CheckResult, ...]:
    """The checks that can be answered before any ISP is asked, in order of their ids.

    An ISP that is not in `isps`, or no `intelligence`, is a fact nobody stated: the checks that need it do not pass.
    """
    case = asking_case(
        observation,
        allocation,
        as_of=as_of,
        limits=limits or Limits(),
        isps=isps or {},
        intelligence=intelligence,
    )
    return tuple(check(case) for check in ASKING_CHECKS)


def observation_results(case: ObservationCase) -> tuple[CheckResult, ...]:
    """Every check of one observation, in order of their ids; what a failure of another explains follows it."""
    results = [result(examine(case)) for examine, result in _EXAMINE]
    failing = {one.check for one in results if one.verdict is Verdict.FAIL and not one.follows}
    if failing:
        results = [
            replace(one, follows=True)
            if one.stops and not failing.isdisjoint(_BY_ID[one.check].behind)
            else one
            for one in results
        ]
    return tuple(results)


def subject_results(case: SubjectCase) -> tuple[CheckResult, ...]:
    """Every check of the subject as a whole, in order of their ids."""
    return tuple(check(case) for check in SUBJECT_CHECKS)


def after_results(facts: AfterFacts, only: Iterable[str] = ()) -> tuple[CheckResult, ...]:
    """The checks after the search, in order of their ids; `only` these ids when any are named."""
    wanted = frozenset(only)
    return tuple(check(facts) for check in AFTER_CHECKS if not wanted or check.id in wanted)
