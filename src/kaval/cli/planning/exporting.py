"""`kaval plan export`: a plan as tables, a map or calendars, and an edited list of stops back into a plan."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.plan_checking import file_bytes, folder_files
from kaval.engine.formats.planning import (
    plan_bytes,
    plan_geojson,
    plan_of_stops,
    plan_sheets,
    plan_xlsx,
    read_plan,
    read_problem,
    read_stops,
    sheet_csv,
    team_calendar,
    write_plan,
)
from kaval.engine.rules.planning.problem import Plan, Problem


class Form(StrEnum):
    """What a plan is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    ICS = "ics"


def export(
    plan: Annotated[Path, typer.Argument(help="The plan: the output of kaval plan --json.")],
    *,
    operation_dir: Annotated[Path, typer.Option(help="The folder of the operation it was made from.")],
    form: Annotated[Form, typer.Option("--format", help="csv and ics write several files into a folder.")],
    out: Annotated[Path, typer.Option(help="The file to write; for csv and ics a folder.")],
) -> None:
    """Writes a plan as tables, a map or team calendars, without names and addresses.

    Examples: kaval plan export plan.json --operation-dir op --format xlsx --out plan.xlsx · kaval plan export plan.json
    --operation-dir op --format ics --out calendars
    """
    problem = read_problem(folder_files(operation_dir))
    made = read_plan(file_bytes(plan), file=str(plan))
    if form in (Form.XLSX, Form.GEOJSON):
        write_whole(out, plan_xlsx(made, problem) if form is Form.XLSX else plan_geojson(made, problem))
        typer.echo(f"{out}: {len(made.stops)} stops of {len(made.teams)} teams")
        return
    files = _tables(made, problem) if form is Form.CSV else _calendars(made, problem)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_whole(out / name, content)
    typer.echo(f"{out}: {len(files)} files")


def retime(
    stops: Annotated[Path, typer.Argument(help="An edited list: CSV, XLSX, GeoJSON or a team's calendar.")],
    *,
    plan: Annotated[Path, typer.Option(help="The plan whose teams are kept.")],
    operation_dir: Annotated[Path, typer.Option(help="The folder of the operation it was made from.")],
    out: Annotated[Path, typer.Option(help="The plan to write.")],
) -> None:
    """Makes a plan of an edited list of stops (team, place, order): times are worked out anew, rules are not judged.

    Example: kaval plan retime stops.xlsx --plan plan.json --operation-dir op --out edited.json, then kaval plan check
    edited.json --operation-dir op
    """
    problem = read_problem(folder_files(operation_dir))
    before = read_plan(file_bytes(plan), file=str(plan))
    listed = read_stops(file_bytes(stops), file=str(stops))
    made = plan_of_stops(listed, before, problem, file=str(stops))
    write_whole(out, plan_bytes(write_plan(made, problem)))
    typer.echo(
        f"{out}: {len(made.stops)} stops, {len(made.unplaced)} places left out; now run kaval plan check"
    )


def write_whole(path: Path, content: bytes) -> None:
    """The file, whole or not at all."""
    from kaval.lab.writing import WholeFile

    with WholeFile(path) as file:
        file.write(content)


def _tables(plan: Plan, problem: Problem) -> dict[str, bytes]:
    return {f"{sheet.name}.csv": sheet_csv(sheet) for sheet in plan_sheets(plan, problem)}


def _calendars(plan: Plan, problem: Problem) -> dict[str, bytes]:
    """One file a team that goes out."""
    now, busy = datetime.now(UTC), dict.fromkeys(stop.team_id for stop in plan.stops)
    return {f"{team}.ics": team_calendar(plan, problem, team, stamp=now) for team in busy}
