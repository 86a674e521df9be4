"""What the unit itself knows: the order, officers, map, providers and the allocation table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from kaval.simulation import names
from kaval.simulation.clock import calendar
from kaval.simulation.figures import Figures
from kaval.simulation.folder import Folder
from kaval.simulation.geography import DISTRICTS, Map, Station, geojson
from kaval.simulation.isps import allocation_rows, isp_rows
from kaval.simulation.quotas import teams_by_district

OFFICERS = (
    "officer_id", "name", "name_ml", "rank", "gender", "station_id", "district_id", "skills", "role",
    "leave_from", "leave_to",
)  # fmt: skip
ALLOCATION = ("cidr", "isp_id", "kind", "routable", "valid_from", "valid_to", "source")
ISPS = ("isp_id", "name", "kind", "answer_layout", "subscriber_layout", "zone", "cgnat", "contact")

# Role, rank and how many of them sit at headquarters.
_HQ: tuple[tuple[str, str, int], ...] = (
    ("intake_clerk", "SCPO", 2),
    ("analyst", "SI", 3),
    ("second_reader", "INSPECTOR", 2),
    ("supervisor", "DYSP", 2),
    ("commander", "SP", 1),
    ("deputy_commander", "DYSP", 1),
    ("custodian", "ASI", 2),
    ("examiner", "SI", 3),
    ("court_officer", "INSPECTOR", 1),
    ("press_officer", "INSPECTOR", 1),
    ("auditor", "DYSP", 1),
    ("admin", "SI", 1),
)


class Roster:
    """Officers numbered in one series; `field` keeps the ids of each district's field officers, four a team.

    `teams` by district: those of the operation unless given.
    """

    def __init__(
        self, figures: Figures, map_: Map, rng: Random, *, teams: Mapping[str, int] | None = None
    ) -> None:
        self.figures, self.map, self.rng = figures, map_, rng
        self.rows: list[list[str]] = []
        self.field: dict[str, list[str]] = {}
        self._headquarters()
        for district_id, count in (teams or teams_by_district(figures)).items():
            self._district(district_id, count)

    def _add(
        self, rank: str, gender: str, *, station: str, district: str, skills: str, role: str
    ) -> list[str]:
        name, name_ml = names.person_name(self.rng, gender)
        officer_id = f"KP{101 + len(self.rows)}"
        row = [officer_id, name, name_ml, rank, gender, station, district, skills, role, "", ""]
        self.rows.append(row)
        return row

    def _headquarters(self) -> None:
        for role, rank, count in _HQ:
            for _ in range(count):
                gender = self.rng.choice("FM")
                self._add(rank, gender, station="HQ", district="HQ", skills="cyber", role=role)
        for district in DISTRICTS:
            gender, place = self.rng.choice("FM"), district.district_id
            self._add("DYSP", gender, station="HQ", district=place, skills="", role="district_chief")

    def _district(self, district_id: str, teams: int) -> None:
        """Four officers for each team, so that exactly `teams` can be formed; some more are on leave."""
        rng, stations = self.rng, self.map.stations[district_id]
        self.field[district_id] = []
        for _ in range(teams):
            for part in ("leader", "cyber", "technical", "woman"):
                row = self._member(part, rng.choice(stations), district_id)
                self.field[district_id].append(row[0])
                if rng.random() < 0.06:
                    self._leave(row, first=-40, last=-12)
        for _ in range(1 + teams // 8):
            part = rng.choice(("leader", "cyber", "technical", "woman"))
            self._leave(self._member(part, rng.choice(stations), district_id), first=-3, last=4)

    def _member(self, part: str, station: Station, district_id: str) -> list[str]:
        rng = self.rng
        rank = (
            rng.choice(("SI", "SI", "SI", "INSPECTOR"))
            if part == "leader"
            else rng.choice(("CPO", "SCPO", "ASI"))
        )
        gender = "F" if part == "woman" else "M"
        skills = {
            "leader": ["search"] + ["cyber"] * (rng.random() < 0.1),
            "cyber": ["cyber"] + ["technical"] * (rng.random() < 0.15),
            "technical": ["technical"] + ["search"] * (rng.random() < 0.2),
            "woman": ["women_cell"] + ["search"] * (rng.random() < 0.3),
        }[part]
        place = station.station_id
        return self._add(rank, gender, station=place, district=district_id, skills=";".join(skills), role="")

    def _leave(self, row: list[str], *, first: int, last: int) -> None:
        """Leave from and to inclusive days, counted from the field day."""
        day = self.figures.field_day
        row[9] = (day + timedelta(days=first)).isoformat()
        row[10] = (day + timedelta(days=last)).isoformat()


def put_own_files(folder: Folder, figures: Figures, *, map_: Map, roster: Roster) -> None:
    """Writes station/."""
    order = {
        "operation": figures.operation,
        "code": figures.code,
        "name": figures.name,
        "name_ml": figures.name_ml,
        "calendar": calendar(figures.field_day),
        "legal_basis": {
            "search_basis": "WARRANT_96",
            "court": "Training Court of Session, Example Circle",
            "warrant_series": f"TRG/{figures.field_day.year}/{figures.operation}/",
        },
        "training": True,
    }
    folder.json("station/order.json", order)
    folder.csv("station/officers.csv", OFFICERS, rows=roster.rows)
    folder.json("station/stations.geojson", geojson(map_))
    folder.csv("station/allocation.csv", ALLOCATION, rows=allocation_rows(figures.field_day))
    folder.csv("station/isps.csv", ISPS, rows=isp_rows())
