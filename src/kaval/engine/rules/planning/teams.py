"""Teams of four from a district's officers: always as many as can be formed, the same ones every time.

A team has four different officers: a leader of rank SI or above, one with the skill `cyber`, one with
`technical`, and a woman (police practice, law_and_procedure.md 2.7). An officer may fit several roles and
fills one. By Hall's theorem k teams can be formed exactly when every set S of roles has at least k*|S|
officers fit for some role of S, so the maximum is known before anybody is placed; a flow then places
officers by kind.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import combinations

from kaval.engine.rules.attribution.rank import RANKS, rank_at_least
from kaval.engine.rules.planning.shapes import ROLES, Officer, Shortage, Team

_SETS = tuple(roles for size in (1, 2, 3, 4) for roles in combinations(ROLES, size))
_WORDS = {
    "leader": ("officer of rank SI or above", "officers of rank SI or above", "എസ്ഐയോ അതിനു മുകളിലോ ഉള്ളവർ"),
    "cyber": ("cyber officer", "cyber officers", "സൈബർ ഉദ്യോഗസ്ഥർ"),
    "technical": ("technical officer", "technical officers", "സാങ്കേതിക ഉദ്യോഗസ്ഥർ"),
    "woman": ("woman officer", "women officers", "വനിതാ ഉദ്യോഗസ്ഥർ"),
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def form_teams(
    officers: Iterable[Officer],
    *,
    district: str,
    on: date,
    count: int | None = None,
    district_name: str = "",
    bases: Mapping[str, tuple[float, float]] | None = None,
) -> tuple[tuple[Team, ...], tuple[Shortage, ...]]:
    """The teams of one district for a date, and what is lacking for `count` (None: as many as there can be).

    Officers on leave, of other districts or with a desk role are left out. `bases` gives a station's
    (latitude, longitude); a team sets out from its leader's station.
    """
    present = sorted(
        {
            one.officer_id: one
            for one in officers
            if one.district_id == district and not one.role and not one.on_leave(on)
        }.values(),
        key=lambda one: (one.station_id, one.officer_id),
    )
    fits = {one.officer_id: fitting_roles(one) for one in present}
    most = _most(fits.values())
    number = most if count is None else min(count, most)
    shortages = (
        ()
        if count is None or count <= most
        else _shortages(fits, count, names=(district, district_name or district))
    )
    chosen = _place(present, fits, number)
    by_id = {one.officer_id: one for one in present}
    return tuple(_teams(chosen, by_id, district=district, bases=bases or {})), shortages


def fitting_roles(officer: Officer) -> frozenset[str]:
    """The roles this officer could fill."""
    tests = {
        "leader": rank_at_least(officer.rank, "SI"),
        "cyber": "cyber" in officer.skills,
        "technical": "technical" in officer.skills,
        "woman": officer.gender == "F",
    }
    return frozenset(role for role, true in tests.items() if true)


def _most(fits: Iterable[frozenset[str]]) -> int:
    every = list(fits)
    return min(sum(1 for roles in every if roles & set(chosen)) // len(chosen) for chosen in _SETS)


def _shortages(
    fits: Mapping[str, frozenset[str]], count: int, *, names: tuple[str, str]
) -> tuple[Shortage, ...]:
    """The smallest sets of roles that lack officers; a set is not named when a part of it already explains
    the lack."""
    found: list[Shortage] = []
    for chosen in _SETS:
        lacking = count * len(chosen) - sum(1 for roles in fits.values() if roles & set(chosen))
        explained = sum(one.lacking for one in found if set(one.roles) <= set(chosen))
        if lacking > explained:
            found.append(_shortage(names, chosen, lacking=lacking, count=count))
    return tuple(found)


def _shortage(names: tuple[str, str], roles: tuple[str, ...], *, lacking: int, count: int) -> Shortage:
    district, name = names
    amount = _NUMBERS[lacking] if lacking < len(_NUMBERS) else str(lacking)
    form = 0 if lacking == 1 else 1
    who = " or ".join(_WORDS[role][form] for role in roles)
    who_ml = " / ".join(_WORDS[role][2] for role in roles)
    return Shortage(
        district,
        roles,
        lacking,
        f"{name} lacks {amount} {who} for {count} teams.",
        f"{name}: {count} സംഘങ്ങൾക്ക് {lacking} {who_ml} കുറവുണ്ട്.",
    )


class _Roster:
    """Officers in roles, grown one role at a time by shortest augmenting paths."""

    def __init__(self, ids: list[str], fits: Mapping[str, frozenset[str]]) -> None:
        self.ids, self.fits = ids, fits
        self.role_of: dict[str, str] = {}
        self.holds: dict[str, list[str]] = {role: [] for role in ROLES}

    def add(self, wanted: str) -> None:
        """One more officer for the wanted role, moving others along roles until a free officer is met."""
        came_from: dict[str, tuple[str, str]] = {}
        queue, seen = deque([wanted]), {wanted}
        while queue:
            role = queue.popleft()
            for officer in (one for one in self.ids if role in self.fits[one]):
                held = self.role_of.get(officer)
                if held is None:
                    self._settle(officer, role, came_from)
                    return
                if held not in seen:
                    seen.add(held)
                    came_from[held] = (officer, role)
                    queue.append(held)

    def _settle(self, officer: str, role: str, came_from: Mapping[str, tuple[str, str]]) -> None:
        """The free officer takes the last role of the path; each officer before moves one role back."""
        self._take(officer, role)
        while role in came_from:
            moved, onward = came_from[role]
            self.holds[role].remove(moved)
            self._take(moved, onward)
            role = onward

    def _take(self, officer: str, role: str) -> None:
        self.role_of[officer] = role
        self.holds[role].append(officer)


def _place(present: list[Officer], fits: Mapping[str, frozenset[str]], number: int) -> dict[str, list[str]]:
    """`number` officers for each role; those who fit one role only come first, then the higher rank."""
    order = sorted(
        present, key=lambda one: (len(fits[one.officer_id]), -_rank(one), one.station_id, one.officer_id)
    )
    roster = _Roster([one.officer_id for one in order], fits)
    for role in ROLES:
        for _ in range(number):
            roster.add(role)
    return roster.holds


def _teams(
    chosen: dict[str, list[str]],
    by_id: Mapping[str, Officer],
    *,
    district: str,
    bases: Mapping[str, tuple[float, float]],
) -> Iterable[Team]:
    """Teams numbered by station; each leader is joined first by officers of the same station."""
    leaders = sorted(chosen["leader"], key=lambda one: (by_id[one].station_id, one))
    members = {role: _near(leaders, chosen[role], by_id) for role in ROLES[1:]}
    for index, leader in enumerate(leaders):
        latitude, longitude = bases.get(by_id[leader].station_id, (None, None))
        yield Team(
            f"{district}-{index + 1:02d}",
            district,
            leader,
            members["cyber"][index],
            members["technical"][index],
            members["woman"][index],
            latitude,
            longitude,
        )


def _near(leaders: list[str], others: list[str], by_id: Mapping[str, Officer]) -> list[str]:
    waiting: dict[str, list[str]] = defaultdict(list)
    for one in sorted(others, reverse=True):
        waiting[by_id[one].station_id].append(one)
    places: list[str | None] = []
    for leader in leaders:
        same = waiting[by_id[leader].station_id]
        places.append(same.pop() if same else None)
    rest = sorted((one for left in waiting.values() for one in left), reverse=True)
    return [one if one is not None else rest.pop() for one in places]


def _rank(officer: Officer) -> int:
    return RANKS.index(officer.rank) if officer.rank in RANKS else -1
