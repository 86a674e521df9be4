"""The chain of holders of an exhibit has no gap, runs forward in time and keeps its seals (checks C-1, C-2, C-3).

Source: law_and_procedure.md 2.3; BNSS 193(3)(i)(i) makes the sequence of custody a part of the final report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """One movement of an exhibit. `at` is aware; `seal_before`/`seal_after` are seal numbers, empty when none is
    on it.
    """

    event: str
    at: datetime
    holder_from: str
    holder_to: str
    seal_before: str
    seal_after: str


@dataclass(frozen=True, slots=True)
class ChainProblem:
    """A broken rule of the chain, with the number of the step (from 0) at which it shows."""

    check: str
    step: int
    text: str


def check_chain(steps: Sequence[CustodyStep]) -> tuple[ChainProblem, ...]:
    """Every gap in the chain of one exhibit, in order; an empty result means the chain is whole."""
    problems: list[ChainProblem] = []
    for number, (before, after) in enumerate(pairwise(steps), start=1):
        if after.holder_from != before.holder_to:
            problems.append(
                ChainProblem(
                    "C-1", number, f"handed over by {after.holder_from}, but held by {before.holder_to}"
                )
            )
        if after.at < before.at:
            problems.append(ChainProblem("C-2", number, f"{after.event} is dated before {before.event}"))
        if after.seal_before != before.seal_after and after.event != "opened":
            problems.append(
                ChainProblem(
                    "C-3",
                    number,
                    f"seal {after.seal_before or 'none'} found, {before.seal_after or 'none'} was put on",
                )
            )
    return tuple(problems)
