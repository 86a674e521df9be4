"""How much each platform tells: shares of its reports that carry a thing at all. Invented, and far apart on purpose.

Named for what a good report needs; the station is told none of it and must find quality from the reports.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaval.simulation.people import PLATFORMS


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares from 0 to 1. `urgent`: an urgent matter that the provider marks as such. `annotated`: a file whose
    nature it tags. `viral`: a viral file that it tags. `seen`, `unseen`: files that somebody at the provider looked
    at, or did not; for the rest it does not say.
    """

    name: float
    born: float
    address: float
    email: float
    phone: float
    account: float
    device: float
    port: float
    files: float
    annotated: float
    viral: float
    urgent: float
    victim: float
    sha1: float
    seen: float
    unseen: float


_ROWS: tuple[tuple[float, ...], ...] = (
    # In the order of the fields.
    (0.75, 0.60, 0.30, 0.70, 0.55, 1.00, 0.35, 0.95, 0.55, 0.70, 0.60, 0.85, 0.70, 1.00, 0.60, 0.30),
    (0.55, 0.40, 0.10, 0.30, 0.80, 1.00, 0.50, 0.80, 0.35, 0.45, 0.30, 0.70, 0.50, 0.90, 0.20, 0.30),
    (0.60, 0.55, 0.15, 0.75, 0.20, 0.95, 0.20, 0.90, 0.85, 0.75, 0.70, 0.60, 0.40, 1.00, 0.70, 0.20),
    (0.85, 0.45, 0.50, 0.90, 0.40, 1.00, 0.15, 0.60, 0.90, 0.30, 0.50, 0.35, 0.20, 0.70, 0.25, 0.65),
    (0.80, 0.70, 0.25, 1.00, 0.50, 1.00, 0.10, 0.50, 0.60, 0.20, 0.10, 0.30, 0.30, 0.80, 0.10, 0.30),
    (0.35, 0.30, 0.05, 0.40, 0.10, 0.80, 0.25, 0.70, 0.75, 0.60, 0.40, 0.65, 0.50, 0.60, 0.40, 0.40),
)

QUALITY: dict[str, Quality] = {
    platform: Quality(*row) for platform, row in zip(PLATFORMS, _ROWS, strict=True)
}
