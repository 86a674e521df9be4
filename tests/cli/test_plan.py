"""`kaval plan` and its verbs on a small world: what is printed, written and refused, and with which exit code."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kaval.cli.app import app
from kaval.engine.formats.planning import read_plan, read_problem
from kaval.engine.kernel.errors import KavalError
from kaval.engine.rules.planning.rule_words import rule_ids
from kaval.engine.rules.planning.verify import violations
from kaval.simulation.nation import write_operation
from tests.homes import KAVAL

DOCS = Path(__file__).parents[2] / "docs" / "planning.md"


@pytest.fixture(scope="module")
def operation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two districts, seven teams, sixteen places."""
    out = tmp_path_factory.mktemp("op") / "op"
    return write_operation(places=16, teams=7, districts=2, seed=5, out=out)


@pytest.fixture(scope="module")
def planned(operation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plan") / "plan.json"
    run("--operation-dir", operation, "--effort", "0.1", "--workers", "1", "--out", out)
    return out


def run(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["plan", *map(str, arguments)], env={"COLUMNS": "140", "TERM": "dumb"})
    assert done.exit_code == code, f"{done.output}\n{done.exception!r}"
    return done


def copied(operation: Path, to: Path, **changed: bytes | None) -> Path:
    to.mkdir()
    for path in operation.iterdir():
        content = changed.get(path.stem, path.read_bytes())
        if content is not None:
            (to / path.name).write_bytes(content)
    return to


def without_women(operation: Path, district: str) -> bytes:
    rows = (operation / "officers.csv").read_text("utf-8").splitlines()
    kept = [row for row in rows if not ("women_cell" in row and f",{district}," in row)]
    assert len(kept) < len(rows)
    return ("\n".join(kept) + "\n").encode()


def test_json_is_one_object_that_the_checker_accepts(operation: Path) -> None:
    done = run("--operation-dir", operation, "--effort", "0.1", "--workers", "1", "--json")
    document: dict[str, Any] = json.loads(done.stdout)
    assert {"teams", "stops", "objective", "lower_bound", "gap", "seconds", "infeasible"} <= set(document)
    assert (len(document["stops"]), len(document["teams"]), document["infeasible"]) == (16, 7, None)
    assert 0 < document["first_feasible_seconds"] <= document["seconds"]
    problem = read_problem({path.name: path.read_bytes() for path in operation.iterdir()})
    assert violations(problem, read_plan(document)) == []


def test_every_member_of_the_output_stands_in_the_docs(planned: Path) -> None:
    members = set(json.loads(planned.read_text("utf-8")))
    assert {name for name in members if f"`{name}`" not in DOCS.read_text("utf-8")} == set()


def test_the_docs_name_every_rule_and_no_other() -> None:
    assert re.findall(r"^\| (P-[A-Z]+) \|", DOCS.read_text("utf-8"), re.MULTILINE) == list(rule_ids())


def test_the_table_names_districts_and_the_sum(operation: Path) -> None:
    shown = run("--operation-dir", operation, "--effort", "0", "--workers", "1").stdout
    assert "District 1" in shown
    assert re.search(r"All\s+│\s+16\s+│\s+7", shown)


def test_two_processes_give_the_plan_of_one(operation: Path, planned: Path, tmp_path: Path) -> None:
    run("--operation-dir", operation, "--effort", "0.1", "--workers", "2", "--out", tmp_path / "two.json")
    assert same(tmp_path / "two.json", planned)


def test_a_world_is_a_folder_too(operation: Path, tmp_path: Path, planned: Path) -> None:
    (tmp_path / "world").mkdir()
    copied(operation, tmp_path / "world" / "planning")
    run(
        "--operation-dir",
        tmp_path / "world",
        "--effort",
        "0.1",
        "--workers",
        "1",
        "--out",
        tmp_path / "w.json",
    )
    assert same(tmp_path / "w.json", planned)


def same(one: Path, other: Path) -> bool:
    """The same object but for the seconds it took."""
    timed = ("seconds", "first_feasible_seconds")
    first, second = (json.loads(path.read_text("utf-8")) for path in (one, other))
    return all(first[name] == second[name] for name in first if name not in timed)


def test_a_district_without_women_is_told_in_words_and_ends_with_3(operation: Path, tmp_path: Path) -> None:
    folder = copied(operation, tmp_path / "less", officers=without_women(operation, "N001"))
    document = json.loads(
        run("--operation-dir", folder, "--effort", "0", "--workers", "1", "--json", code=3).stdout
    )
    (lack,) = document["infeasible"]
    assert lack["district"] == "N001"
    assert set(lack["rules"]) <= {"P-WOMAN", "P-CHILD"}
    assert "women officers" in lack["text"]
    assert lack["relaxations"]
    assert {stop["place"][:4] for stop in document["stops"]} == {"N002"}
    assert {one["place"][:4] for one in document["unplaced"]} == {"N001"}
    shown = run("--operation-dir", folder, "--effort", "0", "--workers", "1", code=3).stdout
    assert lack["text"][:30] in shown
    malayalam = run(
        "--operation-dir", folder, "--effort", "0", "--workers", "1", "--lang", "ml", code=3
    ).stdout
    assert lack["text_ml"][:15] in malayalam


def test_baselines_stand_beside_the_plan(operation: Path) -> None:
    done = run("--operation-dir", operation, "--effort", "0.1", "--workers", "1", "--baselines", "--json")
    greedy, routing = json.loads(done.stdout)["baselines"]
    assert greedy["rules_broken"] >= 0
    assert (
        greedy["objective"]["latest_entry_minutes"]
        >= json.loads(done.stdout)["objective"]["latest_entry_minutes"]
    )
    assert routing["our_kilometres"] > 0


def test_export_and_retime_bring_the_same_stops_back(operation: Path, planned: Path, tmp_path: Path) -> None:
    given = ("--operation-dir", operation)
    run("export", planned, *given, "--format", "csv", "--out", tmp_path / "tables")
    run("export", planned, *given, "--format", "xlsx", "--out", tmp_path / "plan.xlsx")
    run("export", planned, *given, "--format", "geojson", "--out", tmp_path / "plan.geojson")
    run("export", planned, *given, "--format", "ics", "--out", tmp_path / "calendars")
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == [
        "districts.csv", "people.csv", "stops.csv", "teams.csv",
    ]  # fmt: skip
    assert len(list((tmp_path / "calendars").glob("*.ics"))) == 7
    for edited in ("tables/stops.csv", "plan.xlsx", "plan.geojson"):
        run("retime", tmp_path / edited, "--plan", planned, *given, "--out", tmp_path / "again.json")
        again, before = (read_plan(path.read_bytes()) for path in (tmp_path / "again.json", planned))
        assert places(again.stops) == places(before.stops)
        run("check", tmp_path / "again.json", *given)


def places(stops: Iterable[Any]) -> list[tuple[str, str, int]]:
    return sorted((stop.team_id, stop.site_id, stop.order) for stop in stops)


def test_simulate_writes_a_folder_and_leaves_a_strangers_alone(tmp_path: Path) -> None:
    sizes = ("--places", 9, "--teams", 4, "--districts", 2)
    run("simulate", *sizes, "--out", tmp_path / "op")
    with (tmp_path / "op" / "places.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 9
    (tmp_path / "op" / "letter.txt").write_text("mine")
    refused("simulate", *sizes, "--out", tmp_path / "op", words="choose another folder")
    refused("simulate", "--places", 3, "--teams", 4, "--out", tmp_path / "x", words="a team in each")


def refused(*arguments: object, words: str) -> None:
    """By an error of the family, which `kaval` tells in one line with exit code 2."""
    done = CliRunner().invoke(app, ["plan", *map(str, arguments)])
    assert isinstance(done.exception, KavalError), done.exception
    assert words in str(done.exception)


def test_a_cell_that_cannot_be_meant_is_refused_and_no_file_is_written(
    operation: Path, tmp_path: Path
) -> None:
    places = (operation / "places.csv").read_bytes().replace(b",house,", b",house,x", 1)
    folder = copied(operation, tmp_path / "bad", places=places)
    out = tmp_path / "plan.json"
    refused("--operation-dir", folder, "--workers", 1, "--out", out, words="places.csv row")
    refused("--operation-dir", tmp_path / "nowhere", "--workers", 1, words="no such folder")
    assert not out.exists()
    assert "--operation-dir" in run(code=2).output


@contextmanager
def planning(operation: Path, out: Path) -> Iterator[subprocess.Popen[str]]:
    """A long plan over two processes, just after its first plan; none of its processes is left at the end."""
    command = [*KAVAL, "plan", "--operation-dir", str(operation), "--out", str(out)]
    command += ["--effort", "100", "--workers", "2"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert running.stderr is not None
        for line in running.stderr:
            if "a first plan" in line:
                break
        yield running
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate(timeout=60)


@pytest.mark.parametrize("later", [0.0, 0.2, 1.0, 3.0])
def test_ctrl_c_leaves_no_file_no_trace_and_no_process(operation: Path, tmp_path: Path, later: float) -> None:
    out = tmp_path / "plan.json"
    with planning(operation, out) as running:
        time.sleep(later)
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGINT)
        # Every process of the plan holds the other end of this pipe: it closes when all are gone.
        _, rest = running.communicate(timeout=60)
        if running.returncode != 0:  # a small plan may be done by then
            assert running.returncode == 130
            assert "Traceback" not in rest
            assert list(tmp_path.iterdir()) == []


def test_a_killed_plan_leaves_no_process(operation: Path, tmp_path: Path) -> None:
    with planning(operation, tmp_path / "plan.json") as running:
        running.kill()
        running.communicate(timeout=60)


@pytest.mark.parametrize("verb", ["", "change", "check", "compare", "export", "retime", "simulate"])
def test_every_verb_shows_an_example(verb: str) -> None:
    shown = run(*filter(None, (verb, "--help"))).output
    assert f"kaval plan {verb}".strip() in shown
    assert "Example" in shown
