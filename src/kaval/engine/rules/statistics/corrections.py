"""A figure that was released and is now different gets a correction that says from what to what.

Source: law_and_procedure.md 4.3, test T5.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.statistics.figures import DEFINITIONS, OperationFigures


@dataclass(frozen=True, slots=True)
class Correction:
    """One changed figure: where, which, from what and to what."""

    district: str
    figure: str
    before: int
    after: int


def corrections(released: OperationFigures, current: OperationFigures) -> tuple[Correction, ...]:
    """Every figure that differs, district by district in the order of the current figures, the state last.

    Raises:
        RefusedError: the two are of different operations (CORRECT-OPERATION).
    """
    if released.operation != current.operation:
        raise RefusedError("CORRECT-OPERATION", f"{released.operation} cannot correct {current.operation}")
    before = {row.district: row for row in (*released.districts, released.state)}
    changed: list[Correction] = []
    for row in (*current.districts, current.state):
        old = before.get(row.district)
        for definition in DEFINITIONS:
            was = 0 if old is None else old.value(definition.key)
            if was != row.value(definition.key):
                changed.append(Correction(row.district, definition.key, was, row.value(definition.key)))
    return tuple(changed)
