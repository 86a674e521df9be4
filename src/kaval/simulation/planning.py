"""The folder that `kaval plan` reads: the places of the day, the same officers with more columns, stations, links.

A day that can be done is drawn first and kept to ourselves: officers four by four as the roster lists them, each team
with places that lie together. Every further rule (a woman of rank where children live, a leader of the place's own
station, a conflict, a warrant's end, linked places) is laid on so that this day still keeps it, so that the folder has
a plan; whoever plans must find one. Draws come from a random source of their own: no other file of a world changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from kaval.simulation.cast import Cast
from kaval.simulation.clock import day_at, iso
from kaval.simulation.figures import Figures
from kaval.simulation.folder import Folder
from kaval.simulation.geography import Map, Station, geojson
from kaval.simulation.ownfiles import OFFICERS, Roster

PLACES = (
    "place_id", "district_id", "station_id", "latitude", "longitude", "kind", "minutes", "terrain", "village",
    "basis", "rank", "not_before", "not_after", "children", "woman_expected", "armed", "cwc_contact", "witnesses",
)  # fmt: skip
MORE_OF_OFFICERS = ("off_duty_at", "villages", "conflicts", "armed", "vehicle")
LINKS = ("place_id", "kind", "key")
FILES = frozenset(("operation.json", "places.csv", "officers.csv", "stations.geojson", "links.csv"))
# No woman of the synthetic rosters is above ASI.
WOMAN_RANK = "ASI"
_RANKED = ("ASI", "SI", "INSPECTOR")
# Speed profile by district; the others are plain.
TERRAINS: Mapping[str, str] = {
    **dict.fromkeys(("TVMC", "KLMC", "KCC", "TSRC", "KKDC", "KNRC"), "city"),
    **dict.fromkeys(("IDK", "WYD", "PTA"), "hill"),
    **dict.fromkeys(("ALP", "KSD"), "coast"),
}
_KINDS = (("house", 60), ("flat", 20), ("lodge", 5), ("hostel", 4), ("shop", 6), ("office", 5))


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a place is; `flat` when several doors share the building."""

    station: Station
    longitude: float
    latitude: float
    village: str
    flat: bool = False


@dataclass(slots=True)
class _Place:
    place_id: str
    ground: Ground
    wave: int = 0
    crew: list[str] = field(default_factory=list)
    special: bool = False
    row: dict[str, str] = field(default_factory=dict)


def put_planning(
    folder: Folder, figures: Figures, *, map_: Map, roster: Roster, cast: Cast, rng: Random
) -> None:
    """Writes planning/ of a world: its planned sites that were neither withdrawn nor deferred."""
    homes = [person.household for person in cast.offenders if person.planned and person.before_day is None]
    doors = [(home.station.station_id, home.house_name, home.ward) for home in homes]
    grounds = [
        Ground(home.station, home.lon, home.lat, home.place, doors.count(door) > 1)
        for home, door in sorted(zip(homes, doors, strict=True), key=lambda one: one[0].household_id)
    ]
    draw_folder(folder, figures, map_=map_, roster=roster, grounds=grounds, rng=rng, at="planning/")


def draw_folder(
    folder: Folder,
    figures: Figures,
    *,
    map_: Map,
    roster: Roster,
    grounds: Sequence[Ground],
    rng: Random,
    terrains: Mapping[str, str] = TERRAINS,
    at: str = "",
) -> None:
    """Writes the files of an operation folder below `at`."""
    rows = {row[0]: dict(zip(OFFICERS, row, strict=True)) for row in roster.rows}
    places = [
        place
        for district, ids in roster.field.items()
        for place in _district_day(
            district, [g for g in grounds if g.station.district.district_id == district], ids
        )
    ]
    links = _links(places, rng)
    _rest_of_officers(rows, figures, rng)
    for place in places:
        _lay_rules(place, figures, officers=rows, rng=rng)
        place.row["terrain"] = terrains.get(place.row["district_id"], "plain")
    _conflicts(places, rows, rng)
    folder.csv(f"{at}places.csv", PLACES, rows=[[one.row.get(name, "") for name in PLACES] for one in places])
    columns = (*OFFICERS, *MORE_OF_OFFICERS)
    folder.csv(
        f"{at}officers.csv", columns, rows=[[row.get(name, "") for name in columns] for row in rows.values()]
    )
    folder.csv(f"{at}links.csv", LINKS, rows=links)
    folder.json(f"{at}stations.geojson", _with_terrain(geojson(map_), terrains))
    folder.json(f"{at}operation.json", operation(figures))


def operation(figures: Figures) -> dict[str, object]:
    """The rules of the day that differ from the defaults of `kaval plan`."""
    return {
        "operation": figures.operation,
        "first_entry_at": iso(day_at(figures.field_day, days=0, hour=7)),
        "last_entry_at": iso(day_at(figures.field_day, days=0, hour=18)),
        "woman_rank": WOMAN_RANK,
    }


def _district_day(district: str, grounds: list[Ground], ids: list[str]) -> Iterator[_Place]:
    """The places of a district in the order of its drawn day: neighbours in one team, loads one apart at most."""
    crews = [ids[first : first + 4] for first in range(0, len(ids), 4)]
    left = sorted(grounds, key=lambda ground: (ground.station.station_id, ground.longitude, ground.latitude))
    number = 0
    for at, crew in enumerate(crews):
        count = len(left) // (len(crews) - at)
        for wave, ground in enumerate(left[:count]):
            number += 1
            yield _Place(f"{district}-P{number:03d}", ground, wave, crew)
        left = left[count:]


def _links(places: list[_Place], rng: Random) -> list[tuple[str, str, str]]:
    """About eight places in a hundred are tied in groups of two to four that the drawn day enters together.

    A household is one position, so its doors lie at one spot; accounts, contacts and groups cross districts.
    """
    first = [place for place in places if place.wave == 0]
    rng.shuffle(first)
    rows: list[tuple[str, str, str]] = []
    number = 0
    while first and len(rows) < len(places) * 0.08:
        number += 1
        kind = rng.choice(("account", "contact", "contact", "group"))
        size = rng.choices((2, 3, 4), (60, 25, 15))[0]
        group, first = first[:size], first[size:]
        if len(group) > 1:
            rows += [(place.place_id, kind, f"{kind[0].upper()}{number:03d}") for place in group]
    return rows + _households(places)


def _households(places: list[_Place]) -> list[tuple[str, str, str]]:
    """Doors of one building that the drawn day enters in one wave, a few of them."""
    rows, number = [], 0
    at: dict[tuple[float, float, int], list[_Place]] = {}
    for place in places:
        if place.wave == 0:
            at.setdefault((place.ground.longitude, place.ground.latitude, place.wave), []).append(place)
    for doors in at.values():
        if len(doors) == 2:
            number += 1
            rows += [(place.place_id, "household", f"H{number:03d}") for place in doors]
    return rows


def _lay_rules(
    place: _Place, figures: Figures, *, officers: Mapping[str, Mapping[str, str]], rng: Random
) -> None:
    """Columns of one place; what a team must bring is asked only where the crew of the drawn day brings it."""
    ground = place.ground
    kind = "flat" if ground.flat else rng.choices([k for k, _ in _KINDS], [w for _, w in _KINDS])[0]
    place.row = {
        "place_id": place.place_id,
        "district_id": ground.station.district.district_id,
        "station_id": ground.station.station_id,
        "latitude": f"{ground.latitude:.6f}",
        "longitude": f"{ground.longitude:.6f}",
        "kind": kind,
        "village": ground.village,
        "basis": "WARRANT_96",
        "children": rng.choice(("", "", "no")),
        "witnesses": f"W-{place.place_id}" if rng.random() < 0.15 else "",
    }
    leader, *_, woman = (officers[one] for one in place.crew)
    asked = rng.random()
    if asked < 0.12 and woman["rank"] in _RANKED:
        place.row |= {"children": "yes", "cwc_contact": f"CWC {ground.station.district.district_id}"}
    elif 0.12 <= asked < 0.15 and woman["rank"] in _RANKED:
        place.row["woman_expected"] = "yes"
    elif 0.15 <= asked < 0.30 and leader["station_id"] == ground.station.station_id:
        place.row["basis"] = "POLICE_185"
    elif 0.30 <= asked < 0.34 and leader["armed"] == "yes":
        place.row["armed"] = "yes"
    elif 0.34 <= asked < 0.36 and leader["rank"] == "INSPECTOR":
        place.row["rank"] = "INSPECTOR"
    elif 0.36 <= asked < 0.40:
        place.row |= _window(place, figures, rng)


def _window(place: _Place, figures: Figures, rng: Random) -> dict[str, str]:
    """A warrant that ends where the drawn day begins, or a school that must have begun where it comes later."""
    start = day_at(figures.field_day, days=0, hour=7)
    if place.wave == 0:
        return {"not_after": iso(start + timedelta(hours=rng.choice((4, 5))))}
    return {"not_before": iso(start + timedelta(minutes=rng.choice((90, 105, 120))))}


def _rest_of_officers(rows: Mapping[str, dict[str, str]], figures: Figures, rng: Random) -> None:
    """Duties ended in time for the rest, weapons and vehicles; desks are left blank."""
    evening: datetime = day_at(figures.field_day, days=-1, hour=17)
    for row in rows.values():
        if row["role"]:
            continue
        row["off_duty_at"] = iso(evening + timedelta(minutes=30 * rng.randrange(9)))
        leads = row["rank"] in ("SI", "INSPECTOR")
        row["armed"] = "yes" if rng.random() < (0.7 if leads else 0.1) else "no"
        row["vehicle"] = "yes" if rng.random() < (0.9 if leads else 0.2) else "no"


def _conflicts(places: list[_Place], rows: Mapping[str, dict[str, str]], rng: Random) -> None:
    """Some officers live in a village of the day or have an interest in a place; never in one their own crew enters."""
    by_district: dict[str, list[_Place]] = {}
    own: dict[str, set[str]] = {}
    for place in places:
        by_district.setdefault(place.row["district_id"], []).append(place)
        for officer in place.crew:
            own.setdefault(officer, set()).update((place.place_id, place.ground.village))
    for officer, taken in own.items():
        near = by_district[rows[officer]["district_id"]]
        village, interest = rng.choice(near).ground.village, rng.choice(near).place_id
        if rng.random() < 0.2 and village not in taken:
            rows[officer]["villages"] = village
        if rng.random() < 0.03 and interest not in taken:
            rows[officer]["conflicts"] = interest


def _with_terrain(map_file: dict[str, object], terrains: Mapping[str, str]) -> dict[str, object]:
    features = map_file["features"]
    assert isinstance(features, list)
    for feature in features:
        properties = feature["properties"]
        if properties["kind"] == "station":
            properties["terrain"] = terrains.get(properties["district_id"], "plain")
    return map_file
