"""The problem that the files of an operation folder state; every column with its unit stands in docs/planning.md.

`operation.json`, `places.csv`, `officers.csv`, `stations.geojson` are needed, `links.csv` and `matrix.csv` may be
absent; a table may come as XLSX under the same name. A column that is absent switches its rule off and leaves a note.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from kaval.engine.formats.planning._columns import Row, read_table
from kaval.engine.formats.planning._settings import FILE, read_settings
from kaval.engine.formats.roster import read_places
from kaval.engine.kernel import geometry
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.attribution.rank import RANKS
from kaval.engine.rules.planning.gates import BASIS_DOCUMENTS
from kaval.engine.rules.planning.problem import (
    LINK_KINDS,
    Officer,
    Point,
    Problem,
    Rules,
    Site,
    StationPoint,
)

FILES: Final = (FILE, "places.csv", "officers.csv", "stations.geojson", "links.csv", "matrix.csv")
PLACE_NEEDED: Final = ("place_id", "district_id", "station_id", "latitude", "longitude")
PLACE_COLUMNS: Final = {
    "kind": "the stay of every place is that of the kind '' (90 minutes unless operation.json says otherwise)",
    "minutes": "the stay follows the kind of place",
    "terrain": "speeds are those of the terrain ''",
    "village": "P-VILLAGE is not applied",
    "basis": "P-LIMITS is not applied",
    "rank": "P-RANK asks for the leader's rank of the operation only",
    "not_before": "no place has an earliest entry of its own (P-WARRANT)",
    "not_after": "no place has a latest entry of its own (P-WARRANT)",
    "children": "P-CHILD is not applied for children",
    "woman_expected": "P-CHILD is not applied for women",
    "armed": "P-ARMED is not applied",
    "cwc_contact": "no child welfare contact is named",
    "witnesses": "P-WITNESS is not applied",
}
OFFICER_NEEDED: Final = ("officer_id", "rank", "gender", "station_id", "district_id", "skills")
OFFICER_COLUMNS: Final = {
    "role": "P-DESK is not applied",
    "leave_from": "P-LEAVE has no first day",
    "leave_to": "P-LEAVE has no last day",
    "off_duty_at": "P-REST is not applied",
    "villages": "P-VILLAGE is not applied",
    "conflicts": "P-CONFLICT is not applied",
    "armed": "no officer counts as armed (P-ARMED)",
    "vehicle": "no officer counts as having a vehicle (P-VEHICLE)",
}
_NAMES = ("name", "name_ml")
_MANY_HOURS = 24 * 60
_FAR_KM = 150.0


def read_problem(files: Mapping[str, bytes]) -> Problem:
    """What is to be planned, from the bytes of the files by name; same files, same problem.

    Raises:
        ReaderError: a file is missing, or says something that cannot be meant; names file, row, column and mend.
    """
    settings = read_settings(_file(files, FILE))
    stations = _stations(_file(files, "stations.geojson"))
    tables = {
        "places": read_table(
            _file(files, "places.csv"), file="places.csv", needed=PLACE_NEEDED, known=tuple(PLACE_COLUMNS)
        ),
        "officers": read_table(
            _file(files, "officers.csv"),
            file="officers.csv",
            needed=OFFICER_NEEDED,
            known=(*OFFICER_COLUMNS, *_NAMES),
        ),
    }
    sites = {key: _site(key, row, stations) for key, row in tables["places"].keyed("place_id")}
    officers = tuple(
        _officer(key, row, stations, places=sites) for key, row in tables["officers"].keyed("officer_id")
    )
    _known_districts(settings.rules, stations)
    linked, links_notes = _links(files.get("links.csv"), sites)
    notes = [
        *settings.notes,
        *tables["places"].notes,
        *tables["places"].absent(PLACE_COLUMNS),
        *tables["officers"].notes,
        *tables["officers"].absent(OFFICER_COLUMNS),
        *links_notes,
        *_unknown_words(sites.values(), stations.values(), settings.rules),
    ]
    return Problem(
        settings.operation,
        settings.rules,
        tuple(replace(site, links=linked.get(key, ())) for key, site in sites.items()),
        officers,
        tuple(stations.values()),
        _matrix(files.get("matrix.csv"), {*sites, *stations}),
        tuple(notes),
    )


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise ReaderError(
            "the file is missing", file=name, mend="docs/planning.md lists the files of an operation"
        )
    return files[name]


def _stations(content: bytes) -> dict[str, StationPoint]:
    """The police stations by id; `read_places` has checked the file, the terrain is a property of ours beside it."""
    districts, stations = read_places(content, file="stations.geojson")
    names = {district.code: district.name for district in districts}
    terrains = {
        feature["properties"]["id"]: str(feature["properties"].get("terrain") or "")
        for feature in json.loads(content)["features"]
        if feature["properties"]["kind"] == "station"
    }
    found: dict[str, StationPoint] = {}
    for station in stations:
        if station.code in found:
            raise ReaderError(f"station {station.code} comes twice", file="stations.geojson", mend="Keep one")
        if abs(station.latitude) > 90 or abs(station.longitude) > 180:
            raise ReaderError(
                f"the point of station {station.code} lies on no map",
                file="stations.geojson",
                mend="Write point as [longitude, latitude] in degrees",
            )
        point = Point(station.code, station.latitude, station.longitude, terrains[station.code])
        found[station.code] = StationPoint(
            station.code, station.district, point, station.name, names[station.district]
        )
    return found


def _site(key: str, row: Row, stations: Mapping[str, StationPoint]) -> Site:
    station = _station_of(row, stations)
    latitude, longitude = row.degrees("latitude", most=90), row.degrees("longitude", most=180)
    _near(row, station.point, (longitude, latitude))
    opens, closes = row.instant("not_before"), row.instant("not_after")
    if opens is not None and closes is not None and closes < opens:
        raise row.wrong("not_after", "not_after lies before not_before", "Correct one of the two times")
    return Site(
        key,
        station.district_id,
        station.station_id,
        latitude,
        longitude,
        kind=row["kind"],
        minutes=row.whole("minutes", most=_MANY_HOURS),
        terrain=row["terrain"],
        village=row["village"],
        basis=row.one_of("basis", tuple(BASIS_DOCUMENTS)),
        rank=row.one_of("rank", RANKS),
        not_before=opens,
        not_after=closes,
        children=row.flag("children"),
        woman_expected=row.flag("woman_expected"),
        armed=row.flag("armed") is True,
        cwc_contact=row["cwc_contact"],
        witnesses=row.several("witnesses"),
    )


def _station_of(row: Row, stations: Mapping[str, StationPoint]) -> StationPoint:
    name, district = row.needed("station_id"), row.needed("district_id")
    if name not in stations:
        raise row.wrong(
            "station_id", f"{name} is no station of stations.geojson", "Correct it, or add the station"
        )
    if stations[name].district_id != district:
        raise row.wrong(
            "district_id",
            f"station {name} lies in district {stations[name].district_id}, not {district}",
            "Correct the district or the station",
        )
    return stations[name]


def _near(row: Row, station: Point, place: tuple[float, float]) -> None:
    """Refuses a point far from its station that would lie near it with latitude and longitude exchanged."""
    home = (station.longitude, station.latitude)
    if geometry.distance_km(home, place) <= _FAR_KM:
        return
    exchanged = (place[1], place[0])
    if abs(exchanged[1]) <= 90 and geometry.distance_km(home, exchanged) <= _FAR_KM:
        raise row.wrong(
            "latitude, longitude",
            "latitude and longitude are exchanged",
            "Exchange the two columns: Kerala lies near 10, 76",
        )
    raise row.wrong(
        "latitude, longitude",
        f"the place lies {geometry.distance_km(home, place):.0f} km from its police station",
        "Correct the position or the station",
    )


def _officer(
    key: str, row: Row, stations: Mapping[str, StationPoint], *, places: Mapping[str, Site]
) -> Officer:
    """An officer; whoever has a desk may be posted where there is no station, such as HQ."""
    if not row["role"]:
        _station_of(row, stations)
    if not row["rank"] or row.one_of("gender", ("F", "M")) == "":
        raise row.wrong("rank" if not row["rank"] else "gender", "nothing stands here", "Fill it")
    strange = [place for place in row.several("conflicts") if place not in places]
    if strange:
        raise row.wrong(
            "conflicts", f"{', '.join(strange)}: no such place in places.csv", "Correct or remove it"
        )
    first, last = row.day("leave_from"), row.day("leave_to")
    if first is not None and last is not None and last < first:
        raise row.wrong("leave_to", "leave_to lies before leave_from", "Correct one of the two dates")
    return Officer(
        key,
        row.one_of("rank", RANKS),
        row["gender"],
        row["station_id"],
        row["district_id"],
        frozenset(row.several("skills")),
        role=row["role"],
        leave_from=first,
        leave_to=last,
        off_duty_at=row.instant("off_duty_at"),
        villages=frozenset(row.several("villages")),
        conflicts=frozenset(row.several("conflicts")),
        armed=row.flag("armed"),
        vehicle=row.flag("vehicle"),
    )


def _links(
    content: bytes | None, sites: Mapping[str, Site]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The link keys of each place, in a fixed order."""
    if content is None:
        return {}, ("no links.csv: no places are tied to each other (P-LINK)",)
    table = read_table(content, file="links.csv", needed=("place_id", "kind", "key"))
    found: dict[str, set[str]] = {}
    for row in table.rows:
        place = _known(row, "place_id", sites)
        if not row.one_of("kind", LINK_KINDS):
            raise row.wrong("kind", "nothing stands here", f"Write one of {', '.join(LINK_KINDS)}")
        found.setdefault(place, set()).add(f"{row['kind']}:{row.needed('key')}")
    return {place: tuple(sorted(keys)) for place, keys in found.items()}, table.notes


def _matrix(content: bytes | None, keys: set[str]) -> dict[tuple[str, str], tuple[int, int | None]]:
    """Minutes and metres by (from, to); each direction stands for itself."""
    if content is None:
        return {}
    table = read_table(content, file="matrix.csv", needed=("from", "to", "minutes"), known=("metres",))
    found: dict[tuple[str, str], tuple[int, int | None]] = {}
    for row in table.rows:
        way = (_known(row, "from", keys), _known(row, "to", keys))
        minutes = row.whole("minutes", most=_MANY_HOURS)
        if minutes is None:
            raise row.wrong("minutes", "nothing stands here", "Fill it, or remove the row")
        if way in found:
            raise row.wrong("to", f"the way from {way[0]} to {way[1]} comes twice", "Keep one of the rows")
        found[way] = (minutes, row.whole("metres", most=9_999_999))
    return found


def _known(row: Row, name: str, keys: Mapping[str, Site] | set[str]) -> str:
    text = row.needed(name)
    if text not in keys:
        raise row.wrong(name, f"{text} is in no other file", "Correct the id, or add it to its file")
    return text


def _known_districts(rules: Rules, stations: Mapping[str, StationPoint]) -> None:
    strange = sorted(set(rules.teams) - {station.district_id for station in stations.values()})
    if strange:
        raise ReaderError(
            f"{', '.join(strange)}: no such district in stations.geojson",
            file=FILE,
            place="member teams",
            mend="Correct the district ids",
        )


def _unknown_words(sites: Iterable[Site], stations: Iterable[StationPoint], rules: Rules) -> Iterable[str]:
    """Notes on kinds and terrains without a figure, which fall back to the figure of ''."""
    sites = tuple(sites)
    kinds = sorted({site.kind for site in sites if site.minutes is None} - set(rules.minutes_by_kind) - {""})
    lands = {site.terrain for site in sites} | {station.point.terrain for station in stations}
    terrains = sorted(lands - set(rules.terrains) - {""})
    if kinds:
        yield f"no minutes for the kind {', '.join(kinds)}: the stay of the kind '' is taken"
    if terrains:
        yield f"no speed for the terrain {', '.join(terrains)}: that of the terrain '' is taken"


__all__ = ["FILES", "OFFICER_COLUMNS", "OFFICER_NEEDED", "PLACE_COLUMNS", "PLACE_NEEDED", "read_problem"]
