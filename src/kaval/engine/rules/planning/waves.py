"""Which wave each linked site must take, so that one entry warns nobody before the next.

Sites that share a household or a contact form a group; a group gets one wave, in every district it reaches.
Wave w of a district holds as many sites as it has teams with more than w stops.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from kaval.engine.rules.planning.shapes import Site


def capacities(sites: int, teams: int) -> tuple[int, ...]:
    """How many sites each wave holds when loads differ by at most one; empty without sites or teams."""
    if not sites or not teams:
        return ()
    full, rest = divmod(sites, teams)
    return (teams,) * full + ((rest,) if rest else ())


def linked_groups(sites: Sequence[Site]) -> list[list[Site]]:
    """Groups of two or more sites joined by shared links, directly or through others; largest first, then
    by id."""
    root = {site.site_id: site.site_id for site in sites}

    def find(one: str) -> str:
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    holder: dict[str, str] = {}
    for site in sites:
        for link in site.links:
            mine, other = find(site.site_id), find(holder.setdefault(link, site.site_id))
            root[max(mine, other)] = min(mine, other)
    grouped: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        grouped[find(site.site_id)].append(site)
    return sorted(
        (group for group in grouped.values() if len(group) > 1), key=lambda one: (-len(one), one[0].site_id)
    )


def fix_waves(
    sites: Sequence[Site], capacity: Mapping[str, tuple[int, ...]]
) -> tuple[dict[str, int], list[str]]:
    """The wave of every linked site, the earliest its whole group fits, and notes on groups that fit no
    single wave."""
    left = {district: list(waves) for district, waves in capacity.items()}
    fixed: dict[str, int] = {}
    notes: list[str] = []
    for group in linked_groups(sites):
        demand = Counter(site.district_id for site in group)
        shared = min(len(left[district]) for district in demand)
        wave = next(
            (one for one in range(shared) if all(left[where][one] >= many for where, many in demand.items())),
            None,
        )
        if wave is None:
            notes.append(
                f"No single wave holds the linked sites {', '.join(site.site_id for site in group)}."
            )
        for site in group:
            room = left[site.district_id]
            chosen = wave if wave is not None else next(one for one, many in enumerate(room) if many)
            fixed[site.site_id] = chosen
            room[chosen] -= 1
    return fixed, notes
