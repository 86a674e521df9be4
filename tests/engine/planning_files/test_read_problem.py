"""An operation folder is read as it is documented, and what cannot be meant is refused by file, row and column."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats.planning import read_problem
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.planning.problem import TERRAINS, Problem, Terrain
from tests.engine.planning_files.made import (
    LINKS,
    OFFICERS,
    OPERATION,
    PLACES,
    files,
    stations,
    with_cell,
    without,
)


def refused(**other: bytes | None) -> ReaderError:
    with pytest.raises(ReaderError) as caught:
        read_problem(files(**other))
    assert caught.value.mend
    return caught.value


def told(text: str, problem: Problem) -> bool:
    return any(text in note for note in problem.notes)


def test_every_column_is_read_in_its_unit() -> None:
    problem = read_problem(files())
    a, b, c = problem.sites
    assert (a.site_id, a.kind, a.minutes, a.children, a.cwc_contact) == ("A", "house", None, True, "CWC desk")
    assert (a.village, a.witnesses, a.links) == ("Example West", ("W1", "W2"), ("contact:7",))
    assert (b.minutes, b.basis, b.rank, b.armed, b.children, b.woman_expected) == (
        45, "POLICE_185", "INSPECTOR", True, False, True,
    )  # fmt: skip
    assert b.not_before == datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
    assert b.links == ("contact:7", "household:H-1")
    assert (c.children, c.armed, c.links, c.terrain) == (None, False, (), "")
    one, two, *_, desk = problem.officers
    assert (one.conflicts, one.villages) == (frozenset("A"), frozenset({"Example West", "Example East"}))
    assert (one.armed, one.vehicle, two.armed) == (True, False, None)
    assert one.off_duty_at == datetime(2026, 2, 28, 14, 30, tzinfo=UTC)
    assert (two.skills, two.leave_from) == (frozenset({"cyber", "technical"}), date(2026, 2, 1))
    assert desk.role == "commander"
    assert [station.point.terrain for station in problem.stations] == ["city", ""]
    assert problem.stations[0].district_name == "Kochi City"


def test_the_operation_sets_rules_and_keeps_the_other_defaults() -> None:
    rules = read_problem(files()).rules
    assert (rules.wave_minutes, rules.link_minutes, rules.teams) == (12, 15, {"KCC": 1})
    assert rules.terrains == {**TERRAINS, "city": Terrain(20.0, 1.2)}
    assert (rules.minutes_by_kind["house"], rules.minutes_by_kind["flat"]) == (80, 75)


def test_a_whole_folder_leaves_no_note() -> None:
    assert read_problem(files()).notes == ()


@pytest.mark.parametrize(
    "table, column, rule",
    [("places", "village", "P-VILLAGE"), ("places", "basis", "P-LIMITS"), ("officers", "off_duty_at", "P-REST"),
     ("officers", "conflicts", "P-CONFLICT"), ("officers", "leave_to", "P-LEAVE")],
)  # fmt: skip
def test_an_absent_column_is_told_with_the_rule_it_switches_off(table: str, column: str, rule: str) -> None:
    content = without({"places": PLACES, "officers": OFFICERS}[table], column)
    problem = read_problem(files(**{table: content}))
    assert told(f"{table}.csv has no column {column}", problem)
    assert told(rule, problem)


def test_only_five_columns_of_places_are_needed_and_links_may_be_absent() -> None:
    bare = b"place_id,district_id,station_id,latitude,longitude\nA,KCC,KCC-01,9.98,76.28\n"
    officers = with_cell(OFFICERS, "conflicts", "")
    problem = read_problem(files(places=bare, officers=officers, links=None))
    assert [site.site_id for site in problem.sites] == ["A"]
    assert told("P-LINK", problem)


def test_unknown_columns_members_kinds_and_terrains_are_told_and_do_no_harm() -> None:
    places = PLACES.replace("witnesses\n", "witnesses,colour\n").replace("\nA,", "\nA,", 1)
    rows = places.splitlines()
    places = "\n".join([rows[0], *(f"{row},red" for row in rows[1:])]) + "\n"
    problem = read_problem(
        files(
            places=places.replace("house", "castle").replace("city", "swamp").encode(),
            operation=json.dumps({**OPERATION, "colour": 1}).encode(),
        )
    )
    for text in ("colour", "operation.json: members not used", "castle", "swamp"):
        assert told(text, problem)


WRONG = [
    ("places", "latitude", "north", "no number"),
    ("places", "latitude", "176.28", "exchanged"),
    ("places", "latitude", "", "nothing stands here"),
    ("places", "station_id", "KCC-09", "no station"),
    ("places", "district_id", "TSRC", "lies in district KCC"),
    ("places", "place_id", "B", "stands in row"),
    ("places", "minutes", "1.5", "whole number"),
    ("places", "children", "perhaps", "yes, no or empty"),
    ("places", "rank", "GENERAL", "not one of"),
    ("places", "basis", "POLICE 185", "not one of"),
    ("places", "not_before", "2026-03-01T08:00:00", "no zone"),
    ("places", "not_before", "8 o'clock", "no time"),
    ("officers", "officer_id", "KP2", "stands in row"),
    ("officers", "station_id", "KCC-09", "no station"),
    ("officers", "rank", "GENERAL", "not one of"),
    ("officers", "gender", "X", "not one of"),
    ("officers", "gender", "", "nothing stands here"),
    ("officers", "conflicts", "Z", "no such place"),
    ("officers", "leave_from", "1.3.2026", "no date"),
    ("officers", "off_duty_at", "2026-02-28T20:00", "no zone"),
    ("links", "place_id", "Z", "in no other file"),
    ("links", "kind", "friend", "not one of"),
    ("links", "key", "", "nothing stands here"),
]  # fmt: skip


@pytest.mark.parametrize("name, column, text, words", WRONG)
def test_a_cell_that_cannot_be_meant_is_refused_by_its_place(
    name: str, column: str, text: str, words: str
) -> None:
    table = {"places": PLACES, "officers": OFFICERS, "links": LINKS}[name]
    error = refused(**{name: with_cell(table, column, text)})
    assert error.file == f"{name}.csv"
    assert f"column {column}" in error.place
    assert words in str(error)


def test_a_place_far_from_its_station_is_refused_and_exchanged_coordinates_are_recognised() -> None:
    far = refused(places=with_cell(PLACES, "longitude", "77.9"))
    assert (far.place, "177 km" in far.problem) == ("row 2, column latitude, longitude", True)
    places = with_cell(PLACES, "latitude", "76.28").decode()
    error = refused(places=with_cell(places, "longitude", "9.98"))
    assert "exchanged" in error.problem


def test_windows_and_leave_that_end_before_they_begin_are_refused() -> None:
    early = with_cell(PLACES, "not_after", "2026-03-01T08:00:00+05:30", row=1)
    assert "before not_before" in refused(places=early).problem
    leave = with_cell(OFFICERS, "leave_to", "2026-01-31", row=1)
    assert "before leave_from" in refused(officers=leave).problem


@pytest.mark.parametrize("name", ["places", "officers", "stations", "operation"])
def test_a_missing_file_is_named(name: str) -> None:
    assert name in refused(**{name: None}).file


@pytest.mark.parametrize("column", ["longitude", "station_id"])
def test_a_missing_column_is_named(column: str) -> None:
    assert column in refused(places=without(PLACES, column)).problem


@pytest.mark.parametrize(
    "member, value",
    [("first_entry_at", ""), ("first_entry_at", "2026-03-01T07:00:00"), ("wave_minutes", -1), ("wave_minutes", "9"),
     ("needs", ["driver"]), ("needs", "woman"), ("local", "village"), ("woman_rank", "MAJOR"), ("sun", "yes"),
     ("teams", {"KCC": -1}), ("teams", {"XYZ": 1}), ("teams", [1]), ("minutes_by_kind", {"house": True}),
     ("terrains", {"city": {"speed_kmh": 0, "road_factor": 1}}), ("terrains", {"city": 3}), ("operation", 7),
     ("most_stops", 0), ("last_entry_at", 5)],
)  # fmt: skip
def test_a_member_of_the_operation_that_cannot_be_meant_is_named(member: str, value: object) -> None:
    error = refused(operation=json.dumps({**OPERATION, member: value}).encode())
    assert error.file == "operation.json"
    assert f"member {member}" in error.place


def test_a_matrix_gives_minutes_and_perhaps_metres_by_direction() -> None:
    matrix = b"from,to,minutes,metres\nA,B,17,9100\nB,A,19,\nKCC-01,A,6,1500\n"
    problem = read_problem(files(matrix=matrix))
    assert problem.matrix == {("A", "B"): (17, 9100), ("B", "A"): (19, None), ("KCC-01", "A"): (6, 1500)}
    assert "comes twice" in refused(matrix=matrix + b"A,B,1,1\n").problem
    assert "in no other file" in refused(matrix=matrix + b"A,Q,1,1\n").problem
    assert "nothing stands here" in refused(matrix=matrix + b"A,C,,1\n").problem


def test_tables_may_be_workbooks_or_come_with_semicolons() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in PLACES.splitlines():
        sheet.append([float(cell) if cell[:2] in ("9.", "10", "76") else cell for cell in line.split(",")])
    out = io.BytesIO()
    book.save(out)
    links = LINKS.replace(",", ";").encode()
    assert read_problem(files(places=out.getvalue(), links=links)) == read_problem(files())


def test_stations_are_refused_when_they_come_twice_or_lie_nowhere() -> None:
    twice, nowhere = stations(), stations()
    twice["features"].append(twice["features"][1])
    nowhere["features"][1]["properties"]["point"] = [9.9, 176.2]
    assert "twice" in refused(stations=json.dumps(twice).encode()).problem
    assert "no map" in refused(stations=json.dumps(nowhere).encode()).problem


@given(
    st.sampled_from(["places", "officers", "links", "stations", "operation", "matrix"]),
    st.binary(max_size=300),
)
def test_any_bytes_end_in_a_problem_or_a_reader_error(name: str, content: bytes) -> None:
    with contextlib.suppress(ReaderError):
        assert isinstance(read_problem(files(**{name: content})), Problem)
