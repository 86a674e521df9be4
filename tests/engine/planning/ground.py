"""A synthetic district map for planning tests: seeded, no real place."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

from kaval.engine.rules.planning.shapes import Site, Team

FIELD_DAY = date(2026, 3, 1)
FIRST_ENTRY = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


def land(
    sites: int, teams: int, *, districts: int = 1, seed: int = 1, linked: int = 0
) -> tuple[list[Site], list[Team]]:
    """Sites and teams spread over square districts; the first `linked` sites share a contact."""
    dice = random.Random(seed)
    names = [f"D{n:02d}" for n in range(districts)]

    def point(index: int) -> tuple[float, float]:
        return 8.4 + 0.2 * (index % districts) + dice.uniform(-0.2, 0.2), 76.9 + dice.uniform(-0.2, 0.2)

    made = [
        Site(
            f"S{n:04d}",
            names[n % districts],
            f"ST-{n % districts}",
            *point(n),
            ("contact 1",) if n < linked else (),
        )
        for n in range(sites)
    ]
    crews = [
        Team(
            f"{names[n % districts]}-{n // districts + 1:02d}",
            names[n % districts],
            f"a{n}",
            f"b{n}",
            f"c{n}",
            f"d{n}",
            *point(n),
        )
        for n in range(teams)
    ]
    return made, crews
