"""Whole numbers shared out by weight, so that the shares add up to the total exactly."""

from __future__ import annotations

from kaval.simulation.figures import Figures
from kaval.simulation.geography import DISTRICTS


def share(total: int, weights: dict[str, int], *, at_least: int = 0) -> dict[str, int]:
    """`total` by largest remainder, each share `at_least`; ValueError when the total is too small."""
    left = total - at_least * len(weights)
    if left < 0:
        raise ValueError(f"{total} cannot give {at_least} to each of {len(weights)}")
    whole = sum(weights.values())
    shares = {key: at_least + left * weight // whole for key, weight in weights.items()}
    by_rest = sorted(weights, key=lambda key: (-(left * weights[key] % whole), key))
    for key in by_rest[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


def teams_by_district(figures: Figures) -> dict[str, int]:
    """Teams of each district that takes part, at least one each."""
    weights = {
        d.district_id: d.weight
        for d in DISTRICTS
        if not figures.districts or d.district_id in figures.districts
    }
    return share(figures.teams, weights, at_least=1)


def sites_by_district(figures: Figures) -> dict[str, int]:
    """Planned sites of each district in proportion to its teams, so that no district is far off the mean."""
    return share(figures.sites, teams_by_district(figures))
