"""`kaval plan change` and `compare`: what is written and said after late changes, and what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from kaval.cli import plan_changing
from kaval.cli.plan_checking import folder_files
from kaval.engine.formats.planning import plan_bytes, read_plan, read_problem, write_plan
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.planning.day import first_plan
from kaval.engine.rules.planning.verify import violations
from kaval.simulation.nation import write_operation

app = typer.Typer()
app.command()(plan_changing.change)
app.command()(plan_changing.compare)


@pytest.fixture(scope="module")
def operation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One district, four teams, ten places."""
    return write_operation(places=10, teams=4, districts=1, seed=5, out=tmp_path_factory.mktemp("op") / "op")


@pytest.fixture(scope="module")
def planned(operation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    problem = read_problem(folder_files(operation))
    out = tmp_path_factory.mktemp("plan") / "plan.json"
    out.write_bytes(plan_bytes(write_plan(first_plan(problem), problem)))
    return out


def run(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "160", "TERM": "dumb"})
    assert done.exit_code == code, f"{done.output}\n{done.exception!r}"
    return done


def places(operation: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((operation / "places.csv").read_text("utf-8").splitlines()))


def accepted(folder: Path, plan: Path) -> dict[str, Any]:
    """The plan's object, after the checker has found nothing in it."""
    problem = read_problem(folder_files(folder))
    assert violations(problem, read_plan(plan.read_bytes()), repaired=True) == []
    return dict(json.loads(plan.read_bytes()))


def test_a_team_drops_out_and_the_next_change_begins_where_this_one_ends(
    operation: Path, planned: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "op2", tmp_path / "op3"
    new, newer = tmp_path / "new.json", tmp_path / "newer.json"
    team = json.loads(planned.read_bytes())["teams"][0]
    run("change", planned, "--operation-dir", operation, "--team-out", team["team"], "--reason", "car",
        "--out", new, "--operation-out", first)  # fmt: skip
    found = accepted(first, new)
    assert (found["changes"][0]["change"], found["changes"][0]["reason"]) == ("TeamOut", "car")
    assert not set(team["members"].values()) & {
        one.officer_id for one in read_problem(folder_files(first)).officers
    }
    gone = found["stops"][0]["place"]
    run(
        "change", new, "--operation-dir", first, "--site-out", gone, "--out", newer, "--operation-out", second
    )
    assert gone not in {stop["place"] for stop in accepted(second, newer)["stops"]}


def test_a_found_place_and_a_changed_one_come_as_tables(
    operation: Path, planned: Path, tmp_path: Path
) -> None:
    rows = places(operation)
    found, changed, links = (tmp_path / f"{name}.csv" for name in ("found", "changed", "links"))
    with found.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerow({**rows[0], "place_id": "NEW-1"})
    changed.write_text(f"place_id,minutes\n{rows[1]['place_id']},30\n", encoding="utf-8")
    links.write_text(
        f"place_id,kind,key\nNEW-1,account,x\n{rows[2]['place_id']},account,x\n", encoding="utf-8"
    )
    new, folder = tmp_path / "new.json", tmp_path / "op2"
    done = run("change", planned, "--operation-dir", operation, "--site-in", found, "--place-changed", changed,
               "--links", links, "--out", new, "--operation-out", folder, "--json")  # fmt: skip
    said = json.loads(done.stdout)
    waves = {stop["place"]: stop["wave"] for stop in accepted(folder, new)["stops"]}
    assert waves["NEW-1"] == waves[rows[2]["place_id"]]
    assert [one["change"] for one in said["changes"]] == ["SiteChanged", "SiteChanged", "SiteIn"]
    assert said["difference"]["people_moved"] == len(said["difference"]["moved"]) > 0


def test_a_place_no_team_can_take_ends_with_three_and_says_why(
    operation: Path, planned: Path, tmp_path: Path
) -> None:
    place = places(operation)[0]["place_id"]
    changed = tmp_path / "changed.csv"
    changed.write_text(f"place_id,rank\n{place},SP\n", encoding="utf-8")
    done = run("change", planned, "--operation-dir", operation, "--place-changed", changed, code=3)
    assert f"no team for {place} (P-RANK)" in done.stdout


def test_plans_stand_side_by_side(operation: Path, planned: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.json"
    officer = json.loads(planned.read_bytes())["teams"][0]["members"]["cyber"]
    run("change", planned, "--operation-dir", operation, "--officer-out", officer, "--out", new)
    table = run("compare", planned, new, "--operation-dir", operation).stdout
    assert "People moved" in table
    rows = json.loads(run("compare", planned, new, "--operation-dir", operation, "--json").stdout)["plans"]
    assert [row["plan"] for row in rows] == ["plan", "new"]
    assert rows[1]["people_moved"] == rows[1]["since"]["people_moved"]


def test_nothing_said_and_nobody_known_are_refused(operation: Path, planned: Path) -> None:
    assert "say what changed" in run("change", planned, "--operation-dir", operation, code=2).output
    done = CliRunner().invoke(
        app, ["change", str(planned), "--operation-dir", str(operation), "--team-out", "X"]
    )
    assert isinstance(done.exception, RefusedError)
