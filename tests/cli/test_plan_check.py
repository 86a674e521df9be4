"""`kaval plan check`: a folder and a plan on disk, accepted or refused in words, with the exit code that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from kaval.cli import plan_checking
from kaval.engine.kernel.errors import ReaderError

# In this folder one team of four searches p1 at 07:00 and p2, ten minutes away by the matrix, at 08:10.
PLACES = """\
place_id,district_id,station_id,latitude,longitude,minutes
p1,KCC,KCC-01,9.98,76.28,60
p2,KCC,KCC-01,9.97,76.30,60
"""
OFFICERS = """\
officer_id,rank,gender,station_id,district_id,skills,role,leave_from,leave_to
o1,SI,M,KCC-01,KCC,,,,
o2,CPO,M,KCC-01,KCC,cyber,,,
o3,CPO,M,KCC-01,KCC,technical,,,
o4,CPO,F,KCC-01,KCC,,,,
"""
MATRIX = "from,to,minutes,metres\np1,p2,10,4000\nKCC-01,p1,5,1500\n"
STATION = {
    "kind": "station",
    "id": "KCC-01",
    "name": "West",
    "district_id": "KCC",
    "point": [76.28, 9.97],
}
DISTRICT = {"kind": "district", "id": "KCC", "name": "Kochi City", "name_ml": "കൊച്ചി സിറ്റി"}
RING = [[[76.2, 9.9], [76.4, 9.9], [76.4, 10.1], [76.2, 10.1], [76.2, 9.9]]]
SUMS = {"latest_entry_minutes": 70, "unequal_load": 0, "kilometres": 5.5}


def stop(place: str, order: int, begins: str, ends: str) -> dict[str, Any]:
    day = "2026-03-01T{}:00+05:30"
    return {
        "team": "KCC-1",
        "place": place,
        "order": order,
        "wave": order - 1,
        "arrive_at": day.format(begins),
        "leave_at": day.format(ends),
    }


def plan() -> dict[str, Any]:
    return {
        "operation": "small",
        "teams": [
            {
                "team": "KCC-1",
                "district": "KCC",
                "base": "KCC-01",
                "base_point": {"latitude": 9.97, "longitude": 76.28},
                "members": {"leader": "o1", "cyber": "o2", "technical": "o3", "woman": "o4"},
            }
        ],
        "stops": [stop("p1", 1, "07:00", "08:00"), stop("p2", 2, "08:10", "09:10")],
        "objective": SUMS,
        "lower_bound": {**SUMS, "kilometres": 5.0},
        "gap": 0.1,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An operation folder."""
    where = tmp_path / "operation"
    where.mkdir()
    features = [
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": RING}, "properties": shape}
        for shape in (DISTRICT, STATION)
    ]
    (where / "stations.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (where / "operation.json").write_text(
        '{"operation": "small", "first_entry_at": "2026-03-01T07:00:00+05:30"}'
    )
    for name, text in (("places.csv", PLACES), ("officers.csv", OFFICERS), ("matrix.csv", MATRIX)):
        (where / name).write_text(text)
    return where


def checked(folder: Path, document: object, *options: str) -> tuple[int, str]:
    """The exit code, and everything said."""
    file = folder.parent / "plan.json"
    file.write_text(json.dumps(document))
    app = typer.Typer()
    app.command()(plan_checking.check)
    result = CliRunner().invoke(app, [str(file), "--operation-dir", str(folder), *options])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_a_sound_plan_is_accepted(folder: Path) -> None:
    assert checked(folder, plan()) == (
        0,
        "accepted: every rule is kept (places: 2, left out: 0, teams: 1)\n",
    )


def test_a_plan_that_breaks_a_rule_is_refused_in_words(folder: Path) -> None:
    hurried = {**plan(), "stops": [stop("p1", 1, "07:00", "08:00"), stop("p2", 2, "08:09", "09:10")]}
    code, said = checked(folder, hurried)
    assert code == 1
    assert "P-WAY: Team KCC-1 enters place p2 at 01.03. 08:09:00" in said
    assert "P-SUM: Minutes to the latest entry: the plan says 70, its stops give 69." in said
    assert "refused: rules are broken 2 times" in said


def test_json_says_the_same_in_both_languages(folder: Path) -> None:
    code, said = checked(folder, {**plan(), "stops": plan()["stops"][:1]}, "--json")
    found = json.loads(said)
    assert (code, found["accepted"], found["places"]) == (1, False, 1)
    assert found["rules"] == {"P-ONCE": 1, "P-SUM": 2}
    assert all(one["text"] and one["text_ml"] for one in found["violations"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"gap": 0.01}, "Gap to the lower bound: the plan says 0.01, its stops give 0.1."),
        ({"gap": None}, "Gap to the lower bound: the plan says None, its stops give 0.1."),
        ({"gap": "small"}, "Gap to the lower bound"),
        ({"operation": "another"}, "The plan is for another, and the operation is small."),
    ],
)
def test_what_only_the_file_says_is_looked_at_too(folder: Path, changed: dict[str, Any], said: str) -> None:
    code, text = checked(folder, {**plan(), **changed})
    assert (code, said in text) == (1, True)


def test_no_share_above_a_bound_of_nothing(folder: Path) -> None:
    open_ended = {**plan(), "lower_bound": {**SUMS, "kilometres": 0.0}}
    assert checked(folder, {**open_ended, "gap": None})[0] == 0
    assert checked(folder, {**open_ended, "gap": 0.5})[0] == 1


def test_the_folder_of_a_world_holds_it_in_planning(folder: Path) -> None:
    world = folder.parent / "world"
    world.mkdir()
    folder.rename(world / "planning")
    assert checked(world, plan())[0] == 0


@pytest.mark.parametrize("document", [[], {"teams": []}, {**plan(), "stops": [{"team": "x"}]}])
def test_what_is_no_plan_is_said_with_its_file(folder: Path, document: object) -> None:
    with pytest.raises(ReaderError, match=r"plan\.json"):
        checked(folder, document)


def test_a_folder_that_is_not_there(folder: Path) -> None:
    with pytest.raises(ReaderError, match="no such folder"):
        checked(folder / "nowhere", plan())
