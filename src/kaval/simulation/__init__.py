"""A synthetic state with known truth: writes everything an operation would be handed, and who is who.

Synthetic data only: invented people, documentation and benchmark address ranges, generated patterns.
"""

from __future__ import annotations

from kaval.simulation.figures import FIGURES, OPERATIONS, SIMULATOR_VERSION, Figures
from kaval.simulation.images import MissingTool
from kaval.simulation.world import ForeignFolder, WorldSummary, write_world

__all__ = [
    "FIGURES",
    "OPERATIONS",
    "SIMULATOR_VERSION",
    "Figures",
    "ForeignFolder",
    "MissingTool",
    "WorldSummary",
    "write_world",
]
