"""A small operation folder as bytes, and changes to one cell of it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

PLACES = """\
place_id,district_id,station_id,latitude,longitude,kind,minutes,terrain,village,basis,rank,not_before,not_after,\
children,woman_expected,armed,cwc_contact,witnesses
A,KCC,KCC-01,9.98,76.28,house,,city,Example West,WARRANT_96,,,,yes,,,CWC desk,W1;W2
B,KCC,KCC-01,9.97,76.30,flat,45,city,,POLICE_185,INSPECTOR,2026-03-01T08:30:00+05:30,2026-03-01T12:00:00+05:30,no,yes,yes,,
C,KCC,KCC-02,10.01,76.31,,,,,,,,,,,,,
"""
OFFICERS = """\
officer_id,name,name_ml,rank,gender,station_id,district_id,skills,role,leave_from,leave_to,off_duty_at,villages,\
conflicts,armed,vehicle
KP1,Somebody,ആരോ,SI,M,KCC-01,KCC,search,,,,2026-02-28T20:00:00+05:30,Example West;Example East,A,yes,no
KP2,Somebody,ആരോ,CPO,M,KCC-01,KCC,cyber;technical,,2026-02-01,2026-02-10,,,,,
KP3,Somebody,ആരോ,CPO,M,KCC-02,KCC,technical,,,,,,,,
KP4,Somebody,ആരോ,SI,F,KCC-02,KCC,women_cell,,,,,,,,
KP5,Somebody,ആരോ,DYSP,M,HQ,HQ,,commander,,,,,,,
"""
LINKS = "place_id,kind,key\nA,contact,7\nB,contact,7\nB,household,H-1\n"
OPERATION: dict[str, Any] = {
    "operation": "small",
    "first_entry_at": "2026-03-01T07:00:00+05:30",
    "wave_minutes": 12,
    "teams": {"KCC": 1},
    "terrains": {"city": {"speed_kmh": 20, "road_factor": 1.2}},
    "minutes_by_kind": {"house": 80},
}


def stations() -> dict[str, Any]:
    """One district with two stations, the first of them in a city."""
    ring = [[[76.2, 9.9], [76.4, 9.9], [76.4, 10.1], [76.2, 10.1], [76.2, 9.9]]]
    shapes: list[dict[str, Any]] = [
        {"kind": "district", "id": "KCC", "name": "Kochi City", "name_ml": "കൊച്ചി സിറ്റി"},
        {"kind": "station", "id": "KCC-01", "name": "West", "district_id": "KCC", "point": [76.28, 9.97]},
        {"kind": "station", "id": "KCC-02", "name": "East", "district_id": "KCC", "point": [76.32, 10.0]},
    ]
    shapes[1]["terrain"] = "city"
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": ring}, "properties": shape}
            for shape in shapes
        ],
    }


def files(**other: bytes | None) -> dict[str, bytes]:
    """The folder; a keyword gives the bytes of the file whose name begins so, None leaves it out."""
    found: dict[str, bytes | None] = {
        "places": PLACES.encode(),
        "officers": OFFICERS.encode(),
        "links": LINKS.encode(),
        "stations": json.dumps(stations()).encode(),
        "operation": json.dumps(OPERATION).encode(),
        **other,
    }
    ends = {"stations": "stations.geojson", "operation": "operation.json"}
    return {ends.get(name, f"{name}.csv"): content for name, content in found.items() if content is not None}


def with_cell(table: str, column: str, text: str, *, row: int = 0) -> bytes:
    """The table with one cell changed; row 0 is the first below the header."""
    rows = list(csv.DictReader(io.StringIO(table)))
    rows[row][column] = text
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def without(table: str, column: str) -> bytes:
    """The table without one column."""
    rows = list(csv.reader(io.StringIO(table)))
    at = rows[0].index(column)
    out = io.StringIO()
    csv.writer(out).writerows([cell for number, cell in enumerate(row) if number != at] for row in rows)
    return out.getvalue().encode()
