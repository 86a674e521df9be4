"""A plan as tables, map and calendars; an edited list comes back as a plan whose times are worked out anew."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats.planning import (
    Listed,
    Sheet,
    plan_geojson,
    plan_of_stops,
    plan_xlsx,
    read_problem,
    read_stops,
    sheet_csv,
    stops_csv,
    team_calendar,
    workbook,
)
from kaval.engine.formats.planning.stops_table import EDITED
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.planning.problem import DistrictReport, Objective, Plan, Team
from kaval.engine.rules.planning.ways import Ways
from tests.engine.planning_files.made import LINKS, files, with_cell

PROBLEM = read_problem(files(links=with_cell(LINKS, "place_id", "C")))
SITES = {site.site_id: site for site in PROBLEM.sites}
BASE = PROBLEM.stations[0].point
PROVED = Objective(60, 1, 9)
TEAMS = (
    Team("KCC-T1", "KCC", "KP1", "KP2", "KP3", "KP4", BASE, (("local", "KP4"),)),
    Team("KCC-T2", "KCC", "KP1", "KP2", "KP3", "KP4"),
)
EMPTY = Plan(
    TEAMS, (), PROVED, PROVED, (DistrictReport("KCC", 3, 2, PROVED, PROVED),), (("B", "no team fits"),)
)
STAMP = datetime(2026, 2, 27, tzinfo=UTC)


def listed(*rows: tuple[str, str, int]) -> list[Listed]:
    return [Listed(*row, f"row {number}") for number, row in enumerate(rows, start=2)]


PLAN = plan_of_stops(listed(("KCC-T1", "A", 1), ("KCC-T1", "C", 3)), EMPTY, PROBLEM)


def test_a_list_is_timed_by_stays_and_ways() -> None:
    first, second = PLAN.stops
    assert (first.arrive_at, first.order, first.wave) == (PROBLEM.rules.first_entry_at, 1, 0)
    assert first.leave_at - first.arrive_at == timedelta(minutes=80)
    way = Ways.of(PROBLEM).minutes(SITES["A"].point, SITES["C"].point)
    assert (second.arrive_at - first.leave_at, second.order) == (timedelta(minutes=way), 2)


def test_its_sums_are_new_and_its_bounds_hold() -> None:
    ways = Ways.of(PROBLEM)
    metres = ways.metres(BASE, SITES["A"].point) + ways.metres(SITES["A"].point, SITES["C"].point)
    latest = 80 + ways.minutes(SITES["A"].point, SITES["C"].point)
    assert PLAN.objective == Objective(latest, 2, metres)
    assert PLAN.lower_bound.latest_entry_minutes <= latest
    assert PLAN.lower_bound.metres <= metres
    assert PLAN.districts == (DistrictReport("KCC", 3, 2, PLAN.objective, PLAN.lower_bound),)
    assert EDITED in PLAN.notes


def test_what_is_on_no_list_is_left_out_and_says_why() -> None:
    assert PLAN.unplaced == (("B", "no team fits"),)
    assert PLAN.idle == ("KCC-T2",)
    bare = plan_of_stops([], PLAN, PROBLEM)
    assert [place for place, _ in bare.unplaced] == ["A", "B", "C"]
    assert bare.objective == Objective(0, 0, 0)


def test_linked_places_of_one_wave_wait_for_each_other() -> None:
    """B may be entered from 08:30 only; C shares a contact with it, so its team waits nearby."""
    problem = read_problem(files(links=b"place_id,kind,key\nB,contact,1\nC,contact,1\n"))
    plan = plan_of_stops(listed(("KCC-T1", "B", 1), ("KCC-T2", "C", 1)), EMPTY, problem)
    entry = {stop.site_id: stop.arrive_at for stop in plan.stops}
    assert entry["B"] - entry["C"] == timedelta(minutes=problem.rules.link_minutes)


FORMS = [
    ("stops.csv", stops_csv(PLAN)),
    ("stops.xlsx", plan_xlsx(PLAN, PROBLEM)),
    ("plan.geojson", plan_geojson(PLAN, PROBLEM)),
    ("team.ics", team_calendar(PLAN, PROBLEM, "KCC-T1", stamp=STAMP)),
]


@pytest.mark.parametrize("name, content", FORMS, ids=[name for name, _ in FORMS])
def test_every_form_comes_back_as_the_same_plan(name: str, content: bytes) -> None:
    again = plan_of_stops(read_stops(content, file=name), PLAN, PROBLEM, file=name)
    assert again == PLAN


def test_a_moved_calendar_entry_changes_the_order() -> None:
    """A calendar program writes what was moved in local time."""
    text = FORMS[3][1].decode()
    moved = text.replace("DTSTART:20260301T013000Z", "DTSTART;TZID=Asia/Kolkata:20260301T120000")
    assert [one.place for one in read_stops(moved.encode(), file="team.ics")] == ["C", "A"]


@pytest.mark.parametrize(
    "rows, words",
    [
        ([("KCC-T9", "A", 1)], "no team of the plan"),
        ([("KCC-T1", "Z", 1)], "no place of the operation"),
        ([("KCC-T1", "A", 1), ("KCC-T2", "A", 1)], "listed twice"),
        ([("KCC-T1", "A", 1), ("KCC-T1", "C", 1)], "two places with order 1"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused_by_its_row(
    rows: list[tuple[str, str, int]], words: str
) -> None:
    with pytest.raises(ReaderError, match=words) as caught:
        plan_of_stops(listed(*rows), EMPTY, PROBLEM, file="edited.csv")
    assert caught.value.place == f"row {len(rows) + 1}"


@pytest.mark.parametrize(
    "content, words",
    [
        (b"team,place\nT,A\n", "columns missing: order"),
        (b"team,place,order\nT,A,0\n", "no order"),
        (b"team,place,order\nT,A,x\n", "whole number"),
        (b"team,place,order\n,A,1\n", "nothing stands here"),
        (b'{"features": [{"properties": {"kind": "place"}}]}', "no map of a plan"),
        (b"{", "no map of a plan"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:lunch\r\nEND:VEVENT\r\nEND:VCALENDAR", "no plan wrote"),
        (FORMS[3][1].replace(b"T013000Z", b"T996000Z"), "no time"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(ReaderError, match=words):
        read_stops(content, file="edited")


def test_the_workbook_has_four_sheets_without_names() -> None:
    book = openpyxl.load_workbook(io.BytesIO(plan_xlsx(PLAN, PROBLEM)))
    sheets = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
    assert list(sheets) == ["stops", "teams", "people", "districts"]
    assert sheets["stops"][1][:4] == ["KCC-T1", "A", 1, 0]
    assert sheets["stops"][1][4] == "2026-03-01T07:00:00+05:30"
    assert sheets["teams"][1] == ["KCC-T1", "KCC", "KCC-01", 2, "KP1", "KP2", "KP3", "KP4", "KP4"]
    assert ["KP4", "KCC-T1", "woman;local", "SI", "F", "KCC-02"] in sheets["people"]
    assert sheets["districts"][1][:4] == ["KCC", "Kochi City", 3, 2]
    assert "Somebody" not in str(sheets)


def test_the_map_draws_routes_from_the_base_and_places_with_their_wave() -> None:
    features = json.loads(FORMS[2][1])["features"]
    route, first, second, unplaced = features
    assert route["geometry"]["coordinates"] == [
        [point.longitude, point.latitude] for point in (BASE, SITES["A"].point, SITES["C"].point)
    ]
    assert (first["properties"]["place"], second["properties"]["wave"]) == ("A", 1)
    assert unplaced["properties"] == {"kind": "unplaced", "place": "B", "why": "no team fits"}


def test_a_calendar_names_place_and_station_only() -> None:
    text = FORMS[3][1].decode()
    assert "SUMMARY:KCC-T1 stop 1: A" in text
    assert "Police station KCC-01" in text
    assert "TRIGGER:-PT3600S" in text
    with pytest.raises(KeyError):
        team_calendar(PLAN, PROBLEM, "KCC-T9", stamp=STAMP)


CELLS = st.none() | st.integers(-(10**9), 10**9) | st.text(st.characters(codec="utf-8"), max_size=8)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
def test_a_workbook_opens_and_holds_its_texts_and_no_formula(
    rows: list[tuple[str | int | None, str | int | None]],
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([Sheet("any & all", ("=a", "b"), tuple(rows))])))
    assert book.sheetnames == ["any & all"]
    found = list(book["any & all"].iter_rows(min_row=2))
    for row, cells in zip(rows, found, strict=True):
        assert all(cell.data_type != "f" for cell in cells)
        assert [cell.value for cell in cells if isinstance(cell.value, int)] == [
            one for one in row if isinstance(one, int)
        ]


def test_a_sheet_as_csv_quotes_what_needs_it() -> None:
    assert sheet_csv(Sheet("x", ("a", "b"), (("1,2", None),))) == b'a,b\r\n"1,2",\r\n'
