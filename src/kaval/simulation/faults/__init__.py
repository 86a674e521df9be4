"""A world in which attribution goes wrong in every documented way, with the truth beside it.

`write_fault_world` makes it; `catalogue()` says what can happen, where that is documented, and which check must speak.
"""

from __future__ import annotations

from kaval.simulation.faults.catalogue import CATALOGUE, CLEAN, Fault, mix_of
from kaval.simulation.faults.world import ROOMS, FaultSummary, write_fault_world

__all__ = ["CLEAN", "Fault", "FaultSummary", "catalogue", "mix_of", "write_fault_world"]


def catalogue() -> tuple[Fault, ...]:
    """Every kind, faults before benign twists, in the order of their rooms."""
    order = [room.__name__ for room in ROOMS]
    found = sorted(CATALOGUE.values(), key=lambda one: order.index(one.make.__module__))
    return tuple(sorted(found, key=lambda one: one.benign))
