"""What an officer finds at each address some days before the field day, without asking at the door."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from kaval.simulation.clock import day_at, iso
from kaval.simulation.figures import Figures
from kaval.simulation.folder import Folder
from kaval.simulation.ownfiles import Roster
from kaval.simulation.people import Line

HEADER = (
    "isp_id", "customer_ref", "station_id", "verified_by", "verified_at", "house_name", "ward", "door_number",
    "unit_found", "single_match", "occupant_at_event", "resident_since", "children_seen", "wifi", "notes",
)  # fmt: skip


def put_ground(folder: Folder, figures: Figures, *, lines: list[Line], roster: Roster, rng: Random) -> None:
    """One row for every line named in the answers, between ten and five days before the field day."""
    rows = [_row(line, figures, roster=roster, rng=rng) for line in lines]
    folder.csv("verification/ground.csv", HEADER, rows=rows)


def _row(line: Line, figures: Figures, *, roster: Roster, rng: Random) -> list[str]:
    home = line.household
    at = day_at(
        figures.field_day, days=-rng.randint(6, 10), hour=rng.randint(9, 17), minute=rng.randrange(60)
    )
    years = timedelta(days=rng.randint(200, 9000))
    since = figures.field_day - (timedelta(days=19) if line.occupant == "other" else years)
    return [
        line.isp_id,
        line.customer_ref,
        home.station.station_id,
        rng.choice(roster.field[home.station.district.district_id]),
        iso(at),
        home.house_name,
        home.ward,
        home.door,
        "yes" if line.unit_found else "no",
        "yes" if line.single_match else "no",
        line.occupant,
        since.isoformat(),
        rng.choice(("yes", "no", "unknown")),
        line.wifi,
        "",
    ]
