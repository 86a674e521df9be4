"""Every attribution check, found by its folder: each module of this package offers a tuple `CHECKS`.

Not yet written (the facts they need are not collected yet): A-09, A-14, A-16, A-28 (NAT64 is refused by
A-04), A-32, A-37, A-39, A-42 to A-45, A-50. A-60 to A-65 live in the field and exchange rooms.
"""

from __future__ import annotations

import importlib
import pkgutil
from datetime import datetime

from kaval.engine.kernel.reason import CheckResult
from kaval.engine.rules.attribution.address import parse_address
from kaval.engine.rules.attribution.allocation import AllocationTable
from kaval.engine.rules.attribution.case import (
    ObservationCase,
    ObservationCheck,
    Stage,
    SubjectCase,
    SubjectCheck,
)
from kaval.engine.rules.attribution.facts import Limits, ObservationFacts


def _discover() -> tuple[ObservationCheck | SubjectCheck, ...]:
    found: list[ObservationCheck | SubjectCheck] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        found += importlib.import_module(f"{__name__}.{module.name}").CHECKS
    ids = [check.id for check in found]
    if len(ids) != len(set(ids)):
        raise ValueError("two checks carry the same id")
    return tuple(sorted(found, key=lambda check: check.id))


ALL_CHECKS = _discover()
OBSERVATION_CHECKS = tuple(check for check in ALL_CHECKS if isinstance(check, ObservationCheck))
SUBJECT_CHECKS = tuple(check for check in ALL_CHECKS if isinstance(check, SubjectCheck))
ASKING_CHECKS = tuple(check for check in OBSERVATION_CHECKS if check.stage is Stage.ASK)


def check_by_id(check_id: str) -> ObservationCheck | SubjectCheck:
    """The check with this id.

    Raises:
        KeyError: no such check.
    """
    return {check.id: check for check in ALL_CHECKS}[check_id]


def asking_results(
    observation: ObservationFacts,
    allocation: AllocationTable,
    *,
    as_of: datetime,
    limits: Limits | None = None,
) -> tuple[CheckResult, ...]:
    """The checks that can be answered before any ISP is asked, in order of their ids."""
    address, at = parse_address(observation.ip), observation.time.utc
    held = None if address is None or at is None else allocation.lookup(address, at)
    case = ObservationCase(observation, address, held, limits or Limits(), as_of)
    return tuple(check(case) for check in ASKING_CHECKS)


def observation_results(case: ObservationCase) -> tuple[CheckResult, ...]:
    """Every check of one observation, in order of their ids."""
    return tuple(check(case) for check in OBSERVATION_CHECKS)


def subject_results(case: SubjectCase) -> tuple[CheckResult, ...]:
    """Every check of the subject as a whole, in order of their ids."""
    return tuple(check(case) for check in SUBJECT_CHECKS)
