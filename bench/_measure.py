"""How a benchmark measures: the best of several runs, ours and the peer's taking turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measured pair. `ours_s` and `peer_s`: seconds for the same `amount` of `unit`; less is better.

    `further` are figures measured in the same run, by name with their unit.
    """

    what: str
    peer: str
    unit: str
    amount: float
    ours_s: float
    peer_s: float
    further: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """How many times the peer's time ours takes: 1.0 is even, below it is faster than the peer."""
        return self.ours_s / self.peer_s

    def as_json(self) -> dict[str, str | float]:
        """The comparison with its rates, rounded to what such a measurement can carry."""
        return {
            "what": self.what,
            "peer": self.peer,
            "unit": self.unit,
            "ours_per_s": round(self.amount / self.ours_s, 1),
            "peer_per_s": round(self.amount / self.peer_s, 1),
            "ratio": round(self.ratio, 2),
            **self.further,
        }


def against(ours: Callable[[], object], peer: Callable[[], object], *, runs: int = 5) -> tuple[float, float]:
    """The best time in seconds of each, in turns, so that a busy moment of the machine hits both."""
    best_ours = best_peer = float("inf")
    for _ in range(runs):
        best_ours = min(best_ours, _timed(ours))
        best_peer = min(best_peer, _timed(peer))
    return best_ours, best_peer


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
